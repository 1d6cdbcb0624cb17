"""Changing many files of a vendor repository at once, all or nothing, whatever kills the run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from scaffold import own
from scaffold.disk import LOCAL, STATE, Seen, durable, folder, look, named, opened, put, sound, split
from scaffold.disk import read as read
from scaffold.errors import ScaffoldError
from scaffold.transaction.journal import Journal, Step, version
from scaffold.transaction.layout import directories
from scaffold.transaction.lock import holder, lock
from scaffold.transaction.plausible import plausible
from scaffold.transaction.store import (
    BY_HAND,
    NOTHING,
    complete,
    discarded,
    drop,
    finish,
    journal_in,
    made,
    rolled,
    run,
    title_of,
    untouched,
)
from scaffold.tree import File


@dataclass(frozen=True)
class Writes:
    """What a command is to write, as `carry_out` takes it."""

    writes: Mapping[str, File | None]
    expected: Mapping[str, File | None]


T = TypeVar("T")


def transact(root: Path, title: str, plan: Callable[[str], tuple[Writes | None, T]]) -> T:
    """Run a writing command on ROOT: lock, recover, PLAN, carry out. The one way to all of these.

    plan: reads what is there and says what to write (None: nothing), and what this function is to give; it
    gets what became of a killed run ("completed: TITLE", "rolled back: TITLE" or ""). Raises ScaffoldError
    as all four do; an interrupt says what is written all the same.
    """
    written: list[str] = []  # and not to be taken back by an interrupt
    try:
        with lock(root):
            recovered = recover(root)
            written += filter(None, [recovered])
            change, said = plan(recovered)
            if change:
                carry_out(root, change.writes, expected=change.expected, title=title)
                written.append(f"{title} is written; vendor-scaffold undo takes it back")
        return said
    except KeyboardInterrupt:
        raise KeyboardInterrupt("; ".join(written)) from None


def take_back(root: Path, told: Callable[[str], object]) -> str:
    """Undo what was last carried out on ROOT, and give its title; TOLD hears what became of a killed run."""
    with lock(root):
        recovered = recover(root)
        if recovered:
            told(recovered)
        return undo(root)


def refuse_pending(root: Path) -> None:
    """Raise where a run was interrupted or is at work in ROOT: what lies there is half of two things."""
    interrupted = pending(root)
    if interrupted:
        raise ScaffoldError(f"{interrupted} was interrupted here", "run update to finish it, or undo")


def carry_out(
    root: Path, writes: Mapping[str, File | None], *, expected: Mapping[str, File | None], title: str
) -> None:
    """Write every path of WRITES below ROOT (None: remove it), or none.

    Call it within `lock`, after `recover`. EXPECTED is what the plan saw at each path (missing: nothing). The
    paths of .vendor-scaffold/ go last, state.json very last. What `undo` needs is kept. An interrupt takes
    everything back; one that comes too late for that is ignored. Raises ScaffoldError, and then nothing is
    written: for files that changed meanwhile, for an occupied path, for what the file system refuses.
    """
    with _local(root) as (top, local):
        seen = {path: _seen(top, path) for path in sound({*writes, *expected})}
        changed = [path for path, at in seen.items() if _held(at) != expected.get(path)]
        if changed:
            raise ScaffoldError(f"changed meanwhile: {', '.join(changed)}", f"{NOTHING}; run it again")
        paths = sorted((path for path in writes if writes[path] != _held(seen[path])), key=_order)
        if not paths:
            return
        written = {path for path in paths if writes[path]}
        around = directories(top, written, set(paths) - written)

        def stage(store: int) -> Journal:
            steps = []
            with made(store, "new") as new, made(store, "old") as old:
                for number, path in enumerate(paths):
                    steps.append(_staged(top, (new, old), str(number), path, writes[path], seen[path]))
                durable(new)
                durable(old)
            return Journal(title, tuple(steps), around.made, around.gone)

        run(top, local, title, stage)


def undo(root: Path) -> str:
    """Take back what was last carried out, byte for byte, and give its title.

    Call it within `lock`, after `recover`. Raises ScaffoldError where there is nothing to undo, and lists the
    files that were changed since.
    """
    with _local(root) as (top, local):
        if look(local, "last"):
            with folder(local, "last") as last:
                done = journal_in(last, "last", "journal.json")
                if done:
                    back = replace(done.turned(), undoes=True)
                    _unchanged(top, last, done)
                    plausible(top, last, "last", done)
                    run(top, local, f"undo of {done.title}", lambda store: _restaged(top, last, store, back))
                    return done.title
    raise ScaffoldError("there is nothing to undo")


def recover(root: Path) -> str:
    """Complete or roll back what a killed run has left: first in every writing command, within `lock`.

    Gives "completed: TITLE", "rolled back: TITLE" or "". May itself be killed and called again. Raises
    ScaffoldError for files that were changed since: they are never overwritten.
    """
    with _local(root, "run it again when that is put right") as (top, local):
        discarded(local)
        if not look(local, "next"):
            return ""
        with folder(local, "next") as store:
            title = title_of(store)
            forward, back = (journal_in(store, "next", f"{name}.json") for name in ("journal", "back"))
            if forward:
                untouched(top, forward)
            decided = forward or (back and back.turned())
            if decided:
                complete(top, store, decided, "new" if forward else "old")
                plausible(top, store, "next", decided)
            rolled(top, store, forward, back)
        if forward:
            finish(local, forward)
            return f"completed: {title}"
        drop(local, "next")
        return f"rolled back: {title}"


def pending(root: Path) -> str:
    """The title of an interrupted run, "" for none. Raises ScaffoldError while a live one is at work."""
    try:
        with opened(root) as top, folder(top, f"{LOCAL}/next") as store:
            live = holder(root)
            if live:
                raise ScaffoldError(f"another run is at work here: {live}", "wait for its end")
            return title_of(store)
    except FileNotFoundError:
        return ""
    except NotADirectoryError:
        raise ScaffoldError(f"{LOCAL}/next is no directory of its own", BY_HAND) from None


@contextmanager
def _local(root: Path, hint: str = NOTHING) -> Iterator[tuple[int, int]]:
    """ROOT and its local/ as open directories; what the system refuses becomes a ScaffoldError."""
    with opened(root) as top:
        try:
            with folder(top, LOCAL) as local:
                yield top, local
        except OSError as error:
            raise ScaffoldError(f"{error.filename or root}: {error.strerror}", hint) from error


def _seen(top: int, path: str) -> Seen | None:
    if path.startswith(f"{STATE}/"):
        own.look(top, path)  # raises for what is no file of ours
    return look(top, path)


def _held(seen: Seen | None) -> File | None:
    return seen.file if seen else None


def _order(path: str) -> tuple[bool, bool, str]:
    return path.startswith(f"{STATE}/"), path == f"{STATE}/state.json", path


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
    with made(store, "new") as new, made(store, "old") as old, folder(last, "old") as kept:
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
        raise ScaffoldError(f"changed since, so not undone:\n  {listed}", NOTHING)


def _as_left(step: Step, seen: Seen | None) -> bool:
    return step.new.matches(seen) if step.new else not seen or seen.kind == "directory"
