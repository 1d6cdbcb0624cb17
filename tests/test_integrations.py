"""Integrations of vendors, rebuilt with answers: what the originals say is in what is made, in few lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold import answers
from scaffold.pipeline import plan

from .test_recipes import holds

FOLDER = Path(__file__).parent / "integrations"
CASES: dict[str, Any] = yaml.safe_load((FOLDER / "facts.yaml").read_text())
FACTS = [(name, path, text) for name, case in CASES.items() for path, text in case["facts"]]


@cache
def made(name: str) -> dict[str, str]:
    planned = plan(answers.check(answers.load((FOLDER / f"{name}.yaml").read_text(), name)))
    return {path: " ".join(file.content.decode().split()) for path, file in planned.rendered.items()}


@pytest.mark.parametrize(("name", "path", "text"), FACTS)
def test_a_fact_of_the_original_is_in_what_is_made(name: str, path: str, text: str) -> None:
    assert any(re.search(text, content) for file, content in made(name).items() if file.startswith(path))


@pytest.mark.parametrize("name", CASES)
def test_it_takes_fewer_lines_than_it_did(name: str) -> None:
    case, lines = CASES[name], len((FOLDER / f"{name}.yaml").read_text().splitlines())
    assert not case["before"] or lines < case["before"]
    assert len(case["raw"]) * 33 <= len(case["facts"])


def test_every_integration_has_its_facts() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == {*CASES, "facts"}


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    else:
        yield value


@pytest.mark.parametrize("name", sorted(one.name for one in FOLDER.iterdir() if one.is_dir()))
def test_every_fact_is_written(name: str) -> None:
    asked = (FOLDER / name / "answers.yaml").read_text("utf-8")
    known = yaml.safe_load((FOLDER / name / "facts.yaml").read_text("utf-8"))
    made = plan(answers.check(answers.load(asked, "answers.yaml")))
    written = {path: file.content.decode() for path, file in made.rendered.items()}
    environment = yaml.safe_load(written[f"environments/{made.repo.repo_name}.yaml"])
    assert holds(environment, known["environment"])
    lost = [
        (path, text) for path, texts in known["texts"].items() for text in texts if text not in written[path]
    ]
    assert lost == []
    facts = [*leaves(known["environment"]), *(text for texts in known["texts"].values() for text in texts)]
    assert (known["facts"], known["lines"]) == (len(facts), len(asked.splitlines()))
