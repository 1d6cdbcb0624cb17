"""A service that takes in a template extends it: all that the template says still arrives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scaffold.bases import BaseTemplate
from scaffold.model import Service
from scaffold.releases import role_data
from scaffold.verify.findings import EngineFinding
from scaffold.verify.heat_process import HeatRefused
from scaffold.verify.locating import KeyPath
from scaffold.verify.rehearsal import Rehearsal


def findings(rehearsal: Rehearsal, service: Service, data: dict[str, Any]) -> Iterator[EngineFinding]:
    """A finding for everything that a template says, and that DATA, of SERVICE, which takes it in, lacks."""
    sections = service.template.sections if service.template else []
    said: dict[str, Any] = {one.name: one.value for one in sections if one.name in settings()}
    for base in reversed(service.bases):  # a later one overrides an earlier one
        name = title(service, base)
        try:
            stock = taken(base, rehearsal.base_role_data(service, base))
        except HeatRefused as refusal:
            saw = f"{name} cannot be rehearsed: {refusal.reason}"
            yield EngineFinding(saw, *rehearsal.place(service), severity="warning")
            continue
        for path in lost(stock, data, said):
            saw = f"{'.'.join(path)} of {name} is lost"
            yield EngineFinding(saw, *rehearsal.place(service, path[0]))
        said = _over({name: stock.get(name, {}) for name in settings()}, said)


def settings() -> set[str]:
    """The sections that are maps of single settings, of which a later one overrides an earlier one."""
    return {name for name, facts in role_data().items() if facts.joined_by == "map_merge"}


def title(service: Service, base: BaseTemplate) -> str:
    """What people call BASE."""
    in_place = service.wraps and service.wraps.path == base.path
    return (
        f"the stock service {service.wraps.service}" if in_place and service.wraps else base.path or base.type
    )


def taken(base: BaseTemplate, data: dict[str, Any]) -> dict[str, Any]:
    """Of DATA, the role_data of BASE, the sections that are taken in."""
    return {key: value for key, value in data.items() if not base.sections or key in base.sections}


def _over(stock: Any, said: Any) -> Any:
    """SAID over STOCK, map by map."""
    if isinstance(stock, dict) and isinstance(said, dict):
        return stock | {key: _over(stock.get(key), value) for key, value in said.items()}
    return said or stock


def lost(stock: Any, data: Any, said: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Where DATA lacks something of STOCK; what the answers, SAID, set to another value is none of it."""
    if isinstance(stock, dict) and isinstance(data, dict):
        for key, value in stock.items():
            inner = said.get(key) if isinstance(said, dict) else None
            yield from lost(value, data.get(key), inner, (*path, str(key)))
    elif isinstance(stock, list) and isinstance(data, list):
        if any(item not in data for item in stock) and not said:
            yield path
    elif isinstance(stock, str) and isinstance(data, str):
        if stock not in data and not said:
            yield path
    elif stock != data and (stock or data) and not said:
        yield path
