"""The one path: answers, model, tree, plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scaffold import project
from scaffold.answers import Answers, dump
from scaffold.model import VendorRepo
from scaffold.questions import BY_KEY
from scaffold.render import render
from scaffold.resolve import defaults, resolve, stored
from scaffold.tree import File, digest


@dataclass(frozen=True)
class Plan:
    """What a command would write: the files of the vendor and those of .vendor-scaffold/."""

    repo: VendorRepo
    rendered: dict[str, File]
    answers_text: str
    facts: dict[str, Any]  # what state.json holds besides the answers and the rendering
    digest: str  # SHA-256 of the rendered tree

    @property
    def state(self) -> dict[str, File]:
        """The files of .vendor-scaffold/."""
        return project.state(self.rendered, self.answers_text, self.facts)


def plan(answers: Answers) -> Plan:
    """Plan a new vendor repository; raises AnswersError for answers that cannot work together."""
    repo = resolve(answers)
    rendered = render(repo)
    kept = stored(answers.values)
    facts = {"conflicts": [], "defaults": defaults(kept, repo), "questions": sorted(BY_KEY)}
    return Plan(repo, rendered, dump(kept), facts, digest(rendered))
