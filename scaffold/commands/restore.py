"""Bring managed files back as the template has them, and take the last update back."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from scaffold.disk import read
from scaffold.errors import WrongUse, told_when_interrupted
from scaffold.locate import find
from scaffold.printable import printable
from scaffold.project import recorded
from scaffold.transaction import Writes, take_back, transact
from scaffold.tree import File
from scaffold.unknown import STRICT, did_you_mean, there_is_no
from scaffold.updating.applied import applied_answers, repository
from scaffold.updating.goals import Wish, goal
from scaffold.updating.report import stated
from scaffold.updating.state import ANSWERS_FILE, PRISTINE_FILE, STATE_FILE


def restore(repo: Path, paths: Sequence[str], *, newest: bool, as_json: bool) -> int:
    """Write PATHS of the vendor repository REPO as the last update had them, or as the templates do now.

    paths: each from the current directory or from the root of the repository; all are written, or none.
    """
    root = find(repo)

    def plan(recovered: str) -> tuple[Writes, tuple[dict[str, File | None], dict[str, File]]]:
        writes = _wanted(root, paths, newest)
        now = read(root, writes)
        return Writes(writes, {name: now.get(name) for name in writes}), (writes, now)

    writes, now = transact(root, "restore", plan)
    files = [
        {"path": name, "change": "unchanged" if now.get(name) == file else "restored" if file else "removed"}
        for name, file in writes.items()
        if name not in (PRISTINE_FILE, STATE_FILE)
    ]
    with told_when_interrupted("restored"):
        lines = (printable(f"{one['change']}: {one['path']}") for one in files)
        print(stated(root, "restored", files=files) if as_json else "\n".join(lines))
    return 0


def undo(repo: Path, *, as_json: bool) -> int:
    """Take the last update of the vendor repository REPO back."""
    root = find(repo)
    title = take_back(root, lambda recovered: print(printable(f"note: {recovered}"), file=sys.stderr))
    undone = f"undone: {title}"
    with told_when_interrupted(undone):
        print(stated(root, "undone", undone=title) if as_json else printable(undone))
    return 0


def _wanted(root: Path, paths: Sequence[str], newest: bool) -> dict[str, File | None]:
    asked = {path: (_from_here(root, path), path) for path in paths}
    rest = {path: names for path, names in asked.items() if ANSWERS_FILE not in names}
    answers = {ANSWERS_FILE: File(applied_answers(root).encode())} if len(rest) < len(asked) else {}
    return {**answers, **(_managed(root, rest, newest) if rest else {})}


def _managed(root: Path, asked: Mapping[str, Sequence[str]], newest: bool) -> dict[str, File | None]:
    """What is to be at each path that is ASKED for, under one of its names."""
    applied = repository(root)
    reached = goal(applied, Wish())
    tree = reached.planned.rendered if newest else reached.pristine
    found = {path: next((name for name in names if name in tree), "") for path, names in asked.items()}
    unknown = [path for path, name in found.items() if not name]
    if unknown:
        missing = "\n".join(there_is_no("managed file", path, "here") for path in unknown)
        likely = did_you_mean(unknown[0], tree, STRICT)
        raise WrongUse(missing, likely or "vendor-scaffold status lists what differs")
    named = set(found.values())
    beside = filter(None, map(applied.conflicts.get, named))  # of conflicts that end with this
    writes = {**{name: tree[name] for name in found.values()}, **dict.fromkeys(read(root, beside))}
    if named & applied.bases.keys():  # from now on they are based on the last rendering, as the others are
        bases = {path: base for path, base in applied.bases.items() if path not in named}
        writes |= recorded(applied.state, reached.pristine, bases)
    return writes


def _from_here(root: Path, path: str) -> str:
    """PATH, which is from the current directory, from ROOT."""
    full = Path.cwd() / path
    try:
        return (full.parent.resolve() / full.name).relative_to(root.resolve()).as_posix()
    except ValueError:
        return path
