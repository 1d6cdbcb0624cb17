"""The journal of a transaction: what each path held and shall hold; and taking a tree there."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

from scaffold import records
from scaffold.disk import Seen, above, durable, folder, look, named, split
from scaffold.errors import ScaffoldError
from scaffold.tree import File, sound


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
    """The journal as one JSON object, with a digest of all that it says."""
    return sealed({"schema": 1, **asdict(journal)})


def sealed(said: Mapping[str, Any]) -> bytes:
    """SAID as JSON, with its digest in place of any that it has."""
    return json.dumps({**said, "digest": _digest(said)}).encode()


def _digest(said: Mapping[str, Any]) -> str:
    plain = json.dumps({key: said[key] for key in said if key != "digest"}, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()


_MODES = records.mapped(sound, records.one_of(records.mode, records.nothing))
_VERSION: Mapping[str, records.Check] = {
    "sha256": records.sha256,
    "mode": records.mode,
    "link": records.flag,
}
_KNOWN: Mapping[str, records.Check] = {
    "title": lambda found: isinstance(found, str),
    "steps": records.listed(lambda found: isinstance(found, dict)),
    "made": _MODES,
    "gone": _MODES,
    "undoes": records.flag,
}
_SEALED = {**_KNOWN, "digest": records.sha256}
_SIDE = records.one_of(lambda found: isinstance(found, dict), records.nothing)
_STEP: Mapping[str, records.Check] = {"path": sound, "old": _SIDE, "new": _SIDE}


def loaded(text: bytes, name: str, hint: str) -> Journal:
    """The journal in TEXT, of this version or the one before, which had neither schema nor digest.

    Raises OtherVersion or Damaged for anything else, and for one that contradicts itself.
    """
    raw = records.parsed(text, name, hint)
    records.checked(raw, name, hint, _SEALED if "schema" in raw else _KNOWN)
    for step in raw["steps"]:
        records.checked(step, name, hint, _STEP)
        for side in (one for one in (step["old"], step["new"]) if one is not None):
            records.checked(side, name, hint, _VERSION)
    if raw.get("digest") not in (None, _digest(raw)):
        raise records.Damaged(f"{name} is damaged: its digest is another's", hint)
    steps = tuple(Step(one["path"], _version(one["old"]), _version(one["new"])) for one in raw["steps"])
    journal = Journal(raw["title"], steps, raw["made"], raw["gone"], raw["undoes"])
    if not _consistent(journal):
        raise records.Damaged(f"{name} is damaged: it contradicts itself", hint)
    return journal


def _version(side: Mapping[str, Any] | None) -> Version | None:
    return Version(**{key: side[key] for key in ("sha256", "mode", "link")}) if side else None


def _consistent(journal: Journal) -> bool:
    """Whether each path is there once and changes, and only directories of these paths come and go."""
    paths = {step.path for step in journal.steps}
    around = paths | {parent for path in paths for parent in above(path)}
    return (
        len(paths) == len(journal.steps)
        and all(step.old or step.new for step in journal.steps)
        and {*journal.made, *journal.gone} <= around
    )


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
