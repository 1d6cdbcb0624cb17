"""The one kind of error that a user can put right, and the faults it lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in the answers.

    place: ``answers.yaml:7:14`` or ``--set``; empty when the fault is something missing everywhere.
    path: the answer, as ``services[0].step``.
    message: what is wrong and what to write instead, in one line without a full stop.
    """

    place: str
    path: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.place, self.path, self.message) if part)


class ScaffoldError(Exception):
    """Something the user can put right: shown as one line and a hint, never as a traceback.

    exit_code: 1 failed, 2 wrong usage or answers (ARCHITECTURE.md, "Exit codes").
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class AnswersError(ScaffoldError):
    """The answers are wrong or incomplete; every fault at once."""

    exit_code = 2

    def __init__(self, faults: Iterable[Fault], hint: str = "") -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)), hint)


class WrongUse(ScaffoldError):
    """What the command line names is not there: a path, a release, a rule, an engine, a service."""

    exit_code = 2


@contextmanager
def told_when_interrupted(done: str) -> Iterator[None]:
    """Around what comes after writing: an interrupt says what is DONE, not that nothing was written."""
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt(done) from None
