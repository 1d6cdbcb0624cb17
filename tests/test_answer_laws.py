"""Laws of all answers: what `new` takes, `check` finds no error in; and no answer is without an effect."""

from __future__ import annotations

import json
import os
from typing import Any

from hypothesis import HealthCheck, assume, given, settings

from scaffold import answers, lint
from scaffold.documents import parsed
from scaffold.errors import AnswersError
from scaffold.lint.problems import Problem, Severity
from scaffold.lint.repository import Repository, stored
from scaffold.pipeline import Plan, plan
from scaffold.resolve import checked
from scaffold.rules import RULES

from .answers_strategies import meetings

MANY = settings(
    max_examples=int(os.environ.get("VENDOR_SCAFFOLD_LAWS", "100")),
    deadline=None,
    database=None,
    derandomize="VENDOR_SCAFFOLD_LAWS" not in os.environ,  # an everyday run is the same each time
    suppress_health_check=list(HealthCheck),
)


def taken(asked: dict[str, Any]) -> Plan:
    """What is planned of ASKED once every answer that is refused, each with its place, is taken away."""
    document = answers.load(json.dumps(asked, indent=1, ensure_ascii=False), "answers.yaml")
    for _ in range(100):
        try:
            return plan(checked(document))
        except AnswersError as error:
            for fault in error.faults:
                assert fault.path, fault
                assert fault.place.startswith("answers.yaml"), fault
            before, document = document, document.without_refused(error.faults)
            if document == before:  # what is refused was not said: the service goes
                assume(len(document.services) > 1)
                document = document.with_services(document.services[:1])
    raise AssertionError("answers that are right are left")


def errors(made: Plan) -> list[Problem]:
    """What `check` calls an error in MADE, as it would be on disk."""
    documents = tuple(parsed(path, file.content.decode()) for path, file in made.rendered.items())
    release = made.repo.release.name
    whole = Repository(documents, release, stored(made.answers_text), names=frozenset(made.rendered))
    found = lint.problems(whole, [rule for rule in RULES.values() if not rule.opt_in])
    return [problem for problem in found if problem.severity is Severity.ERROR]


@given(asked=meetings())
@MANY
def test_what_new_takes_check_finds_no_error_in(asked: dict[str, Any]) -> None:
    made = taken(asked)
    assert not errors(made), f"{made.answers_text}\n{errors(made)}"
