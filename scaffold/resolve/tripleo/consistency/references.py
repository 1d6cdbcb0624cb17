"""References of Heat in the answers: to parameters and conditions that must be declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scaffold.fields import ServiceAnswers
from scaffold.fields.asked import Trait
from scaffold.tripleo.heat import REFERENCES
from scaffold.unknown import there_is_no

Path = tuple[str | int, ...]


def dangling(service: ServiceAnswers, declared: set[str]) -> Iterator[tuple[Path, str]]:
    """Yield place and reason of each reference that Heat cannot follow; the template has DECLARED."""
    parameters, conditions = service.parameters, service.conditions
    for key, value in service.having(Trait.WITH_HEAT):
        for path, function, target in _calls(value, (key,)):
            if function == "get_param" and target not in declared and target not in parameters:
                yield path, f"{there_is_no('parameter', target)}; declare it under parameters"
            elif function == "if" and target not in conditions:
                yield path, f"{there_is_no('condition', target)}; declare it under conditions"
            elif function == "get_param" and "list_join" in path[-4:-1]:
                kind = parameters[target].type if target in parameters else ""
                if kind in ("number", "boolean"):
                    message = f"list_join takes no {kind}; declare {target} as a string, or use str_replace"
                    yield path[:-1], message
        for path in _nameless(value, (key,)):
            yield path, "must name a parameter, as in {get_param: VendorxPort}"
    for path, function, _ in _calls(service.environment.plain, ("environment",)):
        if function in REFERENCES:
            message = f"an environment file knows no {function}; write it in config_settings"
            yield path, message


def _calls(value: Any, path: Path) -> Iterator[tuple[Path, str, str]]:
    """Yield where VALUE calls a function of Heat, which, and what the call names."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _calls(item, (*path, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            named = item[0] if isinstance(item, list) and item else item
            if len(value) == 1 and isinstance(named, str) and (key in REFERENCES or _chooses(key, item)):
                yield (*path, key), key, named
            yield from _calls(item, (*path, key))


def _nameless(value: Any, path: Path) -> Iterator[Path]:
    """Where VALUE asks for a parameter, and says by no text for which."""
    for key, item in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        named = item[0] if isinstance(item, list) and item else item
        if key == "get_param" and len(value) == 1 and not isinstance(named, str):
            yield (*path, key)
        yield from _nameless(item, (*path, key))


def _chooses(key: str, item: Any) -> bool:
    return key == "if" and isinstance(item, list) and len(item) == 3
