"""How a vendor repository stands: what its vendor changed, what the template would, and what waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scaffold.tree import File, Tree
from scaffold.updating.planning import Update
from scaffold.updating.state import PRISTINE_FILE, STATE_FILE


@dataclass(frozen=True)
class Standing:
    """One managed file that is not as the template has it.

    yours, template: A added, M changed, D deleted, R renamed, or a blank. conflict: an update would conflict.
    """

    path: str
    yours: str
    template: str
    note: str = ""
    conflict: bool = False


def standing(update: Update) -> list[Standing]:
    """Each file that the vendor or the template changed since the last rendering, by path."""
    base, theirs = update.goal.base, update.goal.planned.rendered
    notes = {change.path: change for change in update.merge.changes}
    renamed = {change.old_path: change.path for change in update.merge.changes if change.old_path}
    found = []
    for path in sorted({*base, *theirs}):
        yours = " " if path in update.apart else _mark(base.get(path), update.ours.get(path))
        template = _mark(base.get(path), theirs.get(path))
        if yours == "D" and renamed.get(path) in update.ours:
            yours = "R"
        if template == "A" and yours == "A" and update.ours[path] == theirs[path]:
            continue
        if yours != " " or template != " ":
            change = notes.get(path)
            found.append(
                Standing(
                    path,
                    yours,
                    template,
                    change.note if change else "",
                    bool(change and change.kind == "conflict"),
                )
            )
    return found


def _mark(before: File | None, now: File | None) -> str:
    if before == now:
        return " "
    return "A" if before is None else "D" if now is None else "M"


def edited(base: Tree, ours: Mapping[str, File]) -> dict[str, tuple[File | None, File | None]]:
    """The managed files that the vendor changed: path -> as it was, as it is; None where it is not there."""
    return {path: (file, ours.get(path)) for path, file in base.items() if ours.get(path) != file}


def would_be(update: Update) -> dict[str, tuple[File | None, File | None]]:
    """What an update changes in the vendor's files and answers: path -> as it is, as it would be."""
    before = update.expected
    own = (PRISTINE_FILE, STATE_FILE)
    return {path: (before[path], file) for path, file in update.writes.items() if path not in own}
