"""Where a service of TripleO has the rules of its firewall."""

from __future__ import annotations

import re

_KEY = re.compile(r"tripleo[.:]+(?P<name>\w[\w-]*?)[.:]+firewall_rules")


def ruled(key: str) -> str:
    """The service, with underscores, whose rules the hiera key KEY holds; empty where it holds none."""
    match = _KEY.fullmatch(key)
    return match["name"].replace("-", "_") if match else ""
