"""What containers mount of their nodes that neither the repository nor TripleO makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from scaffold.catalogue import Catalogue
from scaffold.environments import Environment
from scaffold.fields import ServiceAnswers
from scaffold.fields.asked import Trait
from scaffold.model import HostPath, Service
from scaffold.tripleo import paths, services


def host_paths(own: Sequence[Service], environment: Environment, stock: Catalogue) -> list[HostPath]:
    """The paths that nodes must have from elsewhere, each with the containers that mount it."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for service in own:
        made = "\n".join(_made(one) for one in own if _covers(one, service))
        for container, path in _mounted(service):
            if not (stock.has_path(path, service.roles) or paths.mentioned(path, made)):
                found.setdefault((path, tuple(service.roles)), []).append(container)
    made = "\n".join(map(_made, own))
    for parameter, path in _of_stock(environment):
        if not (stock.has_path(path) or paths.mentioned(path, made)):
            found.setdefault((path, ()), []).append(parameter)
    return [HostPath(path, sorted({*by}), list(roles)) for (path, roles), by in found.items()]


def _of_stock(environment: Environment) -> Iterator[tuple[str, str]]:
    """Each parameter of volumes of stock containers, with a path of a node that they mount."""
    for parameter, value in environment.parameter_defaults.items():
        told = value.items() if parameter.endswith("Parameters") and isinstance(value, dict) else ()
        for name, volumes in ((parameter, value), *told):
            if name.endswith(services.OPTIONAL_VOLUMES):
                yield from ((name, path) for path in _sources(volumes))


def _mounted(service: Service) -> Iterator[tuple[str, str]]:
    """Each container with a path of its node that it mounts."""
    lists: list[tuple[str, Any]] = [
        (container.name, [*container.volumes, *container.volume_lists]) for container in service.containers
    ]
    if service.puppet:
        lists.append((f"puppet of {service.puppet.config_volume}", service.puppet.volumes))
    for container, volumes in lists:
        yield from ((container, path) for path in _sources(volumes))


def _sources(volumes: Any) -> Iterator[str]:
    """The paths of the node that VOLUMES name; a volume by name is the container engine's."""
    return (paths.of_host(source) for source, _ in paths.binds(volumes) if source.startswith("/"))


def _made(service: Service) -> str:
    """What makes paths on the nodes of SERVICE: directories, and the text of its tasks."""
    tasks = {"host_prep_tasks", *ServiceAnswers.named(Trait.TASKS)}
    sections = service.template.sections if service.template else []
    texts = [str(section.value) for section in sections if section.name in tasks]
    made = [one for one in service.host_directories if isinstance(one, str)]
    return "\n".join([*made, *texts])


def _covers(one: Service, other: Service) -> bool:
    """Whether each node of OTHER, as far as it is known, runs ONE too."""
    return not one.roles or not other.roles or {*other.roles} <= {*one.roles}
