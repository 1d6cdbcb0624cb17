"""Services that change their name: their files, and the lines that the template wrote, take the new one.

Without this a merge would see every line that holds the name as changed, in conflict with an edit beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from scaffold.merge import Change, Merge
from scaffold.model import ServiceName
from scaffold.tree import File, Tree

Names = Mapping[str, str]  # service name -> new service name


def names(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, str]:
    """The services of the answers OLD that are others in NEW, as `renamed_from` says."""
    before = {service["service_name"] for service in old["services"]}
    return {
        service["renamed_from"]: service["service_name"]
        for service in new["services"]
        if service.get("renamed_from") in before and service["service_name"] not in before
    }


def moves(paths: Iterable[str], ours: Tree, renamed: Names) -> dict[str, str]:
    """Path -> path when the services RENAMED have their new names, for each of PATHS and OURS that moves.

    A path stays where OURS has a file in the place of the new one: both are then merged for what they are.
    """
    found = {path: _moved(path, renamed) for path in {*paths, *ours}}
    return {path: to for path, to in found.items() if path != to and to not in ours}


def _moved(path: str, renamed: Names) -> str:
    parts = [part.partition(".") for part in path.split("/")]
    return "/".join(renamed.get(stem, stem) + dot + rest for stem, dot, rest in parts)


def relocated(
    tree: Tree,
    base: Tree,
    renamed: Names,
    moving: Mapping[str, str],
    kept: Callable[[str], bool] = lambda path: False,
) -> dict[str, File]:
    """TREE as if the services RENAMED had always had their new names, and the files MOVING their new places.

    Lines that are not in BASE stay, and so does all that KEPT names.
    """
    if not renamed:
        return dict(tree)
    spellings = {
        old.encode(): new.encode()
        for before, after in renamed.items()
        for old, new in zip(_spelled(before), _spelled(after), strict=True)
    }
    words = re.compile(b"|".join(map(re.escape, sorted(spellings, key=len, reverse=True))))

    def line(text: bytes, known: set[bytes]) -> bytes:
        return words.sub(lambda found: spellings[found[0]], text) if text.rstrip(b"\r") in known else text

    def file(path: str, one: File) -> File:
        stays = path not in moving and path != _moved(path, renamed)
        if one.link or path not in base or stays or kept(path):
            return one
        known = set(base[path].content.split(b"\n"))
        return replace(one, content=b"\n".join(line(text, known) for text in one.content.split(b"\n")))

    return {moving.get(path, path): file(path, one) for path, one in tree.items()}


def _spelled(name: str) -> tuple[str, str, str]:
    spelled = ServiceName.of(name)
    return spelled.kebab, spelled.snake, spelled.camel


def written(
    writes: Mapping[str, File | None], ours: Tree, relocated: Tree, moving: Mapping[str, str]
) -> dict[str, File | None]:
    """The WRITES of a merge of RELOCATED as writes to OURS, where the files MOVING are in the old places."""
    result: dict[str, File | None] = dict(writes)
    for path, file in ours.items():
        to = moving.get(path, path)
        if to != path:
            result.setdefault(to, relocated[to])
            result.setdefault(path, None)  # unless a new service has the old name
        elif relocated[path] != file:
            result.setdefault(path, relocated[path])
    return {path: file for path, file in result.items() if file is not None or path in ours}


def told(merged: Merge, written: Mapping[str, File | None], ours: Tree, moving: Mapping[str, str]) -> Merge:
    """MERGED with every path of WRITTEN in its changes, and each with the path that OURS has it at."""
    before = {to: path for path, to in moving.items() if path in ours}
    changes = [
        replace(change, old_path=change.old_path or before.get(change.path, "")) for change in merged.changes
    ]
    said = {path for change in changes for path in (change.path, change.beside)}
    changes += [
        Change(path, "renamed" if path in before else "updated", file, before.get(path, ""))
        for path, file in written.items()
        if file is not None and path not in said
    ]
    return replace(merged, changes=tuple(sorted(changes, key=lambda change: change.path)))
