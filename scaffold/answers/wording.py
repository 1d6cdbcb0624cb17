"""How faults speak: values made safe to show, paths as people write them, and what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scaffold.printable import printable

Path = tuple[str | int, ...]

_MOST_BYTES = 100  # a message stays below 300 bytes with the longest of our sentences


def shown(text: str) -> str:
    """``text`` in double quotes: one line, nothing invisible, shortened."""
    return f'"{visible(text)}"'


def visible(text: str, room: int = _MOST_BYTES) -> str:
    """``text`` with what cannot be seen written as escapes, cut off after ``room`` bytes."""
    result = ""
    for char in text:
        piece = printable(char)
        room -= len(piece.encode())
        if room < 0:
            return f"{result}…"
        result += piece
    return result


def path_text(path: Path) -> str:
    """``services[0].step`` for ("services", 0, "step")."""
    result = ""
    for part in path:
        if isinstance(part, int):
            result += f"[{part}]"
        elif re.fullmatch(r"[A-Za-z0-9_-]+", part) and len(part) <= _MOST_BYTES:
            result += f".{part}" if result else part
        else:
            result += f"[{shown(part)}]"
    return result


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A half sentence that names the closest known word, or nothing."""
    close = closest(word, known)
    return f"; did you mean {close}?" if close else ""


def closest(word: str, known: Iterable[str]) -> str:
    """The closest known word, or nothing."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word[:100], list(known), n=1)), "")
