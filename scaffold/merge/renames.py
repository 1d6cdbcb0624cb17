"""Services that get other names: where their files go, and what lies beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace

from scaffold.merge.carrying import NOBODY, Names
from scaffold.merge.outcomes import Change, Outcome
from scaffold.merge.pairing import Trio
from scaffold.tree import File, Tree


@dataclass(frozen=True)
class Renames:
    """What becomes of a tree that has the old names.

    files: path -> the path and the file under the new names, where either is another. folders: the directory
    of a service -> its new place. names: what the services were called.
    """

    files: Mapping[str, tuple[str, File]]
    folders: Mapping[str, str]
    names: Names

    def place(self, path: str) -> str:
        """Where the managed file at PATH goes."""
        return self.files[path][0] if path in self.files else path

    def file(self, path: str, tree: Tree) -> File | None:
        """What becomes of the file at PATH in TREE."""
        return self.files[path][1] if path in self.files else tree.get(path)

    def along(self, path: str) -> str:
        """Where a file of the vendor's own at PATH goes: along with the directory of a service."""
        found = (old for old in self.folders if path.startswith(f"{old}/"))
        old = max(found, key=len, default="")
        return self.folders[old] + path[len(old) :] if old else path


NO_RENAMES = Renames({}, {}, NOBODY)


def placed(trio: Trio, ours: Tree, renames: Renames) -> Trio:
    """TRIO where it goes when its service has the new name."""
    if trio.their_path not in renames.files:
        return trio
    to, file = renames.files[trio.their_path]
    renamed = file if file != trio.theirs else None
    if trio.path != trio.their_path:  # the vendor has it elsewhere
        to = _elsewhere(trio.path, trio.their_path, to, ours, renames)
    if to == trio.path:
        return replace(trio, renamed=renamed)
    at = trio.old_path if trio.old_path in ours else trio.path
    here = at in ours
    return replace(
        trio, path=to, old_path=at if here or trio.base else "", moved=trio.moved or here, renamed=renamed
    )


def _elsewhere(path: str, their_path: str, to: str, ours: Tree, renames: Renames) -> str:
    """Where a file goes that the vendor has at PATH: with its directory, or as its name says."""
    moved = renames.along(path)
    above, _, name = path.rpartition("/")
    if moved == path and name == their_path.rpartition("/")[2]:
        moved = "/".join(part for part in (above, to.rpartition("/")[2]) if part)
    return path if moved in ours else moved


def beside(ours: Tree, managed: Set[str], renames: Renames) -> Iterator[Outcome]:
    """The vendor's own files in the directories of services, but those MANAGED: they go along."""
    moving = {path: to for path in ours if path not in managed and (to := renames.along(path)) != path}
    staying = (ours.keys() | managed) - moving.keys()
    for path, to in moving.items():
        if to not in staying:
            yield Outcome(Change(to, "renamed", ours[path], path, "yours, beside the service's files"))
