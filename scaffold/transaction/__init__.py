"""Changing many files of a vendor repository at once, all or nothing, whatever kills the run."""

from __future__ import annotations

from scaffold.transaction.writing import (
    Writes,
    carry_out,
    pending,
    read,
    recover,
    refuse_pending,
    take_back,
    transact,
    undo,
)

__all__ = [
    "Writes",
    "carry_out",
    "pending",
    "read",
    "recover",
    "refuse_pending",
    "take_back",
    "transact",
    "undo",
]
