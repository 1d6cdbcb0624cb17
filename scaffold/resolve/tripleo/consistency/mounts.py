"""What containers mount: one thing at each place, and one owner of each directory of the host."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scaffold.answers import path_text
from scaffold.answers.partial import as_far_as_known
from scaffold.errors import Fault
from scaffold.fields.container_parts import AnyContainerAnswers, FurtherContainerAnswers
from scaffold.fields.parts import HostDirectoryAnswers
from scaffold.resolve.consistency.subject import Path, ServiceConstraint, Subject, Whole
from scaffold.resolve.modules import kernel_module
from scaffold.resolve.tripleo.consistency.running import asked_containers
from scaffold.resolve.tripleo.containers import scripts, through_kolla
from scaffold.resolve.tripleo.directories import host_directories
from scaffold.resolve.tripleo.puppet import config_volume
from scaffold.tripleo import paths
from scaffold.tripleo.heat import placed
from scaffold.tripleo.services import COMMON, OPTIONAL_VOLUMES
from scaffold.unknown import unknown

ONCE = "and a container with two volumes at one path does not start"
# path in the container -> what mounts it, and the source that a volume of the answers may name again
Mounted = dict[str, tuple[str, str]]


def targets(service: Subject) -> Iterator[Fault]:
    """Nothing is mounted where a container has something already."""
    if service.integration != "service":
        return
    common, told = _common(service), set[int]()
    directories = host_directories(service.name, service.own)
    unasked = len(directories) - len(service.own.host_directories)  # the one for logs
    for prefix, container in asked_containers(service):
        name, tool, shared = _name(service, container), _of_tool(service, container), Mounted()
        for index, one in enumerate(directories):
            path, target = one.path, one.mounted_at
            if not (isinstance(path, str) and isinstance(target, str) and one.is_seen_by(name)):
                continue
            by, _ = common.get(target) or tool.get(target) or shared.get(target) or ("", "")
            if by and index not in told:
                told.add(index)
                message = f"{by} mounts {target} already, {ONCE}; leave one of them out, or say mounted_at"
                yield service.at(("host_directories", index - unasked), message)
            shared.setdefault(target, (f"host_directories ({path})", path))
        yield from _volumes(service, prefix, container, common | shared | tool)


def seen(service: Subject) -> Iterator[Fault]:
    """A directory of the host is mounted by containers that there are."""
    names = {_name(service, container) for _, container in asked_containers(service)}
    for index, asked in enumerate(service.own.host_directories):
        at = ("host_directories", index)
        for key in asked.given(HostDirectoryAnswers.mounted_at, HostDirectoryAnswers.containers):
            if service.integration != "service":
                message = f"integration: {service.integration} has no container; leave it out: it is made"
                yield service.at((*at, key), message)
        for number, name in enumerate(asked.containers if service.integration == "service" else ()):
            if name not in names:
                message = unknown("container", name, sorted(names), f"of {service.name.kebab}")
                yield service.at((*at, "containers", number), message)
        if asked.mounted_at and asked.says(HostDirectoryAnswers.containers) and not asked.containers:
            message = "no container mounts it (containers: []); leave one of them out"
            yield service.at((*at, "mounted_at"), message)


def _name(service: Subject, container: AnyContainerAnswers) -> str:
    return container.name if isinstance(container, FurtherContainerAnswers) else service.name.snake


def of_stock(service: Subject) -> Iterator[Fault]:
    """Nor is anything given to a stock container where every container has something."""
    common = _common(service)
    environment = service.own.environment
    given: dict[Path, dict[str, Any]] = {("parameter_defaults",): environment.parameter_defaults}
    given |= {("role_parameters", role): values for role, values in environment.role_parameters.items()}
    for path, values in given.items():
        for name in (name for name in values if name.endswith(OPTIONAL_VOLUMES)):
            for index, volume in enumerate(values[name] if isinstance(values[name], list) else ()):
                for by in (common[target][0] for _, target in paths.binds(volume) if target in common):
                    message = f"{by} mounts this already, {ONCE}; leave it out"
                    yield service.at(("environment", *path, name, index), message)


def _common(service: Subject) -> Mounted:
    return {
        target: (f"{COMMON}{', with internal TLS,' if condition else ''}", "")
        for volume, condition in service.stock.shared_volumes.items()
        for _, target in paths.binds(volume)
    }


def _of_tool(service: Subject, container: AnyContainerAnswers) -> Mounted:
    """What a container mounts because of kolla, puppet, its config script and its kernel module."""
    further = container if isinstance(container, FurtherContainerAnswers) else None
    found: Mounted = {}
    if not further or through_kolla(further, service.stock):
        found[paths.KOLLA_CONFIG] = ("the kolla config of the container", "")
        if config_volume(service.name, service.own):
            found[paths.KOLLA_SOURCES] = ("puppet_config", "")
    if not further:
        module = kernel_module("", service.own)
        for script in scripts(service.name, service.own, module)[-1:]:
            found[f"/{script.name}"] = ("the launcher script", "")
        if module is not None:
            found[paths.KERNEL_MODULES] = ("kernel_module", paths.KERNEL_MODULES)
    return found


def _volumes(
    service: Subject, prefix: Path, container: AnyContainerAnswers, taken: Mounted
) -> Iterator[Fault]:
    taken_by: dict[str, str] = {}
    for place, volume in placed(container.volumes, (*prefix, "volumes")):
        for source, target in paths.binds(volume):
            by, again = taken.get(target, ("", ""))
            if by and paths.normal(source) != again:
                message = f"{by} mounts {target} already, {ONCE}; leave it out, or mount it at another path"
                yield service.at(place, message)
            elif target in taken_by and isinstance(volume, str):
                yield service.at(place, f"{taken_by[target]} is at {target} too, {ONCE}; keep one of them")
            if isinstance(volume, str):
                taken_by.setdefault(target, path_text(place[len(prefix) :]))


def owners(whole: Whole) -> Iterator[Fault]:
    """A directory of a node is made, and given away, for one service."""
    seen: dict[str, list[Subject]] = {}
    for service in whole.distinct:
        for index, path in as_far_as_known(_directories(service)):
            others = [one for one in seen.setdefault(path, []) if _meet(one, service)]
            if others:
                volume = f'container: {{volumes: ["{path}:{paths.in_container(path)}"]}}'
                message = (
                    f"{others[0]} makes {path} too, and each gives it to its own user; "
                    f"leave it out here, and mount it: {volume}"
                )
                yield service.at(("host_directories", index), message)
            seen[path].append(service)


def _directories(service: Subject) -> Iterator[tuple[int, str]]:
    for index, asked in enumerate(service.own.host_directories):
        if isinstance(asked.path, str):  # else nobody knows it yet
            yield index, paths.normal(asked.path)


def _meet(one: Subject, other: Subject) -> bool:
    """Whether a node may run both of two services."""
    return one is not other and (
        not one.own.roles or not other.own.roles or bool({*one.own.roles} & {*other.own.roles})
    )


OF_SERVICE: tuple[ServiceConstraint, ...] = (targets, seen, of_stock)
