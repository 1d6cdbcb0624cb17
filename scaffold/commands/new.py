"""Write a new vendor repository."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from scaffold import answers as answers_file
from scaffold import project, report
from scaffold.pipeline import Plan, plan


def new(
    dest: Path | None,
    answers: str | None,
    settings: Sequence[str] = (),
    *,
    defaults: bool = False,
    adopt: bool = False,
    dry_run: bool = False,
    as_json: bool = False,
) -> int:
    """Make a vendor repository at DEST from the answers file ANSWERS, SETTINGS and questions.

    A question is asked only on a terminal, and only where neither a file nor --defaults answers for it.
    Raises ScaffoldError for answers that are wrong and for files in the way; then nothing is written.
    """
    document = answers_file.read(answers) if answers else answers_file.load("", "answers")
    document = document.with_settings(settings)
    if answers or defaults or not sys.stdin.isatty():
        planned = plan(answers_file.check(document))
    else:
        planned = _asked(document)
    dest = dest or Path(planned.repo.repo_name)
    if adopt:
        from scaffold.commands.adopt import adopt as take_over

        return take_over(planned, dest, dry_run=dry_run, as_json=as_json)
    return _written(planned, dest, dry_run, as_json)


def _asked(document: answers_file.Document) -> Plan:
    from scaffold.asking import ask

    return plan(ask(document))


def _written(planned: Plan, dest: Path, dry_run: bool, as_json: bool) -> int:
    tree = planned.rendered | planned.state
    if not dry_run:
        project.create(dest, tree)
    if as_json:
        print(report.as_json(planned, dest, dry_run))
    else:
        print(report.as_text(planned, dest, dry_run))
    return 0
