"""Paths of answers, as people write them."""

from __future__ import annotations

import re

from scaffold.printable import MOST_BYTES, shown

Path = tuple[str | int, ...]


def path_text(path: Path) -> str:
    """`services[0].step` for ("services", 0, "step")."""
    result = ""
    for part in path:
        if isinstance(part, int):
            result += f"[{part}]"
        elif re.fullmatch(r"[A-Za-z0-9_-]+", part) and len(part) <= MOST_BYTES:
            result += f".{part}" if result else part
        else:
            result += f"[{shown(part)}]"
    return result
