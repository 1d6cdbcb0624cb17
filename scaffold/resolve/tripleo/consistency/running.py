"""What containers are asked, held to what starts them in the release: alone, and with what is beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scaffold.errors import Fault
from scaffold.fields.container_parts import AnyContainerAnswers, FurtherContainerAnswers, KollaAnswers
from scaffold.releases import container_keys
from scaffold.resolve.consistency.subject import Path, ServiceConstraint, Subject
from scaffold.tripleo.containers import KEYS, STAYING, UNITS, mixed
from scaffold.tripleo.heat import OrHeat, is_function, placed
from scaffold.tripleo.kolla import STRATEGIES, STRATEGY

_COPIED = ("owner", "perm")  # what a copy has, all of it said or all of it kept


def asked_containers(service: Subject) -> Iterator[tuple[Path, AnyContainerAnswers]]:
    """The answers about each container of SERVICE, and their place."""
    if service.integration == "service":
        yield ("container",), service.own.container
        for index, one in enumerate(service.own.containers):
            yield ("containers", index), one


def read(service: Subject) -> Iterator[Fault]:
    """Each key is one that the release reads, in the form and with the values that it takes."""
    release = service.release
    known = container_keys(release.name).read | {"cap_add"}  # whose own constraint names a way out
    for at, asked in asked_containers(service):
        for key in KEYS:
            if asked.plain.get(key) and key not in known:
                yield service.at((*at, key), f"{release.name} ignores it; leave it out")
        options = asked.security_opt if isinstance(asked.security_opt, list) else []
        single = release.tripleo.security_opt_form == "string"
        if len(options) > 1 and single and "list" not in release.tripleo.security_opt_also:
            yield service.at((*at, "security_opt"), f"{release.name} takes one option only")
        units = placed(asked.depends_on, (*at, "depends_on")) if not release.tripleo.bare_units else ()
        for place, unit in units:
            if isinstance(unit, str) and unit.rpartition(".")[2] not in UNITS:
                message = f"systemd ignores a unit without a suffix; write {unit}.service"
                yield service.at(place, message)


def restarts(service: Subject) -> Iterator[Fault]:
    """What is restarted stays; what the deployment waits for ends."""
    release = service.release
    for at, asked in asked_containers(service):
        wanted = asked.restart if asked.says(AnyContainerAnswers.restart) else None
        waits = isinstance(asked, FurtherContainerAnswers) and not asked.detach
        if waits and wanted in STAYING:
            message = (
                "the deployment waits for its end, and it would start again; leave it out, or detach: true"
            )
            yield service.at((*at, "restart"), message)
        elif wanted and not is_function(wanted) and wanted not in release.tripleo.restarts:
            message = f"{release.name} starts such a container once, and never again; write always"
            yield service.at((*at, "restart"), message)


def variables(service: Subject) -> Iterator[Fault]:
    """A variable arrives, and kolla knows its strategy."""
    for at, asked in asked_containers(service):
        for name, value in asked.environment.items():
            if value == "" and not service.release.tripleo.empty_variables:
                message = f"{service.release.name} passes no empty variable on; leave it out"
                yield service.at((*at, "environment", name), message)
            elif name == STRATEGY and isinstance(value, str) and value not in STRATEGIES:
                message = f"must be {' or '.join(STRATEGIES)}, or kolla_set_configs ends"
                yield service.at((*at, "environment", name), message)


def copies(service: Subject) -> Iterator[Fault]:
    """kolla gives a copy the owner that is said, or all that its source has."""
    own = service.own
    if service.integration != "service":
        return
    found: list[tuple[Path, KollaAnswers]] = [(("kolla",), own.kolla)]
    found += [(("containers", index, "kolla"), one.kolla) for index, one in enumerate(own.containers)]
    for at, kolla in found:
        for index, file in enumerate(kolla.config_files):
            path = (*at, "config_files", index)
            if missing := [key for key in _COPIED if not file.preserve_properties and key not in file.plain]:
                message = f"missing: {' and '.join(missing)}, without which kolla_set_configs ends"
                yield service.at(path, f"{message}; or preserve_properties: true")
            for key in _COPIED if file.preserve_properties else ():
                if key in file.plain:
                    message = "preserve_properties keeps that of the source; leave one of them out"
                    yield service.at((*path, key), message)


def volumes(service: Subject) -> Iterator[Fault]:
    """The options of a volume are the engine's, and of those that exclude each other there is one."""
    engine = service.whole.asked.container_engine or service.release.container_engines[0]
    found: list[tuple[Path, OrHeat[list[Any]]]] = [
        ((*at, "volumes"), asked.volumes) for at, asked in asked_containers(service)
    ]
    if service.own.puppet_config and service.templated:
        found.append((("puppet_config", "volumes"), service.own.puppet_config.volumes))
    for path, listed in found:
        for place, volume in placed(listed, path):
            if isinstance(volume, str) and (reason := mixed(engine, volume)):
                yield service.at(place, reason)


OF_SERVICE: tuple[ServiceConstraint, ...] = (read, restarts, variables, copies, volumes)
