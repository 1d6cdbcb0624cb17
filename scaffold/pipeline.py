"""The one path: answers, model, tree, plan."""

from __future__ import annotations

from dataclasses import dataclass

from scaffold import judged
from scaffold.answers import Answers, dump
from scaffold.errors import AnswersError
from scaffold.model import VendorRepo
from scaffold.project import Rendering
from scaffold.questions import BY_KEY
from scaffold.render import render
from scaffold.resolve import defaults, resolve, stored
from scaffold.resolve.platforms import platform


@dataclass(frozen=True)
class Plan(Rendering):
    """What our templates make of ANSWERS."""

    repo: VendorRepo
    answers: Answers

    @property
    def notes(self) -> tuple[str, ...]:
        """What is legal, and probably not meant."""
        return tuple(platform(self.repo.release).notes(self.repo))


def plan(answers: Answers) -> Plan:
    """Plan a new vendor repository; raises AnswersError for answers that cannot work together."""
    made = planned(answers)
    if faults := list(judged.faults(answers, made.repo.release.name, made.rendered)):
        raise AnswersError(faults)
    return made


def planned(answers: Answers) -> Plan:
    """What our templates make of ANSWERS that were taken once; raises AnswersError as `plan`."""
    repo = resolve(answers)
    kept = stored(answers.values)
    facts = {"defaults": defaults(kept, repo), "questions": sorted(BY_KEY)}
    return Plan(render(repo), dump(kept), facts, repo, answers)
