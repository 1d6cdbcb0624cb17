"""Texts in hieradata, where hiera looks up what stands in %{}."""

from __future__ import annotations

from typing import Any


def of_hiera(value: Any) -> Any:
    """VALUE as hieradata that hiera reads as VALUE; only texts can hold what it would look up."""
    return value.replace("%{", "%{literal('%')}{") if isinstance(value, str) else value
