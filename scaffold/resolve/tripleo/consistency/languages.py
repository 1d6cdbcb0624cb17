"""Texts that something else would read than who they are for, and that cannot be escaped there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scaffold.errors import Fault
from scaffold.resolve.consistency.images import Layer, layers
from scaffold.resolve.consistency.subject import Path, ServiceConstraint, Subject

_JINJA = re.compile(r"\{[{%#]")
_END = "USER after-the-last-line"


def firewall(service: Subject) -> Iterator[Fault]:
    """The role tripleo_firewall templates rules and their names twice, on the way through a fact."""
    if service.release.tripleo.firewall_rules_in == "role_data":
        rules = service.own.firewall_rules
        for path in _templated(rules, ("firewall_rules",)):
            found = "Ansible would run what {{, {% or {# begins in a rule of the firewall; leave it out"
            yield service.at(path, found)


def _templated(value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, dict):
        for key, item in value.items():
            if _JINJA.search(key):
                yield (*path, key)
            yield from _templated(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _templated(item, (*path, index))
    elif isinstance(value, str) and _JINJA.search(value):
        yield path


def dockerfiles(service: Subject) -> Iterator[Fault]:
    """The lines of the vendor end where they end: what the Dockerfile says after them is not theirs."""
    for layer in layers(service):
        at = _open_at(layer.lines) if layer.lines and _is_followed(layer) else None
        if at is not None:
            message = (
                "this instruction does not end with the last line, and would swallow the USER that follows: "
                "take the backslash at its end away, or close its here-document"
            )
            yield layer.fault(f"{layer.dockerfile}.{at}", message)


def _is_followed(layer: Layer) -> bool:
    """Whether anything comes after the lines of the vendor."""
    user = layer.own.base_user or (layer.known.user if layer.known else "")
    return layer.own.build == "kolla" or (user or "root") != "root"


def _open_at(lines: list[str]) -> int | None:
    """The index of the line that begins an instruction which goes on after the last of LINES."""
    from scaffold.documents.dockerfile import instructions

    last = list(instructions("\n".join(["FROM scratch", *lines, _END])))[-1]
    alone = last.name == "USER" and last.line == len(lines) + 2
    return None if alone else last.line - 2


OF_SERVICE: tuple[ServiceConstraint, ...] = (firewall, dockerfiles)
