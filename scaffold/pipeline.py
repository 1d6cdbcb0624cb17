"""The one path: answers, model, tree, plan."""

from __future__ import annotations

from dataclasses import dataclass

from scaffold.answers import Answers, dump
from scaffold.model import VendorRepo
from scaffold.project import Rendering
from scaffold.questions import BY_KEY
from scaffold.render import render
from scaffold.resolve import defaults, resolve, stored


@dataclass(frozen=True)
class Plan(Rendering):
    """What our templates make of answers."""

    repo: VendorRepo


def plan(answers: Answers) -> Plan:
    """Plan a new vendor repository; raises AnswersError for answers that cannot work together."""
    repo = resolve(answers)
    kept = stored(answers.values)
    facts = {"defaults": defaults(kept, repo), "questions": sorted(BY_KEY)}
    return Plan(render(repo), dump(kept), facts, repo)
