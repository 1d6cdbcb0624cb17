"""The containers in role_data, as Heat resolved it: `docker_config.step_N.NAME`, or whatever stands there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def steps(data: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The steps of DATA that hold something by name."""
    named = (data.get("docker_config") or {}).items()
    return {step: containers for step, containers in named if isinstance(containers, dict)}


def containers(data: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Each container of DATA: its step, its name, and what is said of it, in a right one a map."""
    for step, named in steps(data).items():
        for name, running in named.items():
            yield step, name, running
