"""Whether an engine failed by the repository or by itself: it has to carry out a control of ours first.

An engine that fails is given something that is known to be right, once in a rehearsal. Where it fails on that
too, its failure says nothing of the repository.
"""

from __future__ import annotations

from collections.abc import Callable

from scaffold.verify.findings import Crashed
from scaffold.verify.rehearsal import Rehearsal

TRACEBACK = "Traceback (most recent call last)"


def acquit(rehearsal: Rehearsal, engine: str, control: Callable[[], str]) -> None:
    """Raise Crashed where ENGINE fails on CONTROL too, which gives what it then says, or nothing."""
    said = rehearsal.once(f"control of {engine}", control)
    if said:
        lines = [line for line in said.strip().splitlines() if line.strip()]
        raise Crashed(f"{engine} fails on a control that holds nothing of the repository: {lines[-1]}", said)
