"""Changing many files of a vendor repository at once, all or nothing, whatever kills the run.

Below `.vendor-scaffold/local/`, `next/` is the transaction under way: its `new/` holds the contents to come, its
`old/` links to those to go. A complete `journal.json` there is the decision: from then on files are renamed into
place, and a killed run is rolled forward. When that fails, or is interrupted, the journal becomes `back.json`, and
from then on all is rolled back. With neither, nothing has been touched. At the end `next/` becomes `last/`, for `undo`.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from scaffold.disk import LOCAL, STATE, Seen, durable, folder, look, named, opened, put, sound, split
from scaffold.disk import read as read
from scaffold.errors import ScaffoldError
from scaffold.journal import Journal, Step, dumped, loaded, roll, strangers, version
from scaffold.layout import directories
from scaffold.lock import holder
from scaffold.lock import lock as lock
from scaffold.tree import File

_NOTHING = "nothing was written"
_TAKE_AWAY = "move these files away, then run it again; what they held is in {}/{}"


def carry_out(
    root: Path, writes: Mapping[str, File | None], *, expected: Mapping[str, File | None], title: str
) -> None:
    """Write every path of WRITES below ROOT (None: remove it), or none.

    Call it within `lock`, after `recover`. EXPECTED is what the plan saw at each path (missing: nothing). The paths
    of .vendor-scaffold/ go last, state.json very last. What `undo` needs is kept. An interrupt takes everything
    back; one that comes too late for that is ignored. Raises ScaffoldError, and then nothing is written: for files
    that changed meanwhile, for something in the way, and for what the file system refuses.
    """
    with _local(root) as (top, local):
        seen = {path: look(top, path) for path in sound({*writes, *expected})}
        changed = [path for path, at in seen.items() if _held(at) != expected.get(path)]
        if changed:
            raise ScaffoldError(f"changed meanwhile: {', '.join(changed)}", f"{_NOTHING}; run it again")
        paths = sorted((path for path in writes if writes[path] != _held(seen[path])), key=_order)
        if not paths:
            return
        written = {path for path in paths if writes[path]}
        around = directories(top, written, set(paths) - written)

        def stage(store: int) -> Journal:
            steps = []
            with _made(store, "new") as new, _made(store, "old") as old:
                for number, path in enumerate(paths):
                    steps.append(_staged(top, (new, old), str(number), path, writes[path], seen[path]))
                durable(new)
                durable(old)
            return Journal(title, tuple(steps), around.made, around.gone)

        _run(top, local, title, stage)


def undo(root: Path) -> str:
    """Take back what was last carried out, byte for byte, and give its title.

    Call it within `lock`, after `recover`. Raises ScaffoldError where there is nothing to undo, and lists the files
    that were changed since.
    """
    with _local(root) as (top, local):
        if look(local, "last"):
            with folder(local, "last") as last:
                done = _journal(last, "journal.json")
                if done:
                    back = replace(done.turned(), undoes=True)
                    _unchanged(top, last, done)
                    _run(top, local, f"undo of {done.title}", lambda store: _restaged(top, last, store, back))
                    return done.title
    raise ScaffoldError("there is nothing to undo")


def recover(root: Path) -> str:
    """Complete or roll back what a killed run has left: first in every writing command, within `lock`.

    Gives "completed: TITLE", "rolled back: TITLE" or "". May itself be killed and called again. Raises
    ScaffoldError for files that were changed since: they are never overwritten.
    """
    with _local(root, "run it again when that is put right") as (top, local):
        _discarded(local)
        if not look(local, "next"):
            return ""
        with folder(local, "next") as store:
            title, forward, back = (
                _title(store),
                _journal(store, "journal.json"),
                _journal(store, "back.json"),
            )
            _untouched(top, forward or back)
            _rolled(top, store, forward, back)
        if forward:
            _finish(local, forward)
            return f"completed: {title}"
        _drop(local, "next")
        return f"rolled back: {title}"


def pending(root: Path) -> str:
    """The title of an interrupted run, "" for none. Raises ScaffoldError while a live one is at work."""
    with (
        opened(root) as top,
        suppress(FileNotFoundError, NotADirectoryError),
        folder(top, f"{LOCAL}/next") as store,
    ):
        live = holder(root)
        if live:
            raise ScaffoldError(f"another run is at work here: {live}", "wait for its end")
        return _title(store)
    return ""


@contextmanager
def _local(root: Path, hint: str = _NOTHING) -> Iterator[tuple[int, int]]:
    """ROOT and its local/ as open directories; what the system refuses becomes a ScaffoldError."""
    with opened(root) as top:
        try:
            with folder(top, LOCAL) as local:
                yield top, local
        except OSError as error:
            raise ScaffoldError(f"{error.filename or root}: {error.strerror}", hint) from error


def _held(seen: Seen | None) -> File | None:
    return seen.file if seen else None


def _order(path: str) -> tuple[bool, bool, str]:
    return path.startswith(f"{STATE}/"), path == f"{STATE}/state.json", path


@contextmanager
def _made(parent: int, name: str) -> Iterator[int]:
    with named(f"{LOCAL}/next/{name}"):
        os.mkdir(name, 0o777, dir_fd=parent)
        with folder(parent, name) as made:
            yield made


def _staged(
    top: int, stores: tuple[int, int], number: str, path: str, file: File | None, seen: Seen | None
) -> Step:
    new, old = stores
    with named(path):
        before = version(seen.file, seen.mode) if seen and seen.file else None
        after = version(file, put(new, number, file, seen)) if file else None
        if seen and seen.file:
            parent, name = split(path)
            with folder(top, parent) as inside:
                _keep(inside, name, old, number, seen)
    return Step(path, before, after)


def _keep(inside: int, name: str, store: int, number: str, seen: Seen) -> None:
    """Link the file NAME into STORE, or copy it where that cannot be."""
    if seen.file and not seen.file.link:
        with suppress(OSError):
            os.link(name, number, src_dir_fd=inside, dst_dir_fd=store, follow_symlinks=False)
            return
    if seen.file:
        put(store, number, seen.file, seen)


def _restaged(top: int, last: int, store: int, back: Journal) -> Journal:
    with _made(store, "new") as new, _made(store, "old") as old, folder(last, "old") as kept:
        for number, step in enumerate(back.steps):
            with named(step.path):
                parent, name = split(step.path)
                if step.new and (seen := look(kept, str(number))):
                    _keep(kept, str(number), new, str(number), seen)
                if step.old and (seen := look(top, step.path)):
                    with folder(top, parent) as inside:
                        _keep(inside, name, old, str(number), seen)
        durable(new)
        durable(old)
    return back


def _unchanged(top: int, last: int, done: Journal) -> None:
    """Raise for each file that is not what the transaction DONE left, or whose old contents are lost."""
    with folder(last, "old") as kept:
        lost = [s.path for n, s in enumerate(done.steps) if s.old and not s.old.matches(look(kept, str(n)))]
    changed = [s.path for s in done.steps if not _as_left(s, look(top, s.path))]
    if changed or lost:
        listed = "\n  ".join(changed + [f"{path}: its old contents were altered" for path in lost])
        raise ScaffoldError(f"changed since, so not undone:\n  {listed}", _NOTHING)


def _as_left(step: Step, seen: Seen | None) -> bool:
    return step.new.matches(seen) if step.new else not seen or seen.kind == "directory"


def _run(top: int, local: int, title: str, stage: Callable[[int], Journal]) -> None:
    """Stage, decide, roll, finish; on any fault or interrupt leave everything as it was, and raise it."""
    _discarded(local)
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
        _finish(local, journal)


def _taken_back(top: int, local: int, cause: BaseException) -> None:
    try:
        with folder(local, "next") as store:
            with suppress(FileNotFoundError):
                os.rename("journal.json", "back.json", src_dir_fd=store, dst_dir_fd=store)
            back = _journal(store, "back.json")
            _rolled(top, store, None, back)
        _drop(local, "next")
    except (OSError, ScaffoldError) as error:
        raise ScaffoldError(
            f"stopped by: {cause}\nand could not be taken back: {error}",
            "put that right, and run the command again: it completes or takes back what is half done",
        ) from cause


def _rolled(top: int, store: int, forward: Journal | None, back: Journal | None) -> None:
    if forward:
        with folder(store, "new") as new:
            roll(top, new, forward)
    elif back:
        durable(store)
        with folder(store, "old") as old:
            roll(top, old, back.turned())


def _untouched(top: int, journal: Journal | None) -> None:
    changed = strangers(top, journal) if journal else []
    if changed:
        listed = "\n  ".join(changed)
        raise ScaffoldError(
            f"changed since a run was interrupted:\n  {listed}", _TAKE_AWAY.format(LOCAL, "next/old")
        )


def _finish(local: int, journal: Journal) -> None:
    _drop(local, "last")
    if journal.undoes:
        _drop(local, "next")
    else:
        os.rename("next", "last", src_dir_fd=local, dst_dir_fd=local)
        durable(local)


def _drop(local: int, name: str) -> None:
    """Remove a store at one stroke: half of one would be mistaken for an interrupted run."""
    with suppress(FileNotFoundError):
        os.rename(name, "done", src_dir_fd=local, dst_dir_fd=local)
    durable(local)
    _discarded(local)


def _discarded(local: int) -> None:
    shutil.rmtree("done", ignore_errors=True, dir_fd=local)


def _note(store: int, name: str, text: bytes) -> None:
    with named(f"{LOCAL}/next/{name}"):
        put(store, name, File(text))
        durable(store)


def _noted(store: int, name: str) -> bytes:
    held = _held(look(store, name))
    return held.content if held and not held.link else b""


def _title(store: int) -> str:
    return _noted(store, "title").decode(errors="surrogateescape") or "a run that had just begun"


def _journal(store: int, name: str) -> Journal | None:
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
