"""The engine of `check`: runs rules over the documents of a repository. It knows no rule by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from scaffold.documents import Document
from scaffold.lint.problems import Finding, Problem, Severity
from scaffold.lint.repository import Repository

D = TypeVar("D", bound=Document)


@dataclass(frozen=True)
class Rule(Generic[D]):
    """A rule: one page of manual, and a pure check.

    page: the module's docstring: its first line is the rule in one sentence; then Why, Bad, Good, Source.
    files: the class of documents that the check is given.
    check: yields what is wrong in one document; sees the rest of the repository, and changes nothing.
    needs_release: not run where the release is not known.
    opt_in: run only when it is selected by name.
    """

    id: str
    page: str
    files: type[D]
    check: Callable[[D, Repository], Iterable[Finding]]
    severity: Severity = Severity.ERROR
    needs_release: bool = False
    opt_in: bool = False

    @property
    def summary(self) -> str:
        """The rule in one sentence."""
        return self.page.strip().splitlines()[0]

    @property
    def markdown(self) -> str:
        """Its page for people, in Markdown."""
        summary, _, rest = self.page.strip().partition("\n")
        when = ", only when it is selected" * self.opt_in
        text = re.sub(r"::$", ":", rest.strip(), flags=re.MULTILINE)
        text = re.sub(r"^(Why|Source): ", r"**\1:** ", text, flags=re.MULTILINE)
        return f"# {self.id}\n\n{summary.strip()} ({self.severity}{when})\n\n{text}\n"


def problems(
    repository: Repository, rules: Iterable[Rule[Any]], only: Collection[str] | None = None
) -> list[Problem]:
    """What the rules find, in the order of the files. only: the paths that are looked at."""
    found = {
        _problem(rule, document, finding)
        for rule in rules
        if repository.release_name or not rule.needs_release
        for document in repository.documents
        if isinstance(document, rule.files) and (only is None or document.path in only)
        for finding in rule.check(document, repository)
    }
    return sorted(found)


def _problem(rule: Rule[Any], document: Document, finding: Finding) -> Problem:
    return Problem(
        document.path,
        finding.place.line,
        finding.place.column,
        rule.id,
        finding.message,
        finding.hint,
        finding.severity or rule.severity,
    )
