"""What people get wrong in templates and environment files is found, in its line, by the right rule."""

from __future__ import annotations

import pytest

from scaffold.lint import engine
from scaffold.rules import RULES

from .mistakes import Mistake, mistakes, repository

MISTAKES = list(mistakes())


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.title)
def test_a_mistake_is_found(mistake: Mistake) -> None:
    found = [(problem.path, problem.line) for problem in mistake.found([mistake.rule])]
    assert (mistake.path, mistake.line) in found


@pytest.mark.parametrize("release", sorted({mistake.release for mistake in MISTAKES}))
def test_nothing_is_found_without_a_mistake(release: str) -> None:
    clean = [RULES[name] for name in {mistake.rule for mistake in MISTAKES}]
    assert [str(problem) for problem in engine.problems(repository(release), clean)] == []
