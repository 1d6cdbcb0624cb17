"""The build context of a Dockerfile: where COPY looks, and what .dockerignore hides from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

IGNORING = (".dockerignore", ".containerignore")


def patterns(text: str) -> list[tuple[bool, str]]:
    """Each line of a .dockerignore: whether it takes back what was hidden, and its pattern."""
    lines = (line.strip() for line in text.splitlines())
    found = ((line.startswith("!"), line.lstrip("!").strip().strip("/")) for line in lines if line[:1] != "#")
    return [(back, pattern) for back, pattern in found if pattern]


def hidden(path: str, rules: Sequence[tuple[bool, str]]) -> bool:
    """Whether PATH, of the context, is left out of it: the last pattern that meets it, or what it is in."""
    parts = path.split("/")
    around = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    said = False
    for back, pattern in rules:
        if any(map(_pattern(pattern).fullmatch, around)):
            said = not back
    return said


def all_hidden(paths: Iterable[str], rules: Sequence[tuple[bool, str]]) -> bool:
    """Whether nothing of PATHS is left."""
    return all(hidden(path, rules) for path in paths)


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    """A pattern as Docker reads it: ** for any directories, * and ? within one name."""
    out = ""
    for part in re.split(r"(\*\*/?|\*|\?)", pattern.removeprefix("./")):
        shapes = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
        out += shapes.get(part, re.escape(part))
    return re.compile(out)
