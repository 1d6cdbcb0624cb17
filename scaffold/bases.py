"""The templates that a service takes in: a part of the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Wrapped:
    """The stock service that a service replaces in the registry."""

    service: str  # CinderVolume
    path: str  # its template, from the top of the templates
    asked: bool  # whether the answers name it
    plain: list[str]  # those that a cloud without pacemaker has, where there are both kinds
    pacemaker: str  # that of a cloud with it
    chosen_by: list[str]  # the environment files that choose the latter


@dataclass(frozen=True)
class BaseTemplate:
    """A template that a service takes in: a resource of its own template, whose role_data is merged."""

    resource: str
    type: str  # the template as seen from docker/services/, or its name in the registry
    path: str  # the template from the top of the templates; empty for a name
    sections: list[str]  # of role_data, that are taken in; none for all
    properties: dict[str, Any]
