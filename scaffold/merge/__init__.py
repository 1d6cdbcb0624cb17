"""The three-way merge of trees: what an update does to a vendor's files, and where it cannot decide."""

from __future__ import annotations

from scaffold.merge.policy import BESIDE, NO_RENAMES, Change, Merge, Names, Renames, merge, unresolved

__all__ = ["BESIDE", "NO_RENAMES", "Change", "Merge", "Names", "Renames", "merge", "unresolved"]
