"""What an engine is to the rehearsal: what it needs, what it says, where the cause of a finding stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scaffold.verify.rehearsal import Rehearsal


@dataclass(frozen=True)
class Finding:
    """One thing that would go wrong.

    saw: what the operator would have seen, in one line or with the engine's own lines below it.
    path, line: where the cause stands in the vendor repository; line 0 means the file as a whole.
    severity: "error", which fails the rehearsal, or "warning".
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

    findings: Sequence[Finding] = ()
    facts: Sequence[str] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    left_out: Sequence[str] = ()
    remedy: str = ""


@dataclass(frozen=True)
class Engine:
    """A program of the deployment, rehearsed with.

    prepare: install what it needs, on first use; gives the version; raises Unavailable.
    run: hold the repository against it; raises Blocked where an earlier engine left nothing to run.
    """

    name: str  # as --engine takes it
    proves: str  # half a sentence
    prepare: Callable[[Rehearsal], str]
    run: Callable[[Rehearsal], Result]


class Unavailable(Exception):
    """An engine cannot run here. `what` is missing, and `remedy` says how to get it."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


class Blocked(Exception):
    """An engine has nothing to work on, because of `finding`, which is an earlier engine's to report."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.saw)
        self.finding = finding
