"""How the environment files of a deployment become one; meaning and source stand in merging.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from scaffold.releases import NAMES


def merged_by(release: str, *, single_node: bool = False) -> str:
    """Who makes one environment of several files in RELEASE: the client, or heat."""
    return _value("single_node_merged_by" if single_node else "merged_by", release)


def stock_strategies(release: str) -> str:
    """The beginning of the name of the templates' file that may say how maps are merged; or nothing."""
    return _value("stock_strategies", release)


def comma_lists() -> frozenset[str]:
    """The stock parameters whose text is a list."""
    return frozenset(_data()["comma_lists"])


def _value(fact: str, release: str) -> str:
    rows: list[Mapping[str, str]] = _data()["facts"][fact]["rows"]
    return next(row["value"] for row in reversed(rows) if NAMES.index(row["from"]) <= NAMES.index(release))


@cache
def _data() -> dict[str, Any]:
    import yaml

    text = Path(__file__).with_name("merging.yaml").read_text("utf-8")
    data: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return data
