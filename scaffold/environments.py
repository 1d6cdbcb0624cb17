"""What the operator deals with: environment files, and the cloud afterwards; a part of the model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from scaffold.releases.cloud import Lifecycle


@dataclass(frozen=True)
class Environment:
    """The environment file of the repository."""

    resource_registry: dict[str, str] = field(default_factory=dict)
    # templates that it names besides those of services, as seen from the top
    hooks: dict[str, str] = field(default_factory=dict)
    brought: dict[str, str] = field(default_factory=dict)  # those that the release may not have
    folders: list[str] = field(default_factory=list)  # where these are, besides docker and environments
    images: dict[str, str] = field(default_factory=dict)
    foreign: dict[str, str] = field(default_factory=dict)  # those of them that nothing here builds
    prepare: list[dict[str, Any]] = field(default_factory=list)  # ContainerImagePrepare, the whole list
    parameter_defaults: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Shared:
    """A map or list of the environment file that the operator's files may set too."""

    name: str
    kind: str  # map | list
    parts: dict[str, str]  # of a map: key -> map, list, value


@dataclass(frozen=True)
class ToSet:
    """What the operator has to set: a parameter without a default, or a secret option."""

    path: list[str]  # below parameter_defaults
    said: str  # what it is
    service: str


@dataclass(frozen=True)
class Beside:
    """What lies between the environment file and the operator's own."""

    merged_by: str = "client"  # who makes one environment of them: client | heat
    stock_strategies: str = ""  # how the name of the templates' file with such strategies begins
    shared: list[Shared] = field(default_factory=list)
    to_set: list[ToSet] = field(default_factory=list)
    hidden: list[str] = field(
        default_factory=list
    )  # hieradata of its templates, maps that ExtraConfig would hide
    example: dict[str, Any] = field(default_factory=dict)  # parameter_defaults of the file to fill in
    wrapped: dict[str, str] = field(default_factory=dict)  # name in the registry: the template that stays in


@dataclass(frozen=True)
class DayTwo:
    """What an operator does with a cloud that is deployed."""

    lifecycle: Lifecycle
    tags: list[str]  # the settings that give every image a new tag: services.acme-agent.image_tag
    listings: list[str]  # commands that tell whether its services have checked in
    containers: list[
        str
    ]  # that run something of the repository all the time; a bundle of pacemaker has other names
    host_packages: list[str]  # of kernel modules, on the nodes themselves
    on_computes: list[str]  # parameters of the images that run on other roles than Controller
    own: bool  # whether containers of its own are among those
    kept: list[str]  # what the environment file sets, besides images
    backends: list[str]  # sections of cinder.conf
    kernel_args: list[str]  # roles whose nodes get arguments for their kernel
    logs: list[
        str
    ]  # directories of the nodes that hold the logs of the stock services whose images are swapped
