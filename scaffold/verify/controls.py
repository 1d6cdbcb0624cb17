"""Whether an engine failed by the repository or by itself: it has to carry out a control of ours first.

An engine that fails is given something that is known to be right, once in a rehearsal. Where it fails on that
too, its failure says nothing of the repository.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from scaffold.verify.findings import Crashed
from scaffold.verify.rehearsal import Rehearsal

ERROR = re.compile(r"\b\w+(?:Error|Exception): [^\\\"\n]+")  # of Python, also within JSON
TRACEBACK = "Traceback (most recent call last)"


def acquit(rehearsal: Rehearsal, engine: str, control: Callable[[], str]) -> None:
    """Raise Crashed where ENGINE fails on CONTROL too, which gives what it then says, or nothing."""
    said = rehearsal.once(f"control of {engine}", control)
    if said:
        named = ERROR.findall(said) or said.strip().splitlines() or ["no word"]
        raise Crashed(f"{engine} fails on a control that holds nothing of the repository: {named[-1]}", said)
