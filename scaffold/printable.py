"""Text made safe to print: file names, answers and sources may hold what a terminal would obey."""

from __future__ import annotations

MOST_BYTES = 100  # a message stays below 300 bytes with the longest of our sentences


def printable(line: str) -> str:
    """LINE with everything that cannot be seen written as escapes."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in line)


def shown(text: str) -> str:
    """TEXT in double quotes: one line, nothing invisible, shortened."""
    return f'"{visible(text)}"'


def visible(text: str, room: int = MOST_BYTES) -> str:
    """TEXT with what cannot be seen written as escapes, cut off after ROOM bytes."""
    result = ""
    for char in text:
        piece = printable(char)
        room -= len(piece.encode())
        if room < 0:
            return f"{result}…"
        result += piece
    return result
