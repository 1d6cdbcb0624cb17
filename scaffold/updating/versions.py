"""Which version made a repository, and what the templates have changed since."""

from __future__ import annotations

import re
from pathlib import Path

from scaffold import __version__

_PACKAGE = Path(__file__).parent.parent


def newer(one: str, other: str) -> bool:
    """Whether version ONE is newer than OTHER."""
    return _numbers(one) > _numbers(other)


def template_changes(since: str) -> list[str]:
    """What CHANGELOG.md says under Templates of each version after SINCE, the newest first."""
    beside = _PACKAGE / "CHANGELOG.md"  # in the wheel; in a checkout it is at the top
    text = (beside if beside.exists() else _PACKAGE.parent / "CHANGELOG.md").read_text(encoding="utf-8")
    _, *parts = re.split(r"^## (\S+).*\n", text, flags=re.MULTILINE)
    versions = zip(parts[::2], parts[1::2], strict=True)
    found = {__version__ if name == "Unreleased" else name: _templates(section) for name, section in versions}
    return [f"templates {name}: {said}" for name, said in found.items() if said and newer(name, since)]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _templates(section: str) -> str:
    paragraph = re.search(r"^\*\*Templates\*\*: (.*?)\n(?:\n|\Z)", section, re.MULTILINE | re.DOTALL)
    return " ".join(paragraph[1].split()) if paragraph else ""
