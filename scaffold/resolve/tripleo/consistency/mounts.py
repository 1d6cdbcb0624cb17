"""What containers mount: one thing at each place, and one owner of each directory of the host."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scaffold.answers import path_text
from scaffold.answers.partial import as_far_as_known
from scaffold.errors import Fault
from scaffold.fields.container_parts import AnyContainerAnswers, FurtherContainerAnswers
from scaffold.resolve.consistency.subject import Path, ServiceConstraint, Subject, Whole
from scaffold.resolve.modules import kernel_module
from scaffold.resolve.tripleo.consistency.running import asked_containers
from scaffold.resolve.tripleo.containers import host_directories, scripts, through_kolla
from scaffold.resolve.tripleo.puppet import config_volume
from scaffold.tripleo import paths
from scaffold.tripleo.heat import placed
from scaffold.tripleo.services import COMMON, OPTIONAL_VOLUMES

ONCE = "and a container with two volumes at one path does not start"
# path in the container -> what mounts it, and the source that a volume of the answers may name again
Mounted = dict[str, tuple[str, str]]


def targets(service: Subject) -> Iterator[Fault]:
    """Nothing is mounted where a container has something already."""
    if service.integration != "service":
        return
    common = _common(service)
    tool = {path: by for _, one in asked_containers(service) for path, by in _of_tool(service, one).items()}
    shared: Mounted = {}
    directories = host_directories(service.name, service.own)
    unasked = len(directories) - len(service.own.host_directories)  # the one for logs
    for index, path in enumerate(directories):
        target = paths.in_container(path)
        by, _ = common.get(target) or tool.get(target) or shared.get(target) or ("", "")
        if by:
            place = ("host_directories", index - unasked)
            yield service.at(place, f"{by} mounts {target} already, {ONCE}; leave one of them out")
        shared.setdefault(target, (f"host_directories ({path})", path))
    for prefix, container in asked_containers(service):
        yield from _volumes(service, prefix, container, common | shared | _of_tool(service, container))


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
    seen: dict[str, str] = {}
    for place, volume in placed(container.volumes, (*prefix, "volumes")):
        for source, target in paths.binds(volume):
            by, again = taken.get(target, ("", ""))
            if by and paths.normal(source) != again:
                message = f"{by} mounts {target} already, {ONCE}; leave it out, or mount it at another path"
                yield service.at(place, message)
            elif target in seen and isinstance(volume, str):
                yield service.at(place, f"{seen[target]} is at {target} too, {ONCE}; keep one of them")
            if isinstance(volume, str):
                seen.setdefault(target, path_text(place[len(prefix) :]))


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
    asked = service.own.host_directories
    yield from ((index, paths.normal(path)) for index, path in enumerate(asked))


def _meet(one: Subject, other: Subject) -> bool:
    """Whether a node may run both of two services."""
    return one is not other and (
        not one.own.roles or not other.own.roles or bool({*one.own.roles} & {*other.own.roles})
    )


OF_SERVICE: tuple[ServiceConstraint, ...] = (targets, of_stock)
