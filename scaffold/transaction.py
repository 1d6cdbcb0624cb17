"""Writing to a vendor repository, all or nothing, whatever happens on the way.

New contents are staged and synced; the journal, renamed into place, is the decision: until then nothing has
changed, from then on whoever comes next completes the transaction. Done, journal.json becomes undo.json.
"""

from __future__ import annotations

import os
import shutil
import signal
import stat
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from scaffold import worktree
from scaffold.errors import ScaffoldError
from scaffold.journal import Journal, Step, content_hash, decide, load, new, old, sync
from scaffold.lock import LOCAL, STATE
from scaffold.tree import File
from scaffold.worktree import read

UNFINISHED = "a run that was interrupted before it changed anything"


def carry_out(
    root: Path, writes: Mapping[str, File | None], *, expected: Mapping[str, File | None], title: str
) -> None:
    """Write every path of WRITES below ROOT (None removes it), or none of them.

    expected: what the plan saw at each path. title: the command, for `recover` and `undo`. Lock held.
    Raises ScaffoldError where something has changed since or stands in the way; nothing is written then.
    """
    now = read(root, writes)
    changed = sorted(path for path in writes if now.get(path) != expected.get(path))
    if changed:
        raise ScaffoldError(
            f"changed meanwhile: {', '.join(changed)}", "nothing was written; run the command again"
        )
    paths = sorted(writes, key=lambda path: (_last(path), writes[path] is not None, path))
    _clear(root, paths, writes)
    steps = tuple(Step(path, content_hash(now.get(path)), content_hash(writes[path])) for path in paths)
    with _failing("nothing was written"):
        journal = Journal(title, _new_directory(root), steps)
        try:
            for number, path in enumerate(paths):
                file = writes[path]
                if file:
                    worktree.stage(new(root, journal, number), file, worktree.mode_of(root, path))
            with _uninterrupted():
                _run(root, journal)
        finally:
            _tidy(root)


def _last(path: str) -> int:
    """The state goes after the files that it describes, and state.json after all."""
    return path.startswith(f"{STATE}/") + (path == f"{STATE}/state.json")


def _clear(root: Path, paths: list[str], writes: Mapping[str, File | None]) -> None:
    """Refuse what renaming could not do: a directory with other files, or a link above the path."""
    removed = {path for path in paths if writes[path] is None}
    for path in paths:
        folders = [path[:end] for end, letter in enumerate(path) if letter == "/"]
        for folder in folders if writes[path] else []:
            there = worktree.mode_of(root, folder)
            if there and not stat.S_ISDIR(there.st_mode) and folder not in removed:
                kind = "a symbolic link" if stat.S_ISLNK(there.st_mode) else "no directory"
                raise ScaffoldError(f"{folder} is {kind}, but {path} must be in it", "nothing was written")
        there = worktree.mode_of(root, path)
        if writes[path] and there and stat.S_ISDIR(there.st_mode):
            inside = (
                one.relative_to(root).as_posix() for one in (root / path).rglob("*") if not one.is_dir()
            )
            if not removed.issuperset(inside):
                raise ScaffoldError(f"{path} is a directory, but must be a file", "nothing was written")


def recover(root: Path) -> str:
    """Complete a transaction that was interrupted, or clear away what it staged; say which. Lock held.

    Raises ScaffoldError where a file that is still to be written was changed after the interruption.
    """
    local = root / LOCAL
    try:
        journal = load(local / "journal.json")
    except ValueError:  # torn: it was never decided
        (local / "journal.json").unlink()
        journal = None
    if journal is None:
        return f"rolled back: {UNFINISHED}" if _tidy(root) else ""
    _refuse_edited(root, journal)
    with _failing("the interrupted run is still unfinished"):
        _run(root, journal)
        _tidy(root)
    return f"{'rolled back' if journal.direction == 'back' else 'completed'}: {journal.title}"


def pending(root: Path) -> str:
    """The title of a transaction that was interrupted half-way; empty where there is none."""
    try:
        journal = load(root / LOCAL / "journal.json")
    except ValueError:
        return UNFINISHED
    return journal.title if journal else ""


