"""The patterns of `keep`: which paths they name."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Sequence

_PARTS = re.compile(r"\*\*/|\*\*|\*|\?|\[!?\]?[^\]/]*\]|.", re.DOTALL)
_MEANING = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def matcher(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Tell whether a path is named by one of PATTERNS, or lies in a directory that is.

    Patterns begin at the root. `*`, `?` and `[a-z]` stay within one name, `**` does not.
    """
    if not patterns:
        return lambda path: False
    expression = re.compile(
        "|".join(f"(?:{_expression(pattern)})(?:/.*)?" for pattern in patterns), re.DOTALL
    )
    return lambda path: expression.fullmatch(path) is not None


def _expression(pattern: str) -> str:
    return "".join(map(_part, _PARTS.findall(pattern.removesuffix("/"))))


def _part(part: str) -> str:
    if len(part) > 2 and part.startswith("["):
        return f"(?!/){fnmatch.translate(part).removeprefix('(?s:').rpartition(')')[0]}"
    return _MEANING.get(part) or re.escape(part)
