"""What becomes of one file in a merge."""

from __future__ import annotations

from dataclasses import dataclass

from scaffold.tree import File


@dataclass(frozen=True)
class Change:
    """One file that an update changes, or leaves as it is for a reason worth saying.

    path: where the result is.
    kind: added, updated (the vendor had not edited it), merged (the vendor had), renamed (by the template,
    the vendor's edits kept), removed, deleted (by the vendor: it stays so), kept (by a `keep` pattern, or
    the vendor's alone since the template dropped it), apart (not at hand), conflict.
    file: what is at path afterwards, where the update writes it.
    old_path: the path in base, where that is another.
    note: a phrase for the report.
    lines: where conflicts begin in the written file, from 1.
    beside: where the template's version is written when it cannot be merged into the vendor's.
    """

    path: str
    kind: str
    file: File | None
    old_path: str = ""
    note: str = ""
    lines: tuple[int, ...] = ()
    beside: str = ""


@dataclass(frozen=True)
class Outcome:
    """A change, with the template's file where that goes beside the vendor's.

    unmerged: whether the vendor's file was not merged, so that it is still based on BASE.
    """

    change: Change
    theirs: File | None = None
    unmerged: bool = False
    base: File | None = None
