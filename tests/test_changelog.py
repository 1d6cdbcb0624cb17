"""CHANGELOG.md lists what templates/changes.json says of each version."""

from __future__ import annotations

import json
import re
from pathlib import Path

from scaffold import __version__

ROOT = Path(__file__).parent.parent
CHANGELOG = ROOT / "CHANGELOG.md"
TEMPLATES = re.compile(
    r"(^## (\S+).*\n(?:(?!## ).*\n)*?\*\*Templates\*\*\n\n)((?:[-\s] .*\n)*\n?)", re.MULTILINE
)


def listed(found: re.Match[str]) -> str:
    version = __version__ if found[2] == "Unreleased" else found[2]
    changes = json.loads((ROOT / "templates/changes.json").read_text("utf-8"))
    return found[1] + "".join(f"- {change}\n" for change in changes[version]) + "\n"


def test_the_changelog_lists_the_changes_of_the_templates(regenerate: bool) -> None:
    text = CHANGELOG.read_text("utf-8")
    new, versions = TEMPLATES.subn(listed, text)
    assert versions == text.count("\n## ")
    if regenerate:
        CHANGELOG.write_text(new, "utf-8")
    assert CHANGELOG.read_text("utf-8") == new, "pytest tests/test_changelog.py --regenerate"
