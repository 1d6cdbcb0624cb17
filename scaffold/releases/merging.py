"""How the environment files of a deployment become one; meaning and source stand in merging.yaml."""

from __future__ import annotations

from scaffold.releases.ranges import read, value


def merged_by(release: str, *, single_node: bool = False) -> str:
    """Who makes one environment of several files in RELEASE: the client, or heat."""
    return _fact("single_node_merged_by" if single_node else "merged_by", release)


def stock_strategies(release: str) -> str:
    """The beginning of the name of the templates' file that may say how maps are merged; or nothing."""
    return _fact("stock_strategies", release)


def comma_lists() -> frozenset[str]:
    """The stock parameters whose text is a list."""
    return frozenset(read("merging")["comma_lists"])


def _fact(name: str, release: str) -> str:
    found: str = value(read("merging")["facts"][name]["rows"], release)
    return found
