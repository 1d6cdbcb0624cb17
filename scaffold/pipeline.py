"""The one path: answers, model, tree, plan."""

from __future__ import annotations

from dataclasses import dataclass

from scaffold import project
from scaffold.answers import Answers, dump
from scaffold.model import VendorRepo
from scaffold.render import render
from scaffold.resolve import resolve, stored
from scaffold.tree import File, digest


@dataclass(frozen=True)
class Plan:
    """What a command would write: the files of the vendor and those of .vendor-scaffold/."""

    repo: VendorRepo
    rendered: dict[str, File]
    state: dict[str, File]
    digest: str  # SHA-256 of the rendered tree


def plan(answers: Answers) -> Plan:
    """Plan a new vendor repository; raises AnswersError for answers that cannot work together."""
    repo = resolve(answers)
    rendered = render(repo)
    return Plan(repo, rendered, project.state(rendered, dump(stored(answers.values))), digest(rendered))
