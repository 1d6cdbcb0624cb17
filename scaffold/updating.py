"""What an update would do: target answers, new rendering, three trees, one merge. Writes nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scaffold import __version__, migration, renaming
from scaffold.answers import Answers, Document, check, edited
from scaffold.applied import Applied
from scaffold.errors import ScaffoldError
from scaffold.lock import STATE
from scaffold.merge import Merge, merge, unresolved
from scaffold.pipeline import Plan, plan
from scaffold.questions import BY_KEY
from scaffold.tree import File, Tree
from scaffold.worktree import read

LARGEST = 1 << 20  # bytes of a file that may be a managed one under another name


@dataclass(frozen=True)
class Update:
    """An update of one vendor repository, planned.

    answers: (path, old, new) of every answer that changes. notes: what the user should know besides.
    writes: what apply must do, state included; empty when the repository is up to date. ours: what was there.
    """

    applied: Applied
    plan: Plan
    merge: Merge
    answers: list[tuple[str, Any, Any]]
    notes: list[str]
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
    names = [one for path in applied.conflicts for one in (path, f"{path}.theirs")]
    ours = read(applied.root, names)
    found: dict[str, tuple[int, ...]] = {}
    for path in applied.conflicts:
        lines = tuple(unresolved(ours[path])) if path in ours else ()
        if lines or f"{path}.theirs" in ours:
            found[path] = lines
    return found


def targeted(applied: Applied, replaced: Document | None, settings: Iterable[str]) -> Document:
    """The answers to update to: answers.yaml or what REPLACED it, SETTINGS over it, moved to its release."""
    document = (replaced or applied.answers).with_settings(list(settings))
    return migration.moved(document, applied.values)


def plan_update(
    applied: Applied,
    target: Document,
    *,
    rendered: Callable[[Answers], Plan] = plan,
    allow_downgrade: bool = False,
) -> Update:
    """Plan the update of APPLIED to the answers TARGET.

    Raises AnswersError for answers that are wrong, and ScaffoldError where the update would be a step back
    or the pristine rendering is lost.
    """
    answers = check(target)
    if not allow_downgrade:
        _forward(applied, answers)
    planned = rendered(answers)
    base, theirs = pristine(applied, rendered), planned.rendered
    renamed = renaming.names(applied.values, answers.values)
    ours = _ours(applied, base, theirs)
    relocated = renaming.relocated(ours, base, renamed)
    merged = merge(
        renaming.relocated(base, base, renamed),
        relocated,
        theirs,
        keep=answers.values.get("keep", []),
        group=_grouping(applied.values, answers.values),
        label=f"template {__version__}",
    )
    written = renaming.written(merged.writes, ours, relocated, renamed)
    text = applied.answers_text if target is applied.answers else edited(applied.answers_text, target)
    changes = migration.changes(applied.values, answers.values, renamed)
    if changes or theirs != applied.pristine or text != applied.answers_text:
        conflicts = [change.path for change in merged.conflicts]
        written |= replace(planned, answers_text=text, facts=planned.facts | {"conflicts": conflicts}).state
    notes = [*_new_questions(applied, planned), *_changed_defaults(applied, planned, changes)]
    return Update(applied, planned, merged, changes, notes, ours, written)


def pristine(applied: Applied, rendered: Callable[[Answers], Plan] = plan) -> Tree:
    """The last rendering; rendered again where it was lost and this is the version that made it."""
    if applied.pristine is not None:
        return applied.pristine
    again = None
    if applied.state["template_version"] == __version__:
        again = rendered(Answers(applied.values, {}))
    if again is None or again.digest != applied.state["pristine_sha256"]:
        raise ScaffoldError(
            f"{STATE}/pristine.json is not what state.json names: two branches updated, or it was edited",
            f"take {STATE}/ whole from one side of the merge, or run update with "
            f"version {applied.state['template_version']} once",
        )
    return again.rendered


def new_questions(applied: Applied) -> list[str]:
    """The keys of the questions that the version which applied last did not have yet."""
    known = applied.state.get("questions")
    return [] if known is None else [key for key in BY_KEY if key not in known]


def _new_questions(applied: Applied, planned: Plan) -> Iterator[str]:
    for key in new_questions(applied):
        for path, default in planned.facts["defaults"].items():
            if path == key or (key.startswith(".") and path.endswith(key)):
                yield f"new question: {path}; its default is used: {_shown(default)}"


def _changed_defaults(applied: Applied, planned: Plan, changes: list[tuple[str, Any, Any]]) -> Iterator[str]:
    """A new release has its own defaults, as is known; any other change of a default is news."""
    if any(path == "release" for path, _, _ in changes):
        return
    before = applied.state.get("defaults", {})
    for path, default in planned.facts["defaults"].items():
        if path in before and before[path] != default:
            yield f"the default of {path} has changed: {_shown(before[path])} -> {_shown(default)}"


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _forward(applied: Applied, answers: Answers) -> None:
    reason = migration.backward(applied.values, answers.values)
    if _version(applied.state["template_version"]) > _version(__version__):
        made = applied.state["template_version"]
        reason = f"this is version {__version__}, and the repository was made by the newer {made}"
    if reason:
        raise ScaffoldError(reason, "--allow-downgrade does it all the same")


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def _ours(applied: Applied, base: Tree, theirs: Tree) -> dict[str, File]:
    """The managed files that are there; where one is missing, all files: it may have another name now."""
    managed = {*base, *theirs}
    ours = read(applied.root, managed)
    if all(path in ours for path in base):
        return ours
    return read(applied.root, {*managed, *_candidates(applied)})


def _candidates(applied: Applied) -> Iterable[str]:
    for directory, folders, files in os.walk(applied.root):
        folders[:] = [one for one in folders if one not in {".git", STATE}]
        for name in files:
            path = Path(directory, name)
            if path.lstat().st_size < LARGEST:
                yield path.relative_to(applied.root).as_posix()


def _grouping(old: dict[str, Any], new: dict[str, Any]) -> Callable[[str], str]:
    names = {service["service_name"] for values in (old, new) for service in values["services"]}

    def group(path: str) -> str:
        parts = [part.partition(".")[0] for part in path.split("/")]
        return next((part for part in parts if part in names), "")

    return group
