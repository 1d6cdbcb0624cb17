"""Text made safe to print: file names, answers and sources may hold what a terminal would obey."""

from __future__ import annotations


def printable(line: str) -> str:
    """LINE with everything that cannot be seen written as escapes."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in line)