def undo(root: Path) -> str:
    """Take the last transaction back, byte for byte; its title. Lock held.

    Raises ScaffoldError where there is none, and where files that it wrote were changed since.
    """
    last = load(root / LOCAL / "undo.json")
    if last is None:
        raise ScaffoldError("there is nothing to undo")
    now = read(root, [step.path for step in last.steps])
    changed = [step.path for step in last.steps if content_hash(now.get(step.path)) != step.new]
    if changed:
        raise ScaffoldError(
            f"changed since the last {last.title}: {', '.join(changed)}",
            "take these changes away (vendor-scaffold diff shows them), then undo; nothing was written",
        )
    with _failing("nothing was undone"):
        order = sorted(
            range(len(last.steps)), key=lambda n: (_last(last.steps[n].path), bool(last.steps[n].old))
        )
        steps = tuple(Step(last.steps[n].path, last.steps[n].new, last.steps[n].old) for n in order)
        journal = Journal(last.title, _new_directory(root), steps, "undo")
        for number, earlier in enumerate(order):
            if steps[number].new:
                os.link(old(root, last, earlier), new(root, journal, number), follow_symlinks=False)
        with _uninterrupted():
            _run(root, journal)
            _tidy(root)
    return last.title


# --- a transaction, step by step; each may have been done before


def _run(root: Path, journal: Journal) -> None:
    """Decide for JOURNAL and carry it out; where that fails, take back what was done."""
    decide(root, journal)
    try:
        if journal.direction != "back":
            _forward(root, journal)
            _finish(root, journal)
            return
    except OSError:
        journal = Journal(journal.title, journal.directory, journal.steps, "back")
        decide(root, journal)
        _back(root, journal)
        (root / LOCAL / "journal.json").unlink()
        raise
    _back(root, journal)
    (root / LOCAL / "journal.json").unlink()


def _forward(root: Path, journal: Journal) -> None:
    for number, step in enumerate(journal.steps):
        fresh, kept = new(root, journal, number), old(root, journal, number)
        if not (os.path.lexists(fresh) if step.new else worktree.mode_of(root, step.path)):
            continue
        if step.old and not os.path.lexists(kept):
            worktree.keep_aside(root, step.path, kept)
        if step.new:
            worktree.move_in(fresh, root, step.path)
        else:
            worktree.remove(root, step.path)


def _back(root: Path, journal: Journal) -> None:
    for number, step in reversed(list(enumerate(journal.steps))):
        fresh, kept = new(root, journal, number), old(root, journal, number)
        if os.path.lexists(kept):
            worktree.move_in(kept, root, step.path)
        elif step.new and not step.old and not os.path.lexists(fresh):
            worktree.remove(root, step.path)


def _finish(root: Path, journal: Journal) -> None:
    local = root / LOCAL
    sync(local / journal.directory)
    if journal.direction == "undo":
        (local / "undo.json").unlink(missing_ok=True)
        (local / "journal.json").unlink()
    else:
        (local / "journal.json").rename(local / "undo.json")
    sync(local)


def _tidy(root: Path) -> bool:
    """Remove what no journal names; whether there was something."""
    local = root / LOCAL
    if not local.is_dir():
        return False
    journals = [load(local / name) for name in ("journal.json", "undo.json")]
    named = {journal.directory for journal in journals if journal}
    loose = [one for one in local.iterdir() if one.name.isdigit() and one.name not in named]
    for one in loose:
        shutil.rmtree(one, ignore_errors=True)
    (local / "journal.tmp").unlink(missing_ok=True)
    return bool(loose)


def _refuse_edited(root: Path, journal: Journal) -> None:
    """What the vendor wrote after the interruption is not overwritten."""
    now = read(root, [step.path for step in journal.steps])
    known = {step.path: (step.old, step.new) for step in journal.steps}
    edited = [path for path, hashes in known.items() if content_hash(now.get(path)) not in hashes]
    if edited:
        raise ScaffoldError(
            f"changed since {journal.title} was interrupted: {', '.join(edited)}",
            "move these files away and run the command again; it finishes what was interrupted",
        )


def _new_directory(root: Path) -> str:
    """A directory of local/ for one transaction; on the same file system as the repository."""
    local = root / LOCAL
    taken = [int(one.name) for one in local.iterdir() if one.name.isdigit()]
    name = str(max(taken, default=0) + 1)
    (local / name).mkdir()
    return name


@contextmanager
def _failing(hint: str) -> Iterator[None]:
    """What the system refuses, as an error that the user can put right."""
    try:
        yield
    except OSError as error:
        name = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else "the repository"
        raise ScaffoldError(f"{name} cannot be written: {error.strerror}", hint) from error


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C waits for the few milliseconds in which files are renamed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
