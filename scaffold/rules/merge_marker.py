"""No file holds the markers of a merge that nobody resolved.

Why: the build stops at such a line of a Dockerfile, bash and make at one of a script or Makefile, all of them
later than here. An update that conflicts leaves them on purpose, and ends with exit code 3.

Bad::

    <<<<<<< yours
    USER cinder
    =======
    USER root
    >>>>>>> template 1.2

Good::

    USER cinder

Source: git-merge(1), "How conflicts are presented".
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import Document
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Spot
from scaffold.lint.repository import Repository

HINT = "keep what is right of both sides, and take the markers out"


def check(document: Document, repository: Repository) -> Iterator[Finding]:
    """Say where each conflict begins."""
    for line in document.merge_conflicts:
        yield Finding(Spot(line, 1), "a conflict of a merge stands here", HINT)


RULE = Rule(id="merge-marker", page=__doc__, files=Document, check=check)
