"""A service that wraps a stock one extends it: all that the stock one says still arrives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from scaffold.model import Service
from scaffold.verify.findings import EngineFinding
from scaffold.verify.heat_process import HeatRefused
from scaffold.verify.locating import KeyPath
from scaffold.verify.rehearsal import Rehearsal


def findings(rehearsal: Rehearsal, service: Service, data: dict[str, Any]) -> Iterator[EngineFinding]:
    """A finding for everything that the stock service says, and that DATA, of the wrapping one, does not."""
    if not service.wraps:
        return
    try:
        stock = rehearsal.wrapped_role_data(service)
    except HeatRefused as refusal:
        saw = f"the stock service {service.wraps.service} cannot be rehearsed: {refusal.reason}"
        yield EngineFinding(saw, *rehearsal.place(service), severity="warning")
        return
    for path in lost(stock, data, asdict(service)):
        saw = f"{'.'.join(path)} of the stock service {service.wraps.service} is lost"
        yield EngineFinding(saw, *rehearsal.place(service, path[0]))


def lost(stock: Any, data: Any, said: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Where DATA lacks something of STOCK; what the answers, SAID, set to another value is none of it."""
    if isinstance(stock, dict) and isinstance(data, dict):
        for key, value in stock.items():
            inner = said.get(key) if isinstance(said, dict) else None
            yield from lost(value, data.get(key), inner, (*path, str(key)))
    elif isinstance(stock, list) and isinstance(data, list):
        if any(item not in data for item in stock):
            yield path
    elif isinstance(stock, str) and isinstance(data, str):
        if stock not in data and not said:
            yield path
    elif stock != data and (stock or data) and not said:
        yield path
