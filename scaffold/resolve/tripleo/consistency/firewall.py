"""Rules of the firewall: what the release reads of a rule, and in which form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scaffold.errors import Fault
from scaffold.releases import firewall_keys
from scaffold.resolve.consistency.subject import Path, ServiceConstraint, Subject
from scaffold.tripleo.heat import is_function
from scaffold.unknown import after, meant, nearest

_PORTS = ("dport", "sport", "port")
_RANGE = re.compile("([0-9]{1,5})(?:[:-]([0-9]{1,5}))?")
_LISTS = ("state", *_PORTS)  # what may be one or several
_MAPS = ("extras",)


def rules(service: Subject) -> Iterator[Fault]:
    """Every key is read, and of the form that is read."""
    known = firewall_keys(service.release.name)
    for name, rule in service.own.firewall_rules.items():
        for key, value in {} if is_function(rule) else rule.items():
            path: Path = ("firewall_rules", name, key)
            if key not in known.read:
                other = known.instead.get(key) or nearest(key, known.read)
                message = f"{service.release.name} does not read {key} of a rule"
                yield service.at(
                    path, message + after(f"write {other}" if key in known.instead else meant(other))
                )
            elif reason := _misfit(key, value):
                yield service.at(path, reason)


def _misfit(key: str, value: Any) -> str:
    """What is wrong with the VALUE of KEY; what Heat works out is not known."""
    if is_function(value):
        return ""
    if key in _MAPS:
        return "" if isinstance(value, dict) else "must be a map"
    several = value if isinstance(value, list) and key in _LISTS else [value]
    told = [one for one in several if not is_function(one)]
    if key in _PORTS:
        wrong = [one for one in told if not _is_port(one)]
        return "must be a port, or ports like 6000-6010, or a list of them" if wrong else ""
    single = all(isinstance(one, str | int) and not isinstance(one, bool) for one in told)
    return "" if single else f"must be text{' or a list of texts' if key in _LISTS else ''}"


def _is_port(value: Any) -> bool:
    found = _RANGE.fullmatch(str(value)) if isinstance(value, str | int) else None
    return found is not None and all(int(one) <= 65535 for one in found.groups() if one)


OF_SERVICE: tuple[ServiceConstraint, ...] = (rules,)
