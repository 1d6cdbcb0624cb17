"""Where a quote, a substitution or a bracket of a shell ends."""

from __future__ import annotations

import re

MAX_DEPTH = 400


class NotFollowed(Exception):
    """What is not understood, as a here-document in a substitution: nothing is said of the rest."""


class Unclosed(Exception):
    """A quote or bracket that begins at an offset is never ended."""

    def __init__(self, at: int, what: str) -> None:
        super().__init__(what)
        self.at, self.what = at, what


def behind_quote(text: str, at: int, depth: int = 0) -> int:
    """The offset behind what is quoted or substituted at AT."""
    char = text[at : at + 1]
    if char == "\\":
        return min(at + 2, len(text))
    if char == "'":
        return _to(text, "'", at, at + 1)
    if char in '"`':
        return _until(text, char, at, depth)
    if text.startswith("$'", at):
        end = re.compile(r"(?:\\.|[^'\\])*'", re.DOTALL).match(text, at + 2)
        if not end:
            raise Unclosed(at, "$'")
        return end.end()
    if text.startswith("$(", at):
        return behind_bracket(text, at + 1, depth + 1)
    if text.startswith("${", at):
        return _until(text, "}", at + 1, depth)
    return at + 1


def _to(text: str, end: str, begun: int, at: int) -> int:
    found = text.find(end, at)
    if found < 0:
        raise Unclosed(begun, f"the quote {end}" if end == "'" else end)
    return found + 1


def _until(text: str, end: str, begun: int, depth: int) -> int:
    """The offset behind END, with substitutions in between."""
    stops = re.compile(r"[\\\"'`$}]" if end == "}" else r"[\\\"`$]")
    at = begun + 1
    while found := stops.search(text, at):
        at = found.start()
        char = found.group()
        if char == end:
            return at + 1
        if depth > MAX_DEPTH or char == "}" or (char == "'" and _quotes_nothing(text, at)):
            at += 1
        else:
            at = behind_quote(text, at, depth + 1) if char != end else at + 1
    if end == "`":  # in which quotes are read by rules of their own
        raise NotFollowed
    raise Unclosed(begun, {"}": "${"}.get(end, f"the quote {end}"))


def _quotes_nothing(text: str, at: int) -> bool:
    return text.find("'", at + 1, at + 2000) < 0


def behind_bracket(text: str, at: int, depth: int = 0) -> int:
    """The offset behind the bracket that closes the one at AT."""
    begun, level = at, 0
    stops = re.compile(r"[\\\"'`$()#]|\bcase\b|\besac\b|<<-?[ \t]*['\"]?\w")
    cases = 0
    while found := stops.search(text, at):
        at, token = found.start(), found.group()
        if token in ("case", "esac"):
            cases += 1 if token == "case" else -1 if cases else 0
            at += 4
        elif token.startswith("<<"):
            raise NotFollowed
        elif token == "#":
            comment = text[at - 1] in " \t\n;(" and text[at - 1 : at]
            end = text.find("\n", at)
            at = (end if end >= 0 else len(text)) if comment else at + 1
        elif token == "(":
            level, at = level + 1, at + 1
        elif token == ")":
            at += 1
            if cases and level == 1:
                continue  # of a pattern
            level -= 1
            if level <= 0:
                return at
        else:
            at = behind_quote(text, at, depth + 1) if depth <= MAX_DEPTH else at + 1
    raise Unclosed(begun, "(")
