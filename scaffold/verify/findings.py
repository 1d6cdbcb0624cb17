"""What an engine says: findings with the place of their cause, or why it could not run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class EngineFinding:
    """One thing that would go wrong, or that is not as the answers say.

    saw: what the operator would have seen, in one line or with the engine's own lines below it.
    path, line: where the cause stands in the vendor repository; line 0 means the file as a whole.
    severity: "error", which would fail and so fails the rehearsal; "warning"; or "difference", which the
    answers say otherwise and TripleO takes: an edit of the vendor's.
    """

    saw: str
    path: str
    line: int = 0
    severity: str = "error"

    @property
    def place(self) -> str:
        """The cause as path:line."""
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True)
class Result:
    """What an engine has to say about a vendor repository.

    facts: what it proved, a line each. data: what programs may want of it (--json), as plain values.
    left_out: what it could not try, a line each, and `remedy` what to do about it.
    """

    findings: Sequence[EngineFinding] = ()
    facts: Sequence[str] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    left_out: Sequence[str] = ()
    remedy: str = ""


class Unavailable(Exception):
    """An engine cannot run here. `what` is missing, and `remedy` says how to get it."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


class Crashed(Exception):
    """An engine failed by itself, whatever the repository holds. `log` is what it said."""

    def __init__(self, what: str, log: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.log = log


class Blocked(Exception):
    """An engine has nothing to work on, because of `finding`, which is an earlier engine's to report."""

    def __init__(self, finding: EngineFinding) -> None:
        super().__init__(finding.saw)
        self.finding = finding
