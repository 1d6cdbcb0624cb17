"""The store of a transaction below `.vendor-scaffold/local/`: staged, decided, rolled, kept for undo.

`next/` is the transaction under way: its `new/` holds the contents to come, its `old/` links to those to go.
A complete `journal.json` there is the decision: from then on files are renamed into place, and a killed run
is rolled forward. When that fails, or is interrupted, the journal becomes `back.json`, and from then on all
is rolled back. With neither, nothing has been touched. At the end `next/` becomes `last/`, for `undo`.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from scaffold.disk import LOCAL, durable, folder, look, named, put
from scaffold.errors import ScaffoldError
from scaffold.transaction.journal import Journal, dumped, loaded, roll, strangers
from scaffold.tree import File

NOTHING = "nothing was written"
_TAKE_AWAY = f"move these files away, then run it again; what they held before is in {LOCAL}/next/old"


def run(top: int, local: int, title: str, stage: Callable[[int], Journal]) -> None:
    """Stage, decide, roll, finish; on any fault or interrupt leave everything as it was, and raise it."""
    discarded(local)
    with _late_interrupts() as pause:
        try:
            with named(f"{LOCAL}/next"):
                os.mkdir("next", dir_fd=local)
        except FileExistsError:
            raise ScaffoldError("an interrupted run waits here", "run the command again") from None
        try:
            with folder(local, "next") as store:
                _note(store, "title", title.encode(errors="surrogateescape"))
                journal = stage(store)
                pause()
                _note(store, "journal.json", dumped(journal))
                durable(local)
                with folder(store, "new") as new:
                    roll(top, new, journal, pause)
        except BaseException as error:
            _taken_back(top, local, error)
            raise
        with suppress(OSError):  # all is written; the next run tries this again
            finish(local, journal)


def _taken_back(top: int, local: int, cause: BaseException) -> None:
    try:
        with folder(local, "next") as store:
            with suppress(FileNotFoundError):
                os.rename("journal.json", "back.json", src_dir_fd=store, dst_dir_fd=store)
            back = journal_in(store, "back.json")
            rolled(top, store, None, back)
        drop(local, "next")
    except (OSError, ScaffoldError) as error:
        raise ScaffoldError(
            f"stopped by: {cause}\nand could not be taken back: {error}",
            "put that right, and run the command again: it completes or takes back what is half done",
        ) from cause


def rolled(top: int, store: int, forward: Journal | None, back: Journal | None) -> None:
    """Go on in the direction decided; a rollback leaves alone what someone else has changed since."""
    if forward:
        with folder(store, "new") as new:
            roll(top, new, forward)
    elif back:
        durable(store)
        with folder(store, "old") as old:
            roll(top, old, back.turned(), spare=True)


def untouched(top: int, journal: Journal) -> None:
    """Raise for the files that someone else has changed since JOURNAL was written."""
    changed = strangers(top, journal)
    if changed:
        listed = "\n  ".join(changed)
        raise ScaffoldError(f"changed since a run was interrupted:\n  {listed}", _TAKE_AWAY)


def finish(local: int, journal: Journal) -> None:
    """Keep what undoes a transaction that is carried out, in place of what was kept before."""
    drop(local, "last")
    if journal.undoes:
        drop(local, "next")
    else:
        os.rename("next", "last", src_dir_fd=local, dst_dir_fd=local)
        durable(local)


def drop(local: int, name: str) -> None:
    """Remove a store at one stroke: half of one would be mistaken for an interrupted run."""
    with suppress(FileNotFoundError):
        os.rename(name, "done", src_dir_fd=local, dst_dir_fd=local)
    durable(local)
    discarded(local)


def discarded(local: int) -> None:
    """Clear away what a killed `drop` has left."""
    shutil.rmtree("done", ignore_errors=True, dir_fd=local)


@contextmanager
def made(parent: int, name: str) -> Iterator[int]:
    """A new directory of the store, open."""
    with named(f"{LOCAL}/next/{name}"):
        os.mkdir(name, dir_fd=parent)
    with folder(parent, name) as inside:
        yield inside


def _note(store: int, name: str, text: bytes) -> None:
    with named(f"{LOCAL}/next/{name}"):
        put(store, name, File(text))
        durable(store)


def _noted(store: int, name: str) -> bytes:
    seen = look(store, name)
    return seen.file.content if seen and seen.kind == "file" and seen.file else b""


def title_of(store: int) -> str:
    """What the run that made STORE was called."""
    return _noted(store, "title").decode(errors="surrogateescape") or "a run that had just begun"


def journal_in(store: int, name: str) -> Journal | None:
    """The journal NAME of STORE; None when there is none, or it is not whole."""
    return loaded(_noted(store, name))


@contextmanager
def _late_interrupts() -> Iterator[Callable[[], None]]:
    """Hold Ctrl-C back to where the function given is called; ignore one after the last of these places."""
    came: list[int] = []

    def pause() -> None:
        if came:
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield pause
        return
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield pause
    finally:
        signal.signal(signal.SIGINT, before)
