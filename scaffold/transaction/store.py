"""The store of a transaction below `.vendor-scaffold/local/`: staged, decided, rolled, kept for undo.

`next/` is the transaction under way: its `new/` holds the contents to come, its `old/` links to those to go.
The journal is written as `draft.json`; renamed to `journal.json` it is the decision: from then on files are
renamed into place, and a killed run is rolled forward. When that fails, or is interrupted, the journal
becomes `back.json`, and from then on all is rolled back. With neither, nothing has been touched. At the end
`next/` becomes `last/`, for `undo`. A journal that is not understood stops everything: it may be decided.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from scaffold import own
from scaffold.disk import LOCAL, Seen, durable, folder, look, named, names, put
from scaffold.errors import ScaffoldError
from scaffold.records import Damaged, OtherVersion
from scaffold.transaction.journal import Journal, Step, dumped, loaded, roll, strangers
from scaffold.tree import File

NOTHING = "nothing was written"
BY_HAND = (
    f"put the files right by hand or from version control: what they held before is in {LOCAL}; "
    "then move that directory away"
)
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
                _note(store, "draft.json", dumped(journal))
                durable(local)
                os.rename("draft.json", "journal.json", src_dir_fd=store, dst_dir_fd=store)
                durable(store)
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
            back = journal_in(store, "next", "back.json")
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


def title_of(store: int) -> str:
    """What the run that made STORE was called."""
    said = own.held(store, "title", f"{LOCAL}/next/title", most=1 << 10)
    return (said.content.decode(errors="surrogateescape") if said else "") or "a run that had just begun"


def journal_in(store: int, place: str, name: str) -> Journal | None:
    """The journal NAME of STORE, which lies at PLACE; None when there is none.

    Raises ScaffoldError for one that is not understood, and for a store that holds more than we know.
    """
    strange = set(names(store)) - {"title", "draft.json", "journal.json", "back.json", "old", "new"}
    if strange:
        raise OtherVersion(f"{LOCAL}/{place}", f"holds {', '.join(sorted(strange))}")
    shown = f"{LOCAL}/{place}/{name}"
    said = own.held(store, name, shown)
    return loaded(said.content, shown, BY_HAND) if said else None


def complete(top: int, store: int, journal: Journal, contents: str) -> None:
    """Raise where STORE lacks a file that JOURNAL, on its way to the versions in CONTENTS, still needs.

    It is still to be put in place, or it is the copy of one that goes.
    """
    kept = "old" if contents == "new" else ""  # on the way back what goes is what we have put there
    with folder(store, contents) as coming, folder(store, "old") as old:
        lacking = [
            step.path
            for number, step in enumerate(journal.steps)
            if not _at_hand(step, look(top, step.path), look(coming, str(number)))
            or (kept and not _copied(step, look(top, step.path), look(old, str(number))))
        ]
    if lacking:
        raise Damaged(f"{LOCAL}/next is damaged: it lacks what belongs to {', '.join(lacking)}", BY_HAND)


def _at_hand(step: Step, seen: Seen | None, coming: Seen | None) -> bool:
    """Whether the new version is at hand, in place, or not to be put there: the vendor's own edit stays."""
    return not step.new or any(map(step.new.matches, (seen, coming))) or step.stranger(seen)


def _copied(step: Step, seen: Seen | None, old: Seen | None) -> bool:
    """Whether the old version is kept, or is not there to be lost."""
    return not step.old or not step.old.matches(seen) or step.old.matches(old)


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
