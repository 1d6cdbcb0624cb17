"""Write a new vendor repository."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from scaffold import answers as answers_file
from scaffold import locate, project, written
from scaffold.errors import ScaffoldError, told_when_interrupted
from scaffold.foreign import CHOICE, ForeignPlan, Given, given, is_foreign, refuse_repository
from scaffold.pipeline import Plan, plan
from scaffold.resolve import checked
from scaffold.transaction import refuse_pending


def new(
    dest: Path | None,
    answers: str | None,
    settings: Sequence[str] = (),
    *,
    defaults: bool = False,
    adopt: bool = False,
    dry_run: bool = False,
    as_json: bool = False,
    template: Path | None = None,
) -> int:
    """Make a vendor repository at DEST from the answers file ANSWERS, SETTINGS and questions.

    A question is asked only on a terminal, and only where neither a file nor --defaults answers for it.
    TEMPLATE is a directory or zip with another cookiecutter template to write instead of ours.
    Raises ScaffoldError for answers that are wrong and for occupied paths; then nothing is written.
    """
    document = answers_file.NOTHING if answers is None else answers_file.read(answers)
    asks = answers is None and not defaults and sys.stdin.isatty()
    if template:
        values = given(document).with_settings(settings)
        foreign = _foreign(template, values, asks=asks, defaults=defaults)
        place = dest or Path(foreign.name)
        refuse_repository(place, foreign.rendered)
        return _written(foreign, place, adopt, dry_run, as_json)
    if is_foreign(document):
        raise ScaffoldError(f"{answers} answers a template of its own", "name it with --template DIR|ZIP")
    document = document.with_settings(settings)
    planned = _asked(document) if asks else plan(checked(document))
    return _written(planned, dest or Path(planned.repo.repo_name), adopt, dry_run, as_json)


def _asked(document: answers_file.AnswersDocument) -> Plan:
    from scaffold.asking import ask

    return ask(document)


def _foreign(source: Path, given: Given, *, asks: bool, defaults: bool) -> ForeignPlan:
    from scaffold.foreign import load, open_variables, plan_foreign

    template = load(source)
    if asks:
        from scaffold.asking.variables import ask_variables

        planned = ask_variables(template, given)
    else:
        values = dict(given.values)
        if defaults and template.nested and CHOICE not in values:
            values[CHOICE] = open_variables(template, values)[0].default
        planned = plan_foreign(template, values, given.places, given.keep)
    return planned


def _written(planned: Plan | ForeignPlan, dest: Path, adopted: bool, dry_run: bool, as_json: bool) -> int:
    for note in planned.notes:
        print(f"note: {note}", file=sys.stderr)
    if adopted:
        from scaffold.commands.adopt import adopt

        return adopt(planned, dest, dry_run=dry_run, as_json=as_json)
    tree = planned.rendered | planned.state
    occupied = project.occupied(dest)
    if dry_run:
        if dest.is_dir():
            refuse_pending(dest)
        project.refuse_taken(dest, tree)
    else:
        project.create(dest, tree)
    around = locate.around(dest.resolve().parent)
    if around and not adopted:
        note = f"it lies in the vendor repository {around}: to add a service to that one, vendor-scaffold add"
        print(f"note: {note}", file=sys.stderr)
    if occupied:
        note = f"{dest} was not empty, and is no git repository: what was there stays"
        print(f"note: {note}", file=sys.stderr)
    with told_when_interrupted("nothing was written" if dry_run else f"wrote {dest}"):
        print(written.as_json(planned, dest, dry_run) if as_json else written.as_text(planned, dest, dry_run))
    return 0
