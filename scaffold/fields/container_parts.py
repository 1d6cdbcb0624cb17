"""The answers about containers, and what kolla does in them."""

from __future__ import annotations

from typing import Any

from scaffold.fields import container_values, places, values
from scaffold.fields.asked import DeclaredAnswers, answer
from scaffold.fields.shapes import Choice, Integer, MapOf, Text
from scaffold.fields.shared_shapes import (
    EXACT_MAP,
    LONG_TEXT,
    STEP,
    TEXT,
    YES_NO,
    or_heat,
    several,
)
from scaffold.tripleo.containers import KEYS
from scaffold.tripleo.heat import OrHeat
from scaffold.tripleo.kolla import START, STRATEGY


class HealthcheckAnswers(DeclaredAnswers):
    """How the host finds out whether a container is well."""

    test: Any = answer(
        or_heat(LONG_TEXT), "Command that succeeds while the container is well.", required=True
    )


class AnyContainerAnswers(DeclaredAnswers):
    """What any container may be asked."""

    kolla_start: bool | None = answer(
        YES_NO,
        "Whether its image has kolla_start; without it the container engine runs the command itself.",
        "true for an image that is built here, those of the release or that a parameter names, and where "
        "kolla has something to do",
    )
    user: OrHeat[str] | None = answer(
        or_heat(Text(values.USER)),
        "User name or number that the container runs as; a function must give a name.",
        "the image's own",
    )
    net: OrHeat[str] = answer(
        or_heat(Choice(KEYS["net"].values)), "Network of the container.", default="host"
    )
    pid: OrHeat[str] | None = answer(
        or_heat(Choice(KEYS["pid"].values)), "Process namespace of the container.", "its own"
    )
    ipc: OrHeat[str] | None = answer(
        or_heat(Choice(KEYS["ipc"].values)), "IPC namespace of the container.", "its own"
    )
    privileged: OrHeat[bool] = answer(or_heat(YES_NO), "Run the container privileged.", default=False)
    cap_add: OrHeat[list[Any]] = answer(
        or_heat(several(or_heat(Text(container_values.CAPABILITY)), unique=True)),
        "Linux capabilities of a container that is not privileged.",
        "none",
    )
    volumes: OrHeat[list[Any]] = answer(
        or_heat(several(or_heat(Text(places.VOLUME)), unique=True)),
        "Further volumes, source:path:options, after those that all containers share; "
        "no source is made: host_directories and host_prep_tasks make some.",
        "none",
    )
    environment: dict[str, Any] = answer(
        MapOf(values.ENVIRONMENT_NAME, or_heat(Text(values.SETTING, numbers=True))),
        "Environment variables of the container.",
        f"{STRATEGY} alone",
    )
    restart: OrHeat[str] | None = answer(
        or_heat(Choice(KEYS["restart"].values)),
        "When the container is restarted.",
        "always; where detach is false, none",
    )
    start_order: int | None = answer(
        Integer(0, 1000), "Order among the containers of a step; the lowest starts first.", "that of TripleO"
    )
    healthcheck: HealthcheckAnswers | None = answer(
        HealthcheckAnswers.group,
        "How podman or docker finds out whether the container is well.",
        "none",
    )
    ulimit: OrHeat[list[Any]] = answer(
        or_heat(several(or_heat(Text(container_values.ULIMIT)))),
        "Limits, as name=soft or name=soft:hard.",
        "none",
    )
    security_opt: OrHeat[list[Any]] = answer(
        or_heat(several(or_heat(TEXT))), "Security options such as label=disable.", "none"
    )
    depends_on: OrHeat[list[Any]] = answer(
        or_heat(several(or_heat(Text(container_values.UNIT)))),
        "systemd units that must run before this one.",
        "none",
    )


class ConfigFileAnswers(DeclaredAnswers):
    """A file that kolla copies into place."""

    source: OrHeat[str] = answer(or_heat(Text(places.ABSOLUTE_PATH)), "Path to copy from.", required=True)
    dest: OrHeat[str] = answer(or_heat(Text(places.ABSOLUTE_PATH)), "Path to copy to.", required=True)
    preserve_properties: bool = answer(YES_NO, "Whether owner and mode are kept.", default=False)
    owner: OrHeat[str] | None = answer(
        or_heat(Text(values.OWNER)),
        "Owner of the copy, user or user:group; without preserve_properties it and perm must be said.",
        "the source's",
    )
    perm: OrHeat[str] | None = answer(
        or_heat(Text(places.PERM)), 'Mode of the copy, like "0600".', "the source's"
    )
    merge: bool = answer(YES_NO, "Whether directories are merged.", default=False)
    optional: bool = answer(YES_NO, "Whether the source may be missing.", default=False)


class PermissionAnswers(DeclaredAnswers):
    """An owner that kolla sets."""

    path: OrHeat[str] = answer(or_heat(Text(places.ABSOLUTE_PATH)), "Path in the container.", required=True)
    owner: OrHeat[str] = answer(or_heat(Text(values.OWNER)), "Its owner, user or user:group.", required=True)
    perm: OrHeat[str] | None = answer(or_heat(Text(places.PERM)), 'Its mode, like "0755".', "kept")
    recurse: bool = answer(YES_NO, "Whether all below it follows.", default=False)


class KollaAnswers(DeclaredAnswers):
    """What kolla does before it starts the command."""

    config_files: list[ConfigFileAnswers] = answer(
        several(ConfigFileAnswers.group),
        "Files that kolla copies into place when the container starts.",
        "none",
    )
    permissions: list[PermissionAnswers] = answer(
        several(PermissionAnswers.group),
        "Owners that kolla sets when the container starts.",
        "none",
    )


class ContainerAnswers(AnyContainerAnswers):
    """The main container, which runs the service's command and stays."""

    restart: OrHeat[str] = answer(
        or_heat(Choice(KEYS["restart"].values)), "When the container is restarted.", default="always"
    )


class _FurtherAnswers(DeclaredAnswers):
    """What only a further container is asked."""

    name: str = answer(Text(values.CONTAINER_NAME), "Name of the container.", required=True)
    step: int | None = answer(STEP, "Deployment step, 1 to 5, in which it starts.", "the service's step")
    image: str | dict[str, Any] | None = answer(
        or_heat(Text(places.NAMED_IMAGE)),
        "Its image: registry/namespace/name:tag; a name of the catalogue, which means the parameter of that "
        "stock image; or {get_param: NAME}, the parameter of any other. It is read, and not set.",
        "the service's own image",
    )
    kolla: KollaAnswers = answer(KollaAnswers.group, "What kolla does before it starts the command.", "none")
    command: Any = answer(
        or_heat(Text(values.ARGUMENT), several(or_heat(Text(values.ARGUMENT)), 1)),
        "What the container runs, as one text or as a list of arguments.",
        f"{START}, or what its own image runs",
    )
    extra: dict[str, Any] = answer(
        EXACT_MAP, "Further keys of the container, as those of the main one under extra.container.", "none"
    )
    detach: bool = answer(YES_NO, "False for a one-shot that the deployment waits for.", default=True)


class FurtherContainerAnswers(_FurtherAnswers, AnyContainerAnswers):
    """A further container of a service."""
