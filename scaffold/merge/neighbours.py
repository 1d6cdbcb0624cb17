"""Changes of both sides in neighbouring lines: a conflict to git, though no line was changed twice."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

LONGEST = 400  # lines of a conflict that is looked at; longer ones are the vendor's to decide


def joined(base: Sequence[bytes], ours: Sequence[bytes], theirs: Sequence[bytes]) -> list[bytes] | None:
    """BASE with the changes of both sides, where each changed lines of its own one for one; else None.

    Lines that were added or removed beside a change are no such case: what they belong to may be gone.
    """
    if max(map(len, (base, ours, theirs))) > LONGEST:
        return None
    changed: dict[int, bytes] = {}
    for side in (ours, theirs):
        replaced = _one_for_one(base, side)
        if replaced is None or changed.keys() & replaced.keys():
            return None
        changed |= replaced
    return [changed.get(number, line) for number, line in enumerate(base)]


def _one_for_one(base: Sequence[bytes], side: Sequence[bytes]) -> dict[int, bytes] | None:
    """The lines of BASE that SIDE has otherwise, by number; None where it has more or fewer."""
    found: dict[int, bytes] = {}
    for kind, start, end, at, to in SequenceMatcher(None, base, side, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        if end - start != to - at:
            return None
        found |= dict(zip(range(start, end), side[at:to], strict=True))
    return found
