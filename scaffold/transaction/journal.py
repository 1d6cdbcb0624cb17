"""The journal of a transaction: what each path held and shall hold; and taking a tree there."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace

from scaffold.disk import Seen, above, durable, folder, look, named, sound, split
from scaffold.errors import ScaffoldError
from scaffold.tree import File


@dataclass(frozen=True)
class Version:
    """What a path holds: enough to know it again."""

    sha256: str
    mode: int  # permission bits; of a link 0o777
    link: bool

    def matches(self, seen: Seen | None) -> bool:
        """Whether SEEN is this file; of the permission bits only the owner's executable one counts."""
        if not seen or not seen.file:
            return False
        held = version(seen.file, seen.mode)
        return (held.sha256, held.link, held.mode & 0o100) == (self.sha256, self.link, self.mode & 0o100)


@dataclass(frozen=True)
class Step:
    """One path; its contents lie in the store as old/N and new/N, N being its place in the journal."""

    path: str
    old: Version | None
    new: Version | None

    def stranger(self, seen: Seen | None) -> bool:
        """Whether SEEN is a file that this transaction neither found nor made."""
        if not seen or seen.kind == "directory":
            return False
        return not any(known and known.matches(seen) for known in (self.old, self.new))


@dataclass(frozen=True)
class Journal:
    """All steps in order; directories to make and to remove, with their modes (None: the default)."""

    title: str
    steps: tuple[Step, ...]
    made: Mapping[str, int | None]
    gone: Mapping[str, int | None]
    undoes: bool = False  # takes the last transaction back, and leaves nothing to undo

    def turned(self) -> Journal:
        """The same, the other way round."""
        steps = tuple(Step(step.path, step.new, step.old) for step in self.steps)
        return replace(self, steps=steps, made=self.gone, gone=self.made)


def version(file: File, mode: int) -> Version:
    """What a path that holds FILE holds."""
    return Version(hashlib.sha256(file.content).hexdigest(), mode, file.link)


def dumped(journal: Journal) -> bytes:
    """The journal as one JSON object: cut off anywhere it is none."""
    return json.dumps(asdict(journal)).encode()


def loaded(text: bytes) -> Journal | None:
    """The journal in TEXT, None for anything else."""
    try:
        raw = json.loads(text)
        steps = tuple(
            Step(
                str(step["path"]), *(Version(**step[side]) if step[side] else None for side in ("old", "new"))
            )
            for step in raw.pop("steps")
        )
        journal = Journal(steps=steps, **raw)
        sound({*(step.path for step in steps), *journal.made, *journal.gone})
    except (ValueError, KeyError, TypeError, AttributeError, ScaffoldError):
        return None
    return journal


def strangers(top: int, journal: Journal) -> list[str]:
    """The paths that someone else has changed since the journal was written."""
    return [step.path for step in journal.steps if step.stranger(look(top, step.path))]


def roll(
    top: int,
    contents: int,
    journal: Journal,
    pause: Callable[[], None] = lambda: None,
    *,
    spare: bool = False,
) -> None:
    """Bring every path of JOURNAL to its new version, whatever of it is done already.

    CONTENTS is the open directory of the new versions, named by step. PAUSE is called before each change and
    may raise. A file that is neither old nor new is left alone with SPARE, else ScaffoldError; or OSError.
    """
    spared = {step.path for step in journal.steps if spare and step.stranger(look(top, step.path))}
    for step in journal.steps:
        if step.new is None and step.path not in spared:
            pause()
            _removed(top, step)
    for path in sorted(journal.gone, reverse=True):
        pause()
        _directory_removed(top, path)
    for path in sorted(journal.made):
        pause()
        _directory_made(top, path, journal.made[path])
    for number, step in enumerate(journal.steps):
        if step.new is not None and step.path not in spared:
            pause()
            _placed(top, contents, str(number), step)
    _synced(top, journal)


def _removed(top: int, step: Step) -> None:
    seen = look(top, step.path)
    if seen and seen.kind != "directory":  # a directory: another step's file lies in the old one's place
        _known(step, seen)
        parent, name = split(step.path)
        with named(step.path), folder(top, parent) as inside:
            os.unlink(name, dir_fd=inside)


def _placed(top: int, contents: int, source: str, step: Step) -> None:
    seen = look(top, step.path)
    if step.new and step.new.matches(seen):
        return
    _known(step, seen)
    parent, name = split(step.path)
    with named(step.path), folder(top, parent) as inside:
        os.rename(source, name, src_dir_fd=contents, dst_dir_fd=inside)


def _known(step: Step, seen: Seen | None) -> None:
    if step.stranger(seen):
        raise ScaffoldError(f"{step.path} changed meanwhile")


def _directory_removed(top: int, path: str) -> None:
    parent, name = split(path)
    try:
        with named(path), folder(top, parent) as inside:
            os.rmdir(name, dir_fd=inside)
    except OSError as error:
        # absent, a file again, or it holds what is not ours
        if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ENOTEMPTY, errno.EEXIST):
            raise


def _directory_made(top: int, path: str, mode: int | None) -> None:
    parent, name = split(path)
    with named(path), folder(top, parent) as inside, suppress(FileExistsError):
        os.mkdir(name, dir_fd=inside)
    if mode is not None:
        with named(path), folder(top, path) as made:
            os.fchmod(made, mode)


def _synced(top: int, journal: Journal) -> None:
    durable(top)
    paths = [*(step.path for step in journal.steps), *journal.made, *journal.gone]
    for parent in sorted({parent for path in paths for parent in above(path)}):
        with suppress(FileNotFoundError, NotADirectoryError), named(parent), folder(top, parent) as inside:
            durable(inside)
