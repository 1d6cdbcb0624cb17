"""What is legal in the answers, and probably not meant; what the operator's cloud has to agree with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scaffold import catalogue
from scaffold.model import Service, VendorRepo
from scaffold.releases import cloud
from scaffold.tripleo.containers import ON_ONE_NODE
from scaffold.tripleo.services import DISABLED, REGISTRY
from scaffold.unknown import unknown


def notes(repo: VendorRepo) -> Iterator[str]:
    """Yield a note for everything of REPO that its author should know and no file of it shows."""
    yield from unusual([*(role for service in repo.services for role in service.roles), *_told(repo)])
    for service in repo.services:
        yield from _wrapped(service)
        yield from _puppet(repo, service)
        yield from _on_every_node(service)
    yield from _missing(repo)
    yield from _disabled(repo)
    yield from needless(repo)
    for one in repo.companions:
        yield f"the deployment needs -e {one.file} too: {one.why.replace('`', '')}"


def _told(repo: VendorRepo) -> Iterator[str]:
    """The roles that have parameters of their own."""
    for name, value in repo.environment.parameter_defaults.items():
        if name.endswith("Parameters") and isinstance(value, dict):
            yield name.removesuffix("Parameters")


def needless(repo: VendorRepo) -> Iterator[str]:
    """Yield a note for each parameter that the environment file of REPO sets to its own default."""
    for service in repo.services:
        declared = service.template.parameters if service.template else {}
        for name, value in repo.environment.parameter_defaults.items():
            if "default" in declared.get(name, {}) and declared[name]["default"] == value:
                yield (
                    f"the environment file sets {name} to its default, over what an earlier file of the "
                    "operator's says: leave it out of environment.parameter_defaults"
                )


def unusual(roles: Iterable[str]) -> Iterator[str]:
    """Yield a note for each of ROLES that no roles file of TripleO has."""
    for role in own_roles(roles):
        yield unknown("role", role, catalogue.roles(), "in any roles file of TripleO")


def own_roles(roles: Iterable[str]) -> list[str]:
    """Those of ROLES that are the operator's own: no roles file of TripleO has them."""
    return [role for role in dict.fromkeys(roles) if role not in catalogue.roles()]


def _missing(repo: VendorRepo) -> Iterator[str]:
    """What containers mount, and nobody makes."""
    for one in repo.host_paths:
        yield (
            f"{', '.join(one.mounted_by)} mounts {one.path}, which neither this repository nor TripleO makes"
            f"{' on ' + ', '.join(one.roles) if one.roles else ''}: name it in "
            "host_directories, or make it in host_prep_tasks, or the hosts must have it (README.md)"
        )


def _disabled(repo: VendorRepo) -> Iterator[str]:
    """What is off under the one name that a role has for it, and on under the other."""
    registered = repo.environment.resource_registry
    off = {name.removeprefix(REGISTRY) for name, one in registered.items() if one == DISABLED}
    for role in dict.fromkeys(role for service in repo.services for role in service.roles):
        for name in sorted(off):
            other = cloud.variant(repo.release.name, role, name)
            if other and other not in off:
                missing = f"disabled_services: [{REGISTRY}{other}]"
                yield f"{name} is off, and {role} still runs it as {other}: {missing}"


def _wrapped(service: Service) -> Iterator[str]:
    """Which of two templates is wrapped."""
    wraps = service.wraps
    if not wraps or not wraps.pacemaker:
        return
    if wraps.path == wraps.pacemaker:
        other, kind, without = wraps.plain[0], "with pacemaker", "without"
    else:
        other, kind, without = wraps.pacemaker, "without pacemaker", "with it"
    yield (
        f"{service.name.kebab} wraps {wraps.path}, the {wraps.service} of a cloud {kind}; "
        f"for one {without}: wraps: {{service: {wraps.service}, template: {other}}}"
    )


def _puppet(repo: VendorRepo, service: Service) -> Iterator[str]:
    """Modules of puppet that the image alone would have."""
    modules = service.puppet.modules if service.puppet else []
    if modules:
        names = ", ".join(modules)
        yield (
            f"{service.name.kebab}: no node has the puppet module {names} by itself, and puppet does not see "
            "/usr/share/openstack-puppet/modules of the image; README.md says where it may lie"
        )


def _on_every_node(service: Service) -> Iterator[str]:
    """One-shots of several nodes that change what they share."""
    for container in service.containers:
        if not container.detach and ON_ONE_NODE not in str(container.command) + str(container.kolla_command):
            yield (
                f"the one-shot {container.name} runs on each node of {', '.join(service.roles)}; for what "
                f"may run only once: command: {ON_ONE_NODE} {service.name.snake} COMMAND, and user: root"
            )
