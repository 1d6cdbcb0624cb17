"""The types and constraints of Heat's parameters: what a value must be, and what Heat makes of another.

Source: heat/engine/parameters.py, constraints.py and hot/parameters.py of openstack-heat 24.1.2.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

PARAMETER_TYPES = ("string", "number", "boolean", "json", "comma_delimited_list")
DESCRIPTION = "description"
# of a declaration; tags from heat_template_version queens on, schema is read by nothing
DECLARATION_KEYS = (
    "type",
    DESCRIPTION,
    "default",
    "constraints",
    "hidden",
    "label",
    "immutable",
    "tags",
    "schema",
)
# what each constraint may stand for
CONSTRAINTS: Mapping[str, tuple[str, ...]] = {
    "length": ("string", "json", "comma_delimited_list"),
    "range": ("number",),
    "modulo": ("number",),
    "allowed_values": ("string", "number", "boolean", "comma_delimited_list"),
    "allowed_pattern": ("string",),
    "custom_constraint": ("string", "number", "boolean", "comma_delimited_list"),
}
_LIMITS = {"length": ("min", "max"), "range": ("min", "max"), "modulo": ("step", "offset")}
_TRUTH = {  # of oslo_utils.strutils
    **dict.fromkeys(("1", "t", "true", "on", "y", "yes"), True),
    **dict.fromkeys(("0", "f", "false", "off", "n", "no"), False),
}


def misfit(kind: str, value: Any, constraints: Sequence[Any] = ()) -> str:
    """What is wrong with VALUE for a parameter of the type KIND with CONSTRAINTS; nothing if it is right."""
    return _FORMS[kind](value) or next(filter(None, (_broken(one, kind, value) for one in constraints)), "")


def is_truth(value: Any) -> bool:
    """Whether Heat takes VALUE for true or false."""
    return not _boolean(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return f"must be text: quote it (Heat would make {value} of it)"
    return "" if _single(value) else "must be text"


def _number(value: Any) -> str:
    try:
        float(value if _single(value) else "")
    except ValueError:
        return "must be a number"
    return ""


def _boolean(value: Any) -> str:
    known = isinstance(value, bool | str | int) and str(value).strip().lower() in _TRUTH
    return "" if known else "must be true or false"


def _json(value: Any) -> str:
    if isinstance(value, str) and value:
        try:
            json.loads(value)
        except ValueError:
            return "must be a map or a list, or JSON as text"
    return ""


def _items(value: Any) -> str:
    if isinstance(value, list):
        return "" if all(map(_single, value)) else "must be a list of texts"
    return "" if isinstance(value, str) else "must be a list, or a text with commas"


_FORMS: Mapping[str, Callable[[Any], str]] = {
    "string": _text,
    "number": _number,
    "boolean": _boolean,
    "json": _json,
    "comma_delimited_list": _items,
}


def _single(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _broken(constraint: Any, kind: str, value: Any) -> str:
    """How VALUE, which is of the type KIND, breaks CONSTRAINT; nothing of one that is not right itself."""
    for name, asked in constraint.items() if isinstance(constraint, dict) else ():
        if kind in CONSTRAINTS.get(name, ()) and name in _KEEPS and not wrong(name, asked):
            return _KEEPS[name](asked, _read(kind, value))
    return ""


def _read(kind: str, value: Any) -> Any:
    """VALUE as Heat reads it for a parameter of the type KIND."""
    if kind == "comma_delimited_list":
        items = value if isinstance(value, list) else value.split(",") if value else []
        return [str(item).strip() for item in items]
    if kind == "json":
        return json.loads(value) if isinstance(value, str) and value else value
    if kind == "number":
        return float(value)
    return _TRUTH[str(value).strip().lower()] if kind == "boolean" else value


def _within(asked: Mapping[str, Any], measured: float, of: str = "must be") -> str:
    least, most = asked.get("min"), asked.get("max")
    if least is not None and measured < float(least):
        return f"{of} at least {least}"
    return f"{of} at most {most}" if most is not None and measured > float(most) else ""


def _long(asked: Mapping[str, Any], value: Any) -> str:
    if isinstance(value, str | list | dict):
        return _within(asked, len(value), "must have a length of")
    return "must have a length, which numbers have not: quote it"


def _multiple(asked: Mapping[str, Any], value: float) -> str:
    step, offset = float(asked["step"]), float(asked["offset"])
    return "" if value % step == offset else f"must be a multiple of {asked['step']}, plus {asked['offset']}"


def _among(asked: Sequence[Any], value: Any) -> str:
    if isinstance(value, list):
        right = all(item in asked for item in value)
    elif isinstance(value, float):  # of a number
        right = any(not _number(one) and float(one) == value for one in asked)
    elif isinstance(value, bool):
        right = any(not _boolean(one) and _read("boolean", one) == value for one in asked)
    else:
        right = str(value) in map(str, asked)
    return "" if right else f"must be one of {', '.join(map(str, asked))}"


def _matching(asked: str, value: Any) -> str:
    if not isinstance(value, str):
        return "must be text, for it has a pattern: quote it"
    found = re.match(asked, value)
    return "" if found and found.end() == len(value) else f"must match {asked}"


_KEEPS: Mapping[str, Callable[[Any, Any], str]] = {
    "length": _long,
    "range": _within,
    "modulo": _multiple,
    "allowed_values": _among,
    "allowed_pattern": _matching,
}


def wrong(name: str, asked: Any) -> str:
    """What is wrong with a constraint NAME that says ASKED; nothing if Heat takes it."""
    if name in _LIMITS:
        return _limits(name, asked)
    if name == "allowed_values":
        return "" if isinstance(asked, list) else "must be a list"
    if not isinstance(asked, str):
        return "must be text"
    try:
        re.compile(asked if name == "allowed_pattern" else "")
    except re.error as error:
        return f"is no regular expression: {error}"
    return ""


def _limits(name: str, asked: Any) -> str:
    known = _LIMITS[name]
    if not isinstance(asked, dict) or not asked or not asked.keys() <= {*known}:
        return f"must be a map with {' and '.join(known)}"
    if any(_number(one) for one in asked.values()):
        return "must hold numbers"
    if name == "modulo" and (asked.keys() != {*known} or float(asked["step"]) == 0):
        return "must have a step, which is not 0, and an offset"
    return ""


def faults_of_constraints(
    kind: str, constraints: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield place and reason of each of the CONSTRAINTS of a parameter of the type KIND that Heat refuses."""
    for at, constraint in enumerate(constraints):
        names = [name for name in CONSTRAINTS if name in constraint]
        if len(names) != 1:
            yield (at,), f"must hold just one of {', '.join(CONSTRAINTS)}"
        elif kind not in CONSTRAINTS[names[0]]:
            yield (at, names[0]), f"a {kind} has no such constraint"
        elif reason := wrong(names[0], constraint[names[0]]):
            yield (at, names[0]), reason
        elif names[0] == "allowed_values":
            of = "string" if kind == "comma_delimited_list" else kind
            for index, one in enumerate(constraint[names[0]]):
                if reason := _FORMS[of](one):
                    yield (at, names[0], index), reason
