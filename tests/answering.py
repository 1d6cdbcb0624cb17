"""What the tests of the answers say for short: the values or the faults of a text and its `--set`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scaffold.answers import AnswersDocument, check, load
from scaffold.errors import AnswersError

SERVICE = "services: [{service_name: acme-agent}]\n"


def values(text: str, *sets: str) -> dict[str, Any]:
    return check(load(text, "answers.yaml").with_settings(sets)).values


def service(*sets: str, text: str = SERVICE) -> dict[str, Any]:
    (only,) = values(text, *sets)["services"]
    return {key: value for key, value in only.items() if key != "service_name"}


def faults(text: str, *sets: str) -> list[str]:
    return faults_of(lambda: load(text, "answers.yaml").with_settings(sets))


def faults_of(made: Callable[[], AnswersDocument]) -> list[str]:
    try:
        check(made())
    except AnswersError as error:
        return [str(fault) for fault in error.faults]
    return []
