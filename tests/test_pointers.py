"""Messages point to answers that there are, with values that these take."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold import fields
from scaffold.answers.document import load
from scaffold.answers.nodes import AnswerMap
from scaffold.fields.shapes import Group, ListOf, MapOf, OneOf, Shape

from .answering import faults

ROOT = Path(__file__).parent.parent / "scaffold"
# where messages about answers are made
SAID = sorted(
    path for room in ("resolve", "answers", "fields", "releases") for path in (ROOT / room).rglob("*.py")
)
HOLE = "\N{WHITE SQUARE}"  # stands for what a message puts in
VALUE = r"\[[^\]]*\]|\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|[\w:/.*-]+"
POINTER = re.compile(rf"(?<![\w.`])([a-z_]+): ({VALUE})")
PROSE = {"put", "write", "name", "the"}  # what follows the colon of a sentence
# words with a colon, or with underscores, that are no answers but of TripleO, kolla, Heat or pip
NOT_OURS = {
    *("allowed_pattern", "allowed_values", "custom_constraint", "get_attr", "get_param", "get_resource"),
    *("list_concat", "list_join", "map_merge", "str_replace", "docker_config", "role_data", "kolla_start"),
    *("kolla_set_configs", "bootstrap_host_exec", "cinder_config", "volume_driver", "san_password"),
}


def shapes(shape: Shape, name: str = "") -> Iterator[tuple[str, Shape]]:
    """Every declared answer within SHAPE, by its name."""
    match shape:
        case Group(fields=declared):
            for key, field in declared.items():
                yield key, field.shape
                yield from shapes(field.shape, key)
        case ListOf(item=inner) | MapOf(value=inner):
            yield from shapes(inner, name)
        case OneOf(shapes=several):
            for inner in several:
                yield from shapes(inner, name)


DECLARED: dict[str, list[Shape]] = {}
for _name, _shape in shapes(fields.ANSWERS):
    DECLARED.setdefault(_name, []).append(_shape)


def messages() -> Iterator[tuple[str, str]]:
    """Every text of the modules that make messages, but for docstrings; with where it stands."""
    for path in SAID:
        tree = ast.parse(path.read_text("utf-8"))
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        inside = {
            id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = (part.value if isinstance(part, ast.Constant) else HOLE for part in node.values)
                yield f"{path.relative_to(ROOT)}:{node.lineno}", "".join(map(str, parts))
            elif (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in docs | inside
            ):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value


POINTERS = [
    (where, found[1], found[2])
    for where, text in messages()
    if " " in text
    for found in POINTER.finditer(text)
    if found[1] in DECLARED and found[2] not in PROSE and HOLE not in found[0]
    if not re.search(r"\.\.\.|<|[A-Z]{4,}:", found[2])
]


def test_messages_that_point_to_answers_are_found() -> None:
    assert len(POINTERS) > 40
    assert {"integration", "privileged", "user", "build", "delivery"} <= {key for _, key, _ in POINTERS}


@pytest.mark.parametrize(("where", "key", "value"), POINTERS)
def test_what_a_message_says_to_write_is_taken(where: str, key: str, value: str) -> None:
    told = value.rstrip(".:")
    parsed = yaml.safe_load(told)
    assert any(takes(shape, key, parsed) for shape in DECLARED[key]), f"{where}: {key}: {value}"


def takes(shape: Shape, key: str, value: Any) -> bool:
    """Whether an answer of SHAPE takes VALUE, as far as its form goes."""
    from scaffold.answers.checking import _Check

    text = yaml.safe_dump({key: value}, default_flow_style=True, width=10000)
    root = load(text, "message").root
    assert isinstance(root, AnswerMap)
    check = _Check(whole=False)
    check.value(shape, root.entries[key], (key,))
    return not check.faults


WORDS = re.compile(r"(?<![\w./:%$<{-])([a-z]+(?:_[a-z]+)+)(?![\w/(-])")


def test_words_that_look_like_answers_are_some() -> None:
    """In messages: texts of several words that begin in the middle of a sentence."""
    unknown = {
        f"{where}: {word}"
        for where, text in messages()
        if where.startswith("resolve/") and "consistency/" in where and " " in text
        for word in WORDS.findall(text)
        if word not in DECLARED and word not in NOT_OURS
    }
    assert unknown == set()


def test_a_way_out_that_is_followed_leads_out() -> None:
    """Case A15: each of these was once said, and led nowhere."""
    told = faults("services: [{service_name: acme-agent, command: \"/bin/a 'b c'\"}]")
    assert "launcher script" not in told[0]
    told = faults(
        "services: [{service_name: acme-agent, launcher_script: {name: a.sh, exec: \"/bin/a 'b'\"}}]"
    )
    assert "launcher script" not in told[0]
    assert "must be plain words, since no shell reads them" in told[0]


@pytest.mark.parametrize("word", ["no", "null", "On", "y"])
def test_a_word_of_yaml_is_refused_as_that(word: str) -> None:
    (told,) = faults(f'services: [{{service_name: "{word}"}}]')
    assert "must be no word that YAML without quotes reads as true, false or nothing" in told
