"""The rules of `check`, listed by hand: a rule that is not here does not exist."""

from __future__ import annotations

from typing import Any

from scaffold.lint import Rule
from scaffold.rules import allow_comment, file_broken, heat_version, role_data_section

GROUPS: dict[str, tuple[Any, ...]] = {
    "Files": (allow_comment, file_broken),
    "Heat and release": (heat_version, role_data_section),
}

RULES: dict[str, Rule[Any]] = {module.RULE.id: module.RULE for group in GROUPS.values() for module in group}
