"""From which release something holds: the form that all tables of this package have, and their files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

NAMES = ("queens", "rocky", "stein", "train", "ussuri", "victoria", "wallaby")  # in the order of time


@cache
def read(name: str) -> dict[str, Any]:
    """Return the table NAME.yaml. It is read once, so nobody changes what it holds."""
    import yaml  # here, so that commands which need no facts start without it

    text = Path(__file__).with_name(f"{name}.yaml").read_text("utf-8")
    data: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return data


@cache
def read_release(name: str) -> dict[str, Any]:
    """Return the file of the release NAME. JSON: all of them are read to know the versions of RHOSP."""
    data: dict[str, Any] = json.loads(Path(__file__).with_name(f"{name}.json").read_text("utf-8"))
    return data


def within(limits: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the releases `from` one `to` another; without `from` from the first, without `to` on and on."""
    first, last = limits.get("from", NAMES[0]), limits.get("to", NAMES[-1])
    return NAMES[NAMES.index(first) : NAMES.index(last) + 1]


def value(rows: Sequence[Mapping[str, Any]], release: str) -> Any:
    """Return the value of the last of ROWS, each `from` a release on, that holds in RELEASE."""
    return [row["value"] for row in rows if NAMES.index(row["from"]) <= NAMES.index(release)][-1]
