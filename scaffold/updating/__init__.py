"""What an update would do: three trees, one merge. Writes nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from scaffold import __version__
from scaffold.disk import STATE, read
from scaffold.merge import BESIDE, Merge, merge, unresolved
from scaffold.merge.patterns import matcher
from scaffold.tree import File, Tree
from scaffold.updating import renaming
from scaffold.updating.applied import Applied
from scaffold.updating.goals import Goal

LARGEST = 1 << 20  # bytes of a file that may be a managed one under another name


@dataclass(frozen=True)
class Update:
    """An update of one vendor repository to a goal, planned.

    ours: what was there. writes: what apply must do, state included; empty when all is up to date.
    """

    applied: Applied
    goal: Goal
    merge: Merge
    ours: Tree
    writes: Mapping[str, File | None]

    @property
    def expected(self) -> dict[str, File | None]:
        """What was at each path of `writes` when the update was planned."""
        there = {**self.ours, **self.applied.files}
        return {path: there.get(path) for path in self.writes}

    @property
    def state(self) -> str:
        """up-to-date, update-available or would-conflict."""
        if not self.writes:
            return "up-to-date"
        return "would-conflict" if self.merge.conflicts else "update-available"


def unresolved_conflicts(applied: Applied) -> dict[str, tuple[int, ...]]:
    """The files whose conflicts of the last update still stand, with the lines of their markers."""
    ours = read(applied.root, [*applied.conflicts, *filter(None, applied.conflicts.values())])
    found: dict[str, tuple[int, ...]] = {}
    for path, beside in applied.conflicts.items():
        lines = unresolved(ours[path]) if path in ours else ()
        if lines or beside in ours:
            found[path] = lines
    return found


def plan_update(applied: Applied, goal: Goal) -> Update:
    """Plan the update of APPLIED to GOAL."""
    base, theirs, renamed = goal.base, goal.planned.rendered, goal.renamed
    ours = _ours(applied, base, theirs)
    moving = renaming.moves(base, ours, renamed)
    relocated = renaming.relocated(ours, base, renamed, moving, matcher(goal.keep))
    merged = merge(
        renaming.relocated(base, base, renamed, moving),
        relocated,
        theirs,
        keep=goal.keep,
        group=_grouping(goal.services),
        label=f"template {__version__}",
    )
    written = renaming.written(merged.writes, ours, relocated, moving)
    merged = renaming.told(merged, written, ours, moving)
    said = goal.planned.answers_text != applied.answers_text
    if goal.answers or said or theirs != applied.pristine:
        conflicts = {change.path: change.beside for change in merged.conflicts}
        written |= replace(goal.planned, facts={**goal.planned.facts, "conflicts": conflicts}).state
    return Update(applied, goal, merged, ours, written)


def _ours(applied: Applied, base: Tree, theirs: Tree) -> dict[str, File]:
    """The managed files that are there, and what lies where a template's version would go beside them.

    All files where one is missing, and may have another name now, or where the template adds one, and
    something may be in its way.
    """
    managed = {*base, *theirs}
    ours = read(applied.root, managed)
    if any(path not in ours for path in base) or theirs.keys() - base.keys():
        return read(applied.root, {*managed, *_candidates(applied)})
    beside = ours
    while beside:
        beside = read(applied.root, [path + BESIDE for path in beside])
        ours |= beside
    return ours


def _candidates(applied: Applied) -> Iterable[str]:
    for directory, folders, files in os.walk(applied.root):
        folders[:] = [one for one in folders if one not in {".git", STATE}]
        for name in files:
            path = Path(directory, name)
            if path.lstat().st_size < LARGEST:
                yield path.relative_to(applied.root).as_posix()


def _grouping(services: frozenset[str]) -> Callable[[str], str]:
    """Which service a path belongs to; renames are followed only within one."""

    def group(path: str) -> str:
        parts = [part.partition(".")[0] for part in path.split("/")]
        return next((part for part in parts if part in services), "")

    return group
