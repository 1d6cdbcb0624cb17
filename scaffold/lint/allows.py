"""Comments that allow a problem: `# vendor-scaffold: allow RULE because REASON`.

On the line of the problem, or on lines of their own right above it. Without a reason it allows nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from scaffold.documents import Document
from scaffold.lint.problems import Problem, Severity
from scaffold.unknown import there_is_no

RULE = "allow-comment"
PROSE = (".md", ".rst", ".adoc", ".txt", ".html")
_COMMENT = re.compile(r"#\s*vendor-scaffold:\s*(?P<rest>.*)")
_ALLOW = re.compile(r"allow\s+(?P<rules>[\w-]+(?:\s*,\s*[\w-]+)*)(?:\s+because\s+(?P<reason>.*\S))?\s*")


@dataclass(frozen=True)
class Allow:
    """One comment. covers: the line whose problems it allows."""

    path: str
    line: int
    column: int
    covers: int
    rules: tuple[str, ...]
    reason: str


def applied(
    found: Iterable[Problem], documents: Iterable[Document], known: Collection[str], ran: Collection[str]
) -> list[Problem]:
    """The problems that no comment allows, and those of the comments themselves.

    known: the ids of all rules; ran: of those that were run, the only ones whose comment can be of no use.
    """
    allows = [allow for document in documents for allow in _allows(document)]
    reasoned = [allow for allow in allows if isinstance(allow, Allow) and allow.reason]
    covered = {(allow.path, allow.covers, rule) for allow in reasoned for rule in allow.rules}
    left = [p for p in found if (p.path, p.line, p.rule) not in covered]
    used = {(p.path, p.line, p.rule) for p in found}
    told = [allow for allow in allows if not allow.path.endswith(PROSE)]  # a manual may show the form
    own = [p for a in told for p in ([a] if isinstance(a, Problem) else _faults(a, known, ran, used))]
    return sorted([*left, *own])


def _allows(document: Document) -> Iterator[Allow | Problem]:
    if "vendor-scaffold:" not in document.text:
        return
    for number, line in enumerate(document.lines, 1):
        comment = _COMMENT.search(line)
        if comment is None:
            continue
        allow = _ALLOW.fullmatch(comment["rest"].strip())
        if allow is None:
            if comment["rest"].startswith("allow"):
                message = "this comment cannot be understood"
                yield _problem(document.path, number, comment.start() + 1, message)
            continue
        own_line = not line[: comment.start()].strip()
        covers = _next_content(document.lines, number) if own_line else number
        rules = tuple(re.split(r"\s*,\s*", allow["rules"]))
        yield Allow(document.path, number, comment.start() + 1, covers, rules, allow["reason"] or "")


def _next_content(lines: list[str], number: int) -> int:
    following = enumerate(lines[number:], number + 1)
    return next((at for at, line in following if line.strip() and not line.lstrip().startswith("#")), number)


def _faults(
    allow: Allow, known: Collection[str], ran: Collection[str], used: Collection[tuple[str, int, str]]
) -> Iterator[Problem]:
    for rule in allow.rules:
        if rule not in known:
            yield _problem(allow.path, allow.line, allow.column, there_is_no("rule", rule))
        elif not allow.reason:
            yield _problem(allow.path, allow.line, allow.column, f"{rule} is allowed without a reason")
        elif rule in ran and (allow.path, allow.covers, rule) not in used:
            message = f"{rule} finds nothing here: remove the comment"
            yield _problem(allow.path, allow.line, allow.column, message, Severity.WARNING)


def _problem(path: str, line: int, column: int, message: str, severity: Severity = Severity.ERROR) -> Problem:
    hint = "# vendor-scaffold: allow RULE because REASON" if severity is Severity.ERROR else ""
    return Problem(path, line, column, RULE, message, hint, severity)
