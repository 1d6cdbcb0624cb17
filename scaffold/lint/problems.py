"""What `check` finds: values, immutable, in the order in which a reader meets them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Severity(StrEnum):
    """error: a deployment fails on it, or ignores it. warning: it works, but ought not to be shipped."""

    ERROR = "error"
    WARNING = "warning"


class Place(Protocol):
    """Anything that stands somewhere in a file: a YAML node, a Dockerfile's instruction. Counted from 1."""

    @property
    def line(self) -> int: ...  # noqa: D102

    @property
    def column(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, order=True)
class Spot:
    """A bare place."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True)
class Finding:
    """What a rule's check yields: where in the file it looks at, what is wrong, and what to write instead."""

    place: Place
    message: str
    hint: str = ""
    severity: Severity | None = None  # where it is not the rule's own


@dataclass(frozen=True, order=True)
class Problem:
    """A finding of a rule in a file. path: as it is shown, relative to where the check began."""

    path: str
    line: int
    column: int
    rule: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.rule} {self.message}"
