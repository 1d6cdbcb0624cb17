"""The one kind of error that a user can put right, and the faults it lists."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in the answers.

    place: `answers.yaml:7:14` or `--set`; empty when the fault is something missing everywhere.
    path: the answer, as `services[0].step`.
    message: what is wrong and what to write instead, in one line without a full stop.
    """

    place: str
    path: str
    message: str

    @property
    def position(self) -> tuple[int, int]:
        """Line and column; what has none comes first."""
        found = re.search(r":([0-9]+):([0-9]+)$", self.place)
        return (int(found[1]), int(found[2])) if found else (0, 0)

    def __str__(self) -> str:
        path = "" if self._place_names_it else self.path
        return ": ".join(part for part in (self.place, path, self.message) if part)

    @property
    def _place_names_it(self) -> bool:
        """Whether the place is the `--set` of this very answer."""
        flag, _, key = self.place.partition(" ")
        return flag == "--set" and key.rpartition(".")[2] == self.path.rpartition(".")[2]


class ScaffoldError(Exception):
    """Something the user can put right: shown as one line and a hint, never as a traceback.

    exit_code: 1 failed, 2 wrong usage or answers (README.md, "Exit codes").
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class AnswersError(ScaffoldError):
    """The answers are wrong or incomplete; every fault at once, in the order of the file."""

    exit_code = 2

    def __init__(self, faults: Iterable[Fault], hint: str = "") -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.position))
        super().__init__("\n".join(map(str, self.faults)), hint)


class WrongUse(ScaffoldError):
    """What the command line names is not there: a path, a release, a rule, an engine, a service."""

    exit_code = 2


@contextmanager
def told_when_interrupted(done: str) -> Iterator[None]:
    """Around what comes after writing: an interrupt says what is DONE, not that nothing was written.

    So does an output that cannot be written, in a note of its OSError.
    """
    try:
        yield
        sys.stdout.flush()
    except KeyboardInterrupt:
        raise KeyboardInterrupt(done) from None
    except OSError as error:
        error.add_note(done)
        raise
