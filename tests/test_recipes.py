"""What README.md and RECIPES.md show works: every recipe, and every answer that a need is answered with."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold import answers, fields
from scaffold.fields.shapes import Group, ListOf, MapOf, Shape
from scaffold.pipeline import plan

ROOT = Path(__file__).parents[1]
SECTIONS = re.split(r"^## ", (ROOT / "RECIPES.md").read_text("utf-8"), flags=re.M)[1:]
BLOCKS = {  # title -> the answers, and what the environment file then holds
    section.partition("\n")[0]: re.findall(r"```yaml\n(.*?)```", section, flags=re.S) for section in SECTIONS
}
README = (ROOT / "README.md").read_text("utf-8")
NEEDS = re.findall(r"^\| (.+) \| (`.+`) \| (example|recipe): (.+) \|$", README, flags=re.M)


@pytest.mark.parametrize("title", BLOCKS)
def test_a_recipe_writes_what_it_says(title: str) -> None:
    asked, said = BLOCKS[title]
    planned = plan(answers.check(answers.load(asked, title)))
    file = planned.rendered[f"environments/{planned.repo.repo_name}.yaml"]
    assert holds(yaml.safe_load(file.content), yaml.safe_load(said))


def holds(whole: Any, part: Any) -> bool:
    if isinstance(whole, dict) and isinstance(part, dict):
        return all(key in whole and holds(whole[key], value) for key, value in part.items())
    return bool(whole == part)


@pytest.mark.parametrize(("need", "keys", "kind", "where"), NEEDS, ids=[need[0] for need in NEEDS])
def test_a_need_is_answered_by_what_shows_it(need: str, keys: str, kind: str, where: str) -> None:
    recipe = kind == "recipe"
    text = BLOCKS[where][0] if recipe else (ROOT / "examples" / where / "answers.yaml").read_text()
    shown = yaml.safe_load(text)
    for key in re.findall(r"`([\w.]+)`", keys):
        path = key.split(".")
        assert declared(fields.ANSWERS, path) or declared(fields.SERVICE, path), key
        assert any(given(place, path) for place in [shown, *shown["services"]]), key


def declared(shape: Shape, path: list[str]) -> bool:
    while isinstance(shape, ListOf | MapOf):
        shape = shape.item if isinstance(shape, ListOf) else shape.value
    if not path:
        return True
    field = shape.fields.get(path[0]) if isinstance(shape, Group) else None
    return field is not None and declared(field.shape, path[1:])


def given(value: Any, path: list[str]) -> bool:
    if not path:
        return True
    if isinstance(value, list):
        return any(given(item, path) for item in value)
    if not isinstance(value, dict):
        return False
    if path[0] in value:
        return given(value[path[0]], path[1:])
    return len(path) == 1 and any(given(item, path) for item in value.values())  # below a name of its own


def test_every_need_is_tested() -> None:
    table = README.partition("| need |")[2].partition("\n\n")[0]
    assert len(NEEDS) == len(table.splitlines()) - 2 > 15
