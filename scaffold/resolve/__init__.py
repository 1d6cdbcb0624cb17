"""Answers -> model: defaults from earlier answers, and everything that follows from them."""

from __future__ import annotations

from scaffold.resolve.repository import checked, defaults, modelled, resolve, stored

__all__ = ["checked", "defaults", "modelled", "resolve", "stored"]
