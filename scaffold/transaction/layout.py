"""Which directories a change of files makes and empties, and what is in its way."""

from __future__ import annotations

import os
from collections.abc import Mapping, Set
from dataclasses import dataclass

from scaffold.disk import above, folder, look, names, split
from scaffold.errors import ScaffoldError


@dataclass(frozen=True)
class Directories:
    """Directories to make, and to remove with their modes."""

    made: Mapping[str, int | None]
    gone: Mapping[str, int | None]


def directories(top: int, written: Set[str], removed: Set[str]) -> Directories:
    """What happens to directories when the files WRITTEN come and the files REMOVED, which exist, go.

    A directory that is left empty goes; one that holds anything else stays. Raises ScaffoldError,
    listing all, where something that stays occupies the path of a new file.
    """
    needed = {parent for path in written for parent in above(path)}
    gone = _emptied(top, written, removed, needed)
    faults = [f"{path} is needed as a file and as a directory" for path in sorted(needed & written)]
    made: dict[str, int | None] = {}
    for parent in sorted(needed):
        at = look(top, parent)
        if at is None or parent in removed:
            made[parent] = None
        elif at.kind != "directory":
            faults.append(f"{parent} is {'a symbolic link' if at.kind == 'link' else 'no directory'}")
    for path in sorted(written):
        at = look(top, path)
        if at and at.kind == "directory" and path not in gone:
            faults.append(f"{path} is a directory that holds other files")
        elif at and at.kind == "other":
            faults.append(f"{path} is neither a file nor a link")
        elif not at and (other := _namesake(top, path)) and other not in removed:
            faults.append(f"{path} and {other} are one file here")
    if faults:
        listed = "\n".join(f"occupied: {fault}" for fault in faults)
        raise ScaffoldError(listed, "nothing was written; move these away")
    return Directories(made, gone)


def _emptied(top: int, written: Set[str], removed: Set[str], needed: Set[str]) -> dict[str, int | None]:
    gone: dict[str, int | None] = {}
    candidates = {parent for path in removed for parent in above(path)} | written
    for path in sorted(candidates - needed, reverse=True):
        at = look(top, path)
        if not at or at.kind != "directory":
            continue
        with folder(top, path) as inside:
            if {f"{path}/{name}" for name in names(inside)} <= removed | gone.keys():
                gone[path] = at.mode
    return gone


def _namesake(top: int, path: str) -> str:
    """The file that answers to PATH under another spelling, where names do not differ by case."""
    parent, name = split(path)
    try:
        with folder(top, parent) as inside:
            found = os.stat(name, dir_fd=inside, follow_symlinks=False)
            for other in names(inside):
                if os.path.samestat(found, os.stat(other, dir_fd=inside, follow_symlinks=False)):
                    return f"{parent}/{other}".lstrip("/")
    except (FileNotFoundError, NotADirectoryError):
        pass
    return ""
