"""The engine of `check`: runs rules over the documents of a repository. It knows no rule by name."""

from __future__ import annotations

from scaffold.lint.engine import Rule

__all__ = ["Rule"]
