"""Our own machine files, one JSON object each, read with the type of every value.

What is not understood is refused, never taken for absent: it may be another version's, or all that is left.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from scaffold import __version__
from scaffold.errors import ScaffoldError

UPDATE = "update vendor-scaffold: a version at least as new as the one that wrote it"

Check = Callable[[Any], bool]


class Damaged(ScaffoldError):
    """A file of ours that no version writes so."""


class OtherVersion(ScaffoldError):
    """A file of ours that says more than this version knows."""

    def __init__(self, name: str, said: str) -> None:
        super().__init__(f"{name} was made by another version: it {said}", UPDATE)


def parsed(content: bytes | str, name: str, hint: str) -> dict[str, Any]:
    """The JSON object in CONTENT; raises Damaged where there is none. Its keys are not looked at yet."""
    try:
        found = json.loads(content, object_pairs_hook=_object)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Damaged(f"{name} is damaged: it is no JSON object", hint)
    return found


def checked(
    found: Mapping[str, Any],
    name: str,
    hint: str,
    known: Mapping[str, Check],
    more: Mapping[str, Check] | None = None,
) -> None:
    """Raise for what FOUND, of schema 1, holds besides all that is KNOWN, and what there may be MORE."""
    schema = found.get("schema", 1)
    if schema != 1 or type(schema) is not int:
        said = f"has schema {shortly(schema)}, which vendor-scaffold {__version__} does not know"
        raise OtherVersion(name, said)
    checks = {**known, **(more or {})}
    strange = [key for key in found if key not in checks and key != "schema"]
    if strange:
        raise OtherVersion(name, f"holds {', '.join(map(shortly, strange))}")
    wrong = [
        key for key, check in checks.items() if not (check(found[key]) if key in found else key not in known)
    ]
    if wrong:
        raise Damaged(f"{name} is damaged or has an invalid entry: {', '.join(wrong)}", hint)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key is there twice")
    return dict(pairs)


def shortly(value: object) -> str:
    """VALUE for a message, however long it is."""
    shown = repr(value)
    return shown if len(shown) < 60 else f"{shown[:60]}…"


# --- what a value may be


def text(found: object) -> bool:
    """Text that can be written to a file."""
    return isinstance(found, str) and not re.search("[\ud800-\udfff]", found)


def flag(found: object) -> bool:
    """True or false."""
    return isinstance(found, bool)


def number(found: object) -> bool:
    """A number."""
    return type(found) is int or type(found) is float


def sha256(found: object) -> bool:
    """A SHA-256 in hexadecimal, as we write it."""
    return isinstance(found, str) and bool(re.fullmatch("[0-9a-f]{64}", found))


def version(found: object) -> bool:
    """The version of a program; never what a shell or a pattern would read as more than that."""
    return isinstance(found, str) and bool(re.fullmatch("[0-9]{1,9}([.][0-9]{1,9})*[0-9a-z.+]{0,40}", found))


def mode(found: object) -> bool:
    """Permission bits."""
    return type(found) is int and 0 <= found <= 0o7777


def one_of(*checks: Check) -> Check:
    """What one of CHECKS takes."""
    return lambda found: any(check(found) for check in checks)


def nothing(found: object) -> bool:
    """The null of JSON."""
    return found is None


def listed(check: Check) -> Check:
    """A list of what CHECK takes."""
    return lambda found: isinstance(found, list) and all(map(check, found))


def mapped(key: Check, check: Check) -> Check:
    """A map from what KEY takes to what CHECK takes."""
    return lambda found: isinstance(found, dict) and all(map(key, found)) and all(map(check, found.values()))


def record(**known: Check) -> Check:
    """An object with just these keys."""
    return lambda found: (
        isinstance(found, dict)
        and found.keys() == known.keys()
        and all(check(found[key]) for key, check in known.items())
    )
