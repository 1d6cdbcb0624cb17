"""What is said once: by the repository for the images of its services, by a service for several images."""

from __future__ import annotations

from typing import Any

from scaffold.fields import RepositoryAnswers, ServiceAnswers

Path = tuple[str | int, ...]


def of_repository(asked: RepositoryAnswers, service: ServiceAnswers) -> dict[str, Any]:
    """What the repository says for all its images, as SERVICE would say it where it has one that is built."""
    if service.integration not in ("service", "image") or (service.image and not service.images):
        return {}
    said = asked.all_images.plain
    lines = asked.all_images.dockerfile
    found = {name: one for name, one in said.items() if name in ServiceAnswers.group.fields}
    return found | ({"extra": {"dockerfile": lines}} if lines else {})


def in_repository(path: Path) -> Path:
    """Where the repository says what has PATH in a service."""
    return ("all_images", *(path[1:] if path[0] == "extra" else path))


def joined(shared: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """OWN answers with those that are SHARED: maps are joined, lists begin with those, all else is own."""
    found = shared | own
    for key in shared.keys() & own.keys():
        first, then = shared[key], own[key]
        if isinstance(first, dict) and isinstance(then, dict):
            found[key] = joined(first, then)
        elif isinstance(first, list) and isinstance(then, list):
            found[key] = [*first, *(one for one in then if one not in first)]
    return found


def said_at(path: Path, shared: Any, own: Any) -> tuple[bool, Path]:
    """Whether PATH of answers that were `joined` was said by the OWN or the SHARED ones, and where there."""
    if not path:
        return True, ()
    first, rest = path[0], path[1:]
    if isinstance(first, int):
        if not isinstance(shared, list) or not isinstance(own, list):
            return own is not None, path
        kept = [index for index, one in enumerate(own) if one not in shared]
        return (False, path) if first < len(shared) else (True, (kept[first - len(shared)], *rest))
    if not isinstance(own, dict) or first not in own:
        return not (isinstance(shared, dict) and first in shared), path
    below = shared.get(first) if isinstance(shared, dict) else None
    mine, inner = said_at(rest, below, own[first])
    return mine, (first, *inner)
