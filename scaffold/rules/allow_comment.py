"""A comment that allows a problem names a rule that finds something, and says why.

Why: a comment without a reason cannot be judged by the next reader, and one that allows nothing hides the
next mistake on its line. The comment stands on the line of the problem, or on a line of its own right above
it.

Bad::

    privileged: true  # vendor-scaffold: allow privileged

Good::

    privileged: true  # vendor-scaffold: allow privileged because the driver writes to /dev/mem

Source: the engine's own rule; as the unused-noqa of ruff (RUF100).
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import Document
from scaffold.lint import Rule
from scaffold.lint.allows import RULE as ID
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository


def check(document: Document, repository: Repository) -> Iterator[Finding]:
    """Nothing: `scaffold.lint.allows` sees the comments when the problems of all rules are known."""
    yield from ()


RULE = Rule(id=ID, page=__doc__, files=Document, check=check)
