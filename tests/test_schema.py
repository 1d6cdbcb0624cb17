"""The JSON Schema: it accepts what the tool accepts and refuses what it refuses, as far as JSON can tell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from scaffold.answers import check, load
from scaffold.commands.schema import schema
from scaffold.errors import AnswersError
from scaffold.schema import json_schema
from tests.answers_strategies import ALL

VALIDATOR = jsonschema.Draft202012Validator(json_schema())
SERVICE: dict[str, Any] = {"service_name": "acme-agent"}

ACCEPTED: list[dict[str, Any]] = [
    {},
    {"kernel_module": "dpdk_module"},
    {"kernel_module": {"name": "a", "delivery": "host"}},
    {"launcher_script": "l.sh"},
    {"base_user": 42400},
    {"metadata_settings": []},
    {"metadata_settings": {"a": []}},
    {"container": {"environment": {"A": 1, "B": "true", "C": "", "D": 1.5}}},
    {"containers": [{"name": "a", "command": ["a", "b c"]}]},
    {"extra": {"role_data": {"a": [None, 1, 1.5, True, "x\ny", {"b": {}}]}}},
]
REFUSED: list[dict[str, Any]] = [
    {"stp": 1},
    {"step": 0},
    {"step": 6},
    {"step": "4"},
    {"step": True},
    {"step": None},
    {"step": 1.5},
    {"privileged": "yes"},
    {"privileged": 1},
    {"roles": []},
    {"roles": ["Compute", "Compute"]},
    {"roles": "Compute"},
    {"image_tag": 1.1},
    {"image_tag": None},
    {"base_user": -1},
    {"base_user": 4294967295},
    {"kernel_module": {}},
    {"kernel_module": {"name": "a", "loader": "other"}},
    {"kernel_module": ["a"]},
    {"kernel_module": "a.ko"},
    {"labels": {"a b": "x"}},
    {"labels": {"a": 1}},
    {"parameters": {"A": {}}},
    {"parameters": {"A-B": {"type": "string"}}},
    {"container": {"name": "a"}},
    {"container": {"command": "a"}},
    {"container": {"detach": False}},
    {"containers": [{"name": "a", "command": []}]},
    {"containers": [{"name": "a", "command": 1}]},
    {"container": {"environment": {"A": []}}},
    {"container": {"environment": {"A": True}}},
    {"container": {"environment": {"1": "a"}}},
    {"containers": [{}]},
    {"extra": {"container": []}},
    {"extra": {"container": {"a": "\x1b"}}},
    {"extra": {"container": {"a\nb": 1}}},
    {"service_name": "a"},
    {"service_name": None},
]


def accepted(values: dict[str, Any]) -> bool:
    try:
        check(load(yaml.safe_dump(values), "answers.yaml"))
    except AnswersError:
        return False
    return True


def test_schema_is_a_schema_of_2020_12() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert json_schema()["$id"] == "urn:vendor-scaffold:answers:1"


def test_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert schema() == 0
    assert json.loads(capsys.readouterr().out) == json_schema()


@pytest.mark.parametrize("more", ACCEPTED, ids=str)
def test_both_accept(more: dict[str, Any]) -> None:
    values = {"services": [SERVICE | more]}
    assert accepted(values)
    VALIDATOR.validate(values)


@pytest.mark.parametrize("more", REFUSED, ids=ascii)
def test_both_refuse(more: dict[str, Any]) -> None:
    values = {"services": [SERVICE | more]}
    assert not accepted(values)
    assert not VALIDATOR.is_valid(values)


@pytest.mark.parametrize(
    "values", [{}, {"services": []}, {"services": {}}, {"services": [{}]}, {"services": ["a-b"]}, [], None]
)
def test_both_refuse_what_is_not_whole(values: Any) -> None:
    assert not accepted(values)
    assert not VALIDATOR.is_valid(values)


@pytest.mark.parametrize(
    "release", ["wallaby", "13", "17.0", 13, 16.1, 16.2, 17.1, 17, 14, "17", "Wallaby", True]
)
def test_both_agree_about_the_release(release: object) -> None:
    values = {"release": release, "services": [SERVICE]}
    assert accepted(values) == VALIDATOR.is_valid(values)


def test_composed_form_is_beyond_the_schema() -> None:
    values = {"vendor": "Cafe\u0301", "services": [SERVICE]}
    assert not accepted(values)
    assert VALIDATOR.is_valid(values)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(ALL)
def test_schema_accepts_all_right_answers(values: dict[str, Any]) -> None:
    VALIDATOR.validate(values)


def descriptions(part: object) -> Iterator[object]:
    if isinstance(part, dict):
        declared = part.get("properties", {}) if "additionalProperties" in part else {}
        yield from (one.get("description") for one in declared.values())
        for inner in part.values():
            yield from descriptions(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from descriptions(inner)


def test_every_answer_is_described_in_a_sentence() -> None:
    found = list(descriptions(json_schema()))
    assert len(found) > 100
    for text in found:
        assert isinstance(text, str)
        assert text[0].isupper() or text.startswith("systemd")
        assert text.endswith(".")
