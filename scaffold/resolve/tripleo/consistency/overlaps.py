"""What two services of one repository set differently: the later would win silently."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scaffold.answers.partial import as_far_as_known
from scaffold.errors import Fault
from scaffold.fields import ServiceAnswers
from scaffold.resolve.consistency.subject import Path, Subject, Whole
from scaffold.resolve.tripleo import backends
from scaffold.resolve.tripleo.bases import in_place
from scaffold.tripleo.services import DISABLED, REGISTRY

Setting = tuple[tuple[str, ...], Path, Any]  # what is set, where the answers do so, and to what

# several services may add to these; they are joined
JOINED = {
    "ExtraKernelModules",
    "ExtraKernelPackages",
    *backends.JOINED,
}


def overlaps(whole: Whole) -> Iterator[Fault]:
    """Yield a fault for everything that two services set to different values, naming both."""
    seen: dict[tuple[str, ...], tuple[Subject, Any]] = {}
    for service in whole.distinct:
        told: set[Path] = set()
        for what, path, value in as_far_as_known(_settings(service.own)):
            other, known = seen.setdefault(what, (service, value))
            if other is service or known == value or path in told:
                continue
            told.add(path)
            yield service.at(
                path,
                f"{other} sets {' of '.join(reversed(what))} to another value, and only one can hold; "
                "set it in one of them",
            )


def hidden(whole: Whole) -> Iterator[Fault]:
    """Yield a fault for hieradata of a service that an ExtraConfig of its roles hides, map or not.

    Hiera takes the first it finds, and <role>_extraconfig comes before service_configs
    (puppet/role.role.j2.yaml of tripleo-heat-templates, all releases).
    """
    found: dict[tuple[str, str], Subject] = {}
    for service in whole.distinct:
        for what, *_ in as_far_as_known(_settings(service.own)):
            if len(what) > 1:
                found.setdefault((what[0], what[1]), service)
    for service in whole.distinct:
        for key in as_far_as_known(_hieradata(service)):
            by = (found.get((f"{role}ExtraConfig", key)) for role in service.own.roles)
            if other := next(filter(None, by), None):
                message = (
                    f"{other} sets {key} in the environment file, and hiera takes only that; "
                    "set all of it in one place"
                )
                yield service.at(("config_settings", key), message)


def _hieradata(service: Subject) -> Iterator[str]:
    yield from service.own.config_settings if service.own.roles else ()


def registered(service: Subject) -> Iterator[Fault]:
    """What a service registers twice: as itself, or as disabled, and by its registry."""
    environment, wraps = service.own.environment, in_place(service.own.wraps)
    names = (service.name.camel, wraps.service if wraps else None)
    for name in environment.resource_registry:
        path = ("environment", "resource_registry", name)
        if name.removeprefix(REGISTRY) in names:
            yield service.at(path, "this service is registered under that name already; leave it out")
        elif name in environment.disabled_services:
            yield service.at(path, "disabled_services has it too; leave one of them out")


def of_one_role(service: Subject) -> Iterator[Fault]:
    """Hieradata that a service sets for its roles, and for one of them to another value."""
    said = service.own.environment
    for role, hieradata in said.role_extra_config.items():
        for key in hieradata if role in service.own.roles else ():
            if said.extra_config.get(key, hieradata[key]) != hieradata[key]:
                message = f"extra_config sets it for {role} too; leave one of the two out"
                yield service.at(("environment", "role_extra_config", role, key), message)


def _settings(service: ServiceAnswers) -> Iterator[Setting]:
    environment, roles = service.environment, service.roles
    for name, value in environment.parameter_defaults.items():
        yield from _setting((name,), ("environment", "parameter_defaults", name), value)
    for role, values in environment.role_parameters.items():
        for name, value in values.items():
            path = ("environment", "role_parameters", role, name)
            yield from _setting((f"{role}Parameters", name), path, value)
    for key, value in environment.extra_config.items():
        for role in roles:
            yield from _setting((f"{role}ExtraConfig", key), ("environment", "extra_config", key), value)
    for key, value in environment.global_extra_config.items():
        yield from _setting(("ExtraConfig", key), ("environment", "global_extra_config", key), value)
    for role, hieradata in environment.role_extra_config.items():
        for key, value in hieradata.items():
            path = ("environment", "role_extra_config", role, key)
            yield from _setting((f"{role}ExtraConfig", key), path, value)
    for answer, of, found in backends.every(service):
        for name, role in ((name, role) for name in found for role in roles):
            options = backends.options(found[name]).items()
            config = {f"{name}/{option}": {"value": value} for option, value in options}
            yield from _setting((f"{role}ExtraConfig", of.config), (answer, name), config)
    for name, registered in environment.resource_registry.items():
        yield (name,), ("environment", "resource_registry", name), registered
    for name in environment.disabled_services:
        yield (name,), ("environment", "disabled_services"), DISABLED
    wraps = in_place(service.wraps)
    if wraps and wraps.service:
        yield (REGISTRY + wraps.service,), ("wraps",), service.service_name


def _setting(what: tuple[str, ...], path: Path, value: Any) -> Iterator[Setting]:
    """One setting; or each entry of a map that is joined, and nothing of a list that is."""
    if what[-1] not in JOINED:
        yield what, path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield (*what, key), path, item
