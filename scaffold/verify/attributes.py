"""Attributes of values that a template makes for itself: Heat gives null for one that is not there, silently.

RoleParametersValue is such a value (OS::Heat::Value). Heat is asked for the whole of it by a probe, a
template with the resources of the service and no other output; every get_attr is held against what it gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from scaffold.model import Service
from scaffold.unknown import after, did_you_mean
from scaffold.verify.findings import EngineFinding
from scaffold.verify.heat_process import HeatRefused
from scaffold.verify.locating import lines
from scaffold.verify.rehearsal import Rehearsal, template

VALUE = "OS::Heat::Value"


def findings(rehearsal: Rehearsal, service: Service) -> Iterator[EngineFinding]:
    """A finding for each attribute that is null, and for each name that Heat replaces by nothing."""
    document = yaml.safe_load((rehearsal.root / template(service)).read_text())
    resources = document.get("resources") or {}
    own = {name: one for name, one in resources.items() if isinstance(one, dict) and one.get("type") == VALUE}
    asked = [*_attributes([document.get("outputs"), resources], own)]
    if not own or not asked:
        return
    try:
        values = rehearsal.probed(service, _probe(document, own))
    except HeatRefused:
        return  # what Heat refuses of the template itself is said of that
    for name, key in dict.fromkeys(asked):
        value = values.get(name)
        if isinstance(value, dict) and key not in value:
            saw = f"{key} of {name} is null, for it has no such key{after(did_you_mean(key, value))}"
            yield _finding(rehearsal, service, saw, rf"\bget_attr\b.*\b{re.escape(key)}\b", key)
    for name, key, text in _kept(own, values):
        if text not in (document.get("parameters") or {}):
            near = after(did_you_mean(text, document.get("parameters") or {}))
            saw = f"{key} of {name} is the text {text}, for no parameter is called so{near}"
            yield _finding(rehearsal, service, saw, rf"\b{re.escape(key)}['\"]?:.*\b{re.escape(text)}\b", key)


def _probe(document: Mapping[str, Any], own: Mapping[str, Any]) -> str:
    values = {name: {"get_attr": [name, "value"]} for name in own}
    outputs = {"role_data": {"value": {"service_name": "probe", "config_settings": values}}}
    return yaml.safe_dump({**document, "outputs": outputs}, sort_keys=False)


def _attributes(node: Any, own: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The value and the key of each get_attr that asks for a key of one of OWN."""
    match node:
        case {"get_attr": [str(name), "value", str(key), *_]} if name in own:
            yield name, key
        case dict():
            for one in node.values():
                yield from _attributes(one, own)
        case list():
            for one in node:
                yield from _attributes(one, own)


def _kept(own: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What a map_replace was to replace, and did not: the value, its key and the text."""
    for name, resource in own.items():
        for key, text in _replaced((resource.get("properties") or {}).get("value")):
            if isinstance(values.get(name), dict) and values[name].get(key) == text:
                yield name, key, text


def _replaced(node: Any) -> Iterator[tuple[str, str]]:
    """The keys of the map inside map_replace, and the names that stand there for values."""
    match node:
        case {"map_replace": [inner, *_]}:
            yield from _replaced(inner)
        case {"map_merge": [*parts]}:
            for part in parts:
                yield from _replaced(part)
        case dict():
            yield from ((str(key), one) for key, one in node.items() if isinstance(one, str) and one)


def _finding(rehearsal: Rehearsal, service: Service, saw: str, pattern: str, word: str) -> EngineFinding:
    path = template(service)
    text = [*enumerate(lines(rehearsal.root / path), 1)]
    found = [number for number, line in text if re.search(pattern, line)]
    found += [number for number, line in text if re.search(rf"\b{re.escape(word)}\b", line)]
    return EngineFinding(saw, path, next(iter(found), 0))
