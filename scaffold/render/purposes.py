"""What each generated file is for, as the templates say beside them."""

from __future__ import annotations

import json
from fnmatch import fnmatch
from functools import cache

from scaffold.render.rendering import templates


def purpose(path: str) -> str:
    """Say in a few words what the generated file PATH is for."""
    return next((words for pattern, words in _purposes().items() if fnmatch(path, pattern)), "")


@cache
def _purposes() -> dict[str, str]:
    found: dict[str, str] = json.loads((templates() / "purposes.json").read_text("utf-8"))
    return found
