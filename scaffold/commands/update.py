"""Bring vendor repositories up to date, without losing an edit."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scaffold import answers as answers_file
from scaffold.answers import AnswersDocument
from scaffold.errors import AnswersError, Fault, told_when_interrupted
from scaffold.locate import find
from scaffold.transaction import Writes, refuse_pending, transact
from scaffold.updating import Update, plan_update, report, unresolved_conflicts
from scaffold.updating.applied import Applied, repository
from scaffold.updating.goals import Wish, goal, new_questions, own
from scaffold.updating.report import UpdateOutcome, outcome

Target = Callable[[Applied], AnswersDocument] | None


@dataclass(frozen=True)
class Request:
    """What `update` is asked to do with each repository.

    answers: a file that replaces the whole target. check, dry_run: write nothing. ask: questions may be put.
    """

    answers: str | None = None
    settings: tuple[str, ...] = ()
    template: Path | None = None
    on_conflict: str = "mark"
    allow_downgrade: bool = False
    dry_run: bool = False
    check: bool = False
    ask: bool = False


def update(repo: Path, request: Request, *, as_json: bool) -> int:
    """Update the vendor repository REPO as REQUEST says."""
    return printed(updated(repo, request), as_json)


def printed(done: UpdateOutcome, as_json: bool) -> int:
    """Report DONE; its exit code."""
    with told_when_interrupted(f"{done.state}: {done.repository}"):
        print(report.as_json([done], many=False) if as_json else report.as_text(done))
    return done.exit_code


def updated(start: Path, request: Request, target: Target = None, *, title: str = "update") -> UpdateOutcome:
    """Update the vendor repository that START is in; raises ScaffoldError where nothing could be done.

    target: the answers to update to, where they are not those that REQUEST describes.
    """
    root = find(start)
    if request.check or request.dry_run:
        refuse_pending(root)
        return _shown(root, request, target)
    return transact(root, title, lambda recovered: _change(root, request, target, recovered))


def _shown(root: Path, request: Request, target: Target) -> UpdateOutcome:
    applied = repository(root)
    waiting = _unresolved(applied)
    if waiting:
        return waiting
    planned = _planned(applied, request, target)
    waits = request.check or planned.state == "up-to-date"
    return outcome(root, planned, planned.state if waits else "planned")


def _change(
    root: Path, request: Request, target: Target, recovered: str
) -> tuple[Writes | None, UpdateOutcome]:
    """What an update writes, and its outcome once that is written."""
    notes = [recovered] if recovered else []
    applied = repository(root)
    waiting = _unresolved(applied)
    if waiting:
        return None, waiting
    planned = _planned(applied, request, target)
    if planned.state == "up-to-date":
        return None, outcome(root, planned, "up-to-date", notes)
    if planned.state == "would-conflict" and request.on_conflict == "abort":
        notes.append("nothing was written (--on-conflict abort)")
        return None, outcome(root, planned, "would-conflict", notes)
    state = "conflicts" if planned.merge.conflicts else "updated"
    return Writes(planned.writes, planned.expected), outcome(root, planned, state, notes)


def _planned(applied: Applied, request: Request, target: Target) -> Update:
    replaced = None if request.answers is None else answers_file.read(request.answers)
    wish = Wish(replaced, request.settings, request.template, request.allow_downgrade)
    if target:
        return plan_update(applied, own(applied, target(applied), wish))
    asks = request.ask and sys.stdin.isatty()
    return plan_update(applied, goal(applied, wish, lambda one: _asked(applied, one) if asks else one))


def _asked(applied: Applied, target: AnswersDocument) -> AnswersDocument:
    """TARGET with the replies to the questions that are new in this version, or whose answer is refused."""
    from scaffold.asking import ask_only
    from scaffold.questions import BY_KEY

    refused = _refused(target)
    again = {re.sub(r"^services\[[0-9]+\]", "", fault.path) for fault in refused}
    keys = {*new_questions(applied), *again}
    if not keys or not keys <= BY_KEY.keys():  # what no question is about is refused with its place
        return target
    for fault in refused:
        print(f"error: {fault}", file=sys.stderr)
    return ask_only(target.without_refused(refused), keys)


def _refused(target: AnswersDocument) -> Sequence[Fault]:
    try:
        answers_file.check(target, whole=False)
    except AnswersError as error:
        return error.faults
    return ()


def _unresolved(applied: Applied) -> UpdateOutcome | None:
    found = unresolved_conflicts(applied)
    if not found:
        return None
    files = [
        {
            "path": path,
            "change": "conflict",
            "old_path": "",
            "note": "not resolved yet",
            "lines": list(lines),
            "beside": applied.conflicts[path],
        }
        for path, lines in found.items()
    ]
    listed = ", ".join(place for path, lines in found.items() for place in report.places(path, lines))
    return UpdateOutcome(
        str(applied.root),
        "unresolved",
        files,
        error=f"conflicts of the last update are not resolved: {listed}",
        hint="take the markers and *.theirs files away, or run vendor-scaffold undo",
    )
