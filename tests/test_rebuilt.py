"""Public integrations rebuilt from their facts: each is in what is written, and the figures are true."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold import answers
from scaffold.pipeline import plan
from tests.test_recipes import holds

REBUILT = Path(__file__).parent / "evidence" / "rebuilt"


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    else:
        yield value


@pytest.mark.parametrize("name", sorted(one.name for one in REBUILT.iterdir()))
def test_every_fact_is_written(name: str) -> None:
    asked = (REBUILT / name / "answers.yaml").read_text("utf-8")
    known = yaml.safe_load((REBUILT / name / "facts.yaml").read_text("utf-8"))
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
