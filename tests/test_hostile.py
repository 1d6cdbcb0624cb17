"""Hostile values: each comes back unchanged or is refused with its place, and the JSON Schema agrees."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from scaffold.answers import check, dump, load, read
from scaffold.errors import AnswersError
from scaffold.schema import json_schema

CORPUS = yaml.safe_load((Path(__file__).parent / "cases" / "hostile.yaml").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def cases(expected: str, *, raw: bool = False) -> list[Any]:
    """The cases with that outcome; raw: those that are bytes and no text."""
    return [
        pytest.param(path, case, id=f"{path}-{number}")
        for path, listed in CORPUS.items()
        for number, case in enumerate(listed)
        if case["expected"] == expected and ("value_b64" in case) == raw
    ]


def value(case: dict[str, Any]) -> Any:
    if "value_repeat" in case:
        text, times = case["value_repeat"]
        return text * times
    return case["value"]


def document(path: str, given: Any) -> dict[str, Any]:
    service: dict[str, Any] = {"service_name": "acme-probe"}
    result: dict[str, Any] = {"services": [service]}
    match path.split("."):
        case [top]:
            result[top] = given
        case [*_, "parameters"]:
            service["parameters"] = {given: {"type": "string"}} if isinstance(given, str) else given
        case [_, _, "labels", label]:
            service["labels"] = {label: given}
        case [_, _, name]:
            service[name] = given
    return result


def text_of(path: str, given: Any) -> str:
    """The file as a vendor might have written it: whatever JSON can say is written as JSON."""
    if path.endswith("parameters") and not isinstance(given, str):
        key = yaml.safe_dump(given, default_flow_style=True).removesuffix("\n...\n")
        return f"services: [{{service_name: acme-probe, parameters: {{? {key} : {{type: string}}}}}}]"
    try:
        return json.dumps(document(path, given), allow_nan=False)
    except (TypeError, ValueError):
        return yaml.safe_dump(document(path, given))


def place_of_fault(path: str) -> str:
    return path.replace(".0.", "[0].")


@pytest.mark.parametrize(("path", "case"), cases("accept"))
def test_accepted_value_comes_back_unchanged(path: str, case: dict[str, Any]) -> None:
    wanted = document(path, value(case))
    assert check(load(dump(wanted), "answers.yaml")).values == wanted
    assert VALIDATOR.is_valid(wanted)


@pytest.mark.parametrize(("path", "case"), cases("reject"))
def test_rejected_value_is_named_with_its_place(path: str, case: dict[str, Any]) -> None:
    given = value(case)
    with pytest.raises(AnswersError) as caught:
        check(load(text_of(path, given), "answers.yaml"))
    for fault in caught.value.faults:
        assert fault.place.startswith("answers.yaml")
        assert fault.path.startswith(place_of_fault(path)) or not fault.path
        assert len(fault.message.encode()) < 300
        assert fault.message.isprintable()
    if isinstance(given, str) or not path.endswith("parameters"):  # JSON has no keys but texts
        assert not VALIDATOR.is_valid(document(path, given))


@pytest.mark.parametrize(("path", "case"), cases("reject", raw=True))
def test_bytes_that_are_no_text_are_one_fault_with_the_line(
    path: str, case: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "answers.yaml"
    file.write_bytes(b"schema: 1\nvendor: " + base64.b64decode(case["value_b64"]) + b"\n")
    with pytest.raises(AnswersError) as caught:
        read(str(file))
    (fault,) = caught.value.faults
    assert fault.place.startswith(f"{file}:2")


def test_every_difference_from_the_usual_limits_has_its_reason() -> None:
    differing = [case for listed in CORPUS.values() for case in listed if "differs" in case]
    assert differing
    assert all(len(case["differs"]) > 20 for case in differing)
