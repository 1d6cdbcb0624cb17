"""What an update would do: three trees, one merge. Writes nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

from scaffold import __version__
from scaffold.disk import STATE, linked, read
from scaffold.errors import ScaffoldError
from scaffold.merge import BESIDE, NO_RENAMES, Merge, merge, unresolved
from scaffold.merge.patterns import matcher
from scaffold.tree import File, Tree
from scaffold.updating.applied import Applied
from scaffold.updating.goals import Goal
from scaffold.updating.renaming import Renaming, Sides, fitted
from scaffold.updating.sparse import left_out

LARGEST = 1 << 20  # bytes of a file that may be a managed one under another name


@dataclass(frozen=True)
class Update:
    """An update of one vendor repository to a goal, planned.

    ours: what was there. writes: what apply must do, state included; empty when all is up to date. apart: the
    managed files that are not at hand, but not gone.
    """

    applied: Applied
    goal: Goal
    merge: Merge
    ours: Tree
    writes: Mapping[str, File | None]
    apart: frozenset[str]

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
        lines = unresolved(path, ours[path]) if path in ours else ()
        if lines or beside in ours:
            found[path] = lines
    return found


def plan_update(applied: Applied, goal: Goal) -> Update:
    """Plan the update of APPLIED to GOAL.

    Raises ScaffoldError where a link hides managed files, and AnswersError for a name that cannot change.
    """
    sides: Sides = goal.base, goal.planned.rendered, NO_RENAMES
    rendered = {**(goal.renaming.before if goal.renaming else {}), **goal.planned.rendered}
    ours = _ours(applied, goal.base, rendered)
    apart = not_at_hand(applied.root, {*goal.base, *rendered}, ours, goal.keep)
    if goal.renaming:
        _refuse_apart(goal.renaming, apart)
        sides = fitted(goal.renaming, goal.base, ours)
    base, theirs, renames = sides
    merged = merge(
        base,
        ours,
        theirs,
        keep=goal.keep,
        apart=apart,
        renames=renames,
        group=_grouping(goal.services),
        label=f"template {__version__}",
    )
    writes = dict(merged.writes)
    said = goal.planned.answers_text != applied.answers_text
    moved_on = goal.planned.rendered != applied.pristine or merged.bases != applied.bases
    if goal.answers or said or moved_on:
        conflicts = {change.path: change.beside for change in merged.conflicts}
        facts = {**goal.planned.facts, "conflicts": conflicts}
        writes |= replace(goal.planned, facts=facts, bases=merged.bases).state
    return Update(applied, goal, merged, ours, writes, frozenset(apart))


def _refuse_apart(renaming: Renaming, apart: Mapping[str, str]) -> None:
    for path in sorted(renaming.moves().keys() & apart.keys()):
        raise renaming.refused(path, f"{path} cannot take the new name: it is {apart[path]}")


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


def not_at_hand(root: Path, managed: Set[str], ours: Tree, keep: Sequence[str] | None) -> dict[str, str]:
    """The MANAGED files under ROOT that are missing in OURS, but not gone -> why.

    Raises ScaffoldError for files below a symbolic link, unless KEEP says whose they are, or is None.
    """
    missing = managed - ours.keys()
    links = linked(root, missing)
    is_kept = matcher(["**"] if keep is None else keep)
    for path, link in links.items():
        if link not in managed and not is_kept(path):
            raise ScaffoldError(
                f"{link} is a symbolic link, and {path} is to be below it",
                f"make {link} a directory again, or name it in keep: what is below is yours then",
            )
    behind = {path: f"behind your link {link}" for path, link in links.items() if link not in managed}
    return behind | dict.fromkeys(left_out(root, missing - behind.keys()), "outside the sparse checkout")


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
        stems = [part.partition(".")[0] for part in path.split("/")]
        return next((stem for stem in reversed(stems) if stem in services), "")

    return group
