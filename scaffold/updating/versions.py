"""Which version made a repository, and what the templates have changed since."""

from __future__ import annotations

import json

from scaffold.render import templates


def newer(one: str, other: str) -> bool:
    """Whether version ONE is newer than OTHER."""
    return _numbers(one) > _numbers(other)


def template_changes(since: str) -> list[str]:
    """What templates/changes.json lists of each version after SINCE, a line for each change."""
    found: dict[str, list[str]] = json.loads((templates() / "changes.json").read_text("utf-8"))
    return [
        f"templates {version}: {change}"
        for version in found
        if newer(version, since)
        for change in found[version]
    ]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
