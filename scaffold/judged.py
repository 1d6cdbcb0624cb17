"""What answers pass through as it is, judged by the rules of `check` before anything is written.

Nothing here knows a rule: an error in what would be written is refused with the place of the answer that it
comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from scaffold import fields
from scaffold.answers import Answers, Path
from scaffold.errors import Fault
from scaffold.fields.shapes import is_open
from scaffold.lint.problems import Problem
from scaffold.tree import Tree

SERVICE = "services"


def faults(answers: Answers, release: str, rendered: Tree) -> Iterator[Fault]:
    """Yield the errors of `check` in what is RENDERED for RELEASE, where ANSWERS pass anything through."""
    if any(service.keys() & _open_answers() for service in answers.values[SERVICE]):
        for problem, lines in _errors(answers, release, rendered):
            named = [] if not problem.hint else [problem.hint]
            where = f"{problem.rule}: {problem.path}:{problem.line}:{problem.column}"
            message = f"{'; '.join([problem.message, *named])} ({where})"
            yield answers.fault(_origin(answers.values, problem, *lines), message)


@cache
def _open_answers() -> frozenset[str]:
    return frozenset(name for name, field in fields.SERVICE.fields.items() if is_open(field.shape))


def _errors(answers: Answers, release: str, rendered: Tree) -> list[tuple[Problem, list[str]]]:
    """The errors, each with the line that it is in, and the next."""
    from scaffold.documents.directory import of_tree
    from scaffold.lint import engine  # most answers pass nothing through
    from scaffold.lint.problems import Severity
    from scaffold.lint.repository import Repository
    from scaffold.rules import RULES

    documents = of_tree(rendered)
    whole = Repository(documents, release, answers.values, names=frozenset(rendered))
    found = engine.problems(whole, (rule for rule in RULES.values() if not rule.opt_in))
    lines = {document.path: document.lines for document in documents}
    return [
        (problem, [*lines[problem.path], ""][problem.line - 1 :][:2])
        for problem in found
        if problem.severity is Severity.ERROR
    ]


def _origin(values: dict[str, Any], problem: Problem, line: str, following: str = "") -> Path:
    """The answer that PROBLEM in LINE comes from, or what is around it."""
    services = enumerate(values[SERVICE])
    numbers = [number for number, one in services if _is_of(problem.path, one)] or range(len(values[SERVICE]))
    words = dict[str, Path]()
    for number in numbers:
        for word, path in _words(values[SERVICE][number], (SERVICE, number)):
            words.setdefault(word, path)
    at = line[problem.column - 1 :].lstrip("'\"- ")
    told: tuple[Callable[[str], bool], ...] = (
        at.startswith,
        problem.message.__contains__,
        following.strip().__eq__,
        line.__contains__,
    )
    by_length = sorted(filter(None, words), key=len, reverse=True)
    found = (words[word] for fits in told for word in by_length if fits(word))
    return next(found, (SERVICE, *numbers) if len(numbers) == 1 else (SERVICE,))


def _is_of(path: str, service: dict[str, Any]) -> bool:
    """Whether the file at PATH is written for SERVICE alone."""
    return any(part.removesuffix(".yaml") == service["service_name"] for part in path.split("/"))


def _words(value: Any, path: Path) -> Iterator[tuple[str, Path]]:
    """Every key and single value within VALUE, with its path."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key), (*path, key)
            yield from _words(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _words(item, (*path, index))
    elif value is not None:
        yield str(value), path
