"""The environment files of the release that a repository builds on: the deployment wants them too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from scaffold.catalogue import Catalogue
from scaffold.environments import Environment
from scaffold.fields import ServiceAnswers
from scaffold.model import Service
from scaffold.releases import cloud
from scaffold.resolve.tripleo import backends
from scaffold.tripleo.services import REGISTRY

DRIVERS = "NeutronMechanismDrivers"
HIERA_DRIVERS = "neutron::plugins::ml2::mechanism_drivers"
UNDERCLOUD = "Undercloud"  # what the names of its own services begin with


def companions(
    release: str,
    environment: Environment,
    services: Sequence[Service],
    asked: Sequence[ServiceAnswers],
    stock: Catalogue,
) -> list[cloud.Needed]:
    """What the repository of SERVICES, resolved from the answers ASKED, needs in RELEASE."""
    found = []
    for one in cloud.companions(release):
        reasons = [
            *_of_parameters(one, environment),
            *_of_drivers(one, environment, asked),
            *_of_services(one, services, stock),
            *_of_backends(one, asked),
        ]
        if reasons:
            roles = list(dict.fromkeys(role for role, _ in reasons if role))
            every = [_registered(name) for name in one.registers]
            names = [name.replace("*", role) for name in every for role in roles or [""]]
            held = [_registered(name) for name in one.held]
            first, *others = one.files
            found.append(cloud.Needed(first, others, names, held, roles, reasons[0][1]))
    known = {file for one in found for file in (one.file, *one.others)}
    for service, answers in zip(services, asked, strict=True):
        for file in answers.environment.files:
            if file not in known:
                known.add(file)
                found.append(cloud.Needed(file, [], [], [], [], f"`{service.name.kebab}` is made for it"))
    return found


def _registered(name: str) -> str:
    """The name that the registry has for a service; of what is none, its own."""
    return name if ":" in name else f"{REGISTRY}{name}"


def _of_parameters(one: cloud.Companion, environment: Environment) -> Iterator[tuple[str, str]]:
    """The roles whose parameters do nothing without ONE, and why."""
    for name, value in environment.parameter_defaults.items():
        role = name.removesuffix("Parameters")
        if isinstance(value, dict) and role != name:
            for key in value:
                if key in one.parameters:
                    yield role, f"`{key}` of `{name}` has no effect without it"


def _of_drivers(
    one: cloud.Companion, environment: Environment, asked: Sequence[ServiceAnswers]
) -> Iterator[tuple[str, str]]:
    """Why the mechanism drivers of ML2 that the repository chooses need ONE."""
    chosen = [environment.parameter_defaults.get(DRIVERS)]
    for answers in asked:
        hiera = (answers.config_settings, answers.environment.extra_config)
        chosen += [settings.get(HIERA_DRIVERS) for settings in hiera]
    for driver in dict.fromkeys(name for value in chosen for name in listed(value)):
        if driver in one.drivers:
            yield "", f"the mechanism driver `{driver}` has no agent without it"


def listed(value: Any) -> list[str]:
    """Return the entries of a list, which a comma may part."""
    if isinstance(value, str):
        return [item.strip() for item in value.split(",")]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _of_backends(one: cloud.Companion, asked: Iterable[ServiceAnswers]) -> Iterator[tuple[str, str]]:
    """Why the stock service that has backends needs ONE: it is off without it."""
    for answers in asked:
        for _, of, found in backends.every(answers):
            if of.service in one.services:
                yield "", f"`{of.service}`, which runs `{next(iter(found))}`, is off without it"


def _of_services(
    one: cloud.Companion, services: Iterable[Service], stock: Catalogue
) -> Iterator[tuple[str, str]]:
    """Why services that the release has off need ONE: one is wrapped, or its image is swapped."""
    for service in services:
        if service.wraps and service.wraps.service in one.services:
            yield "", f"`{service.wraps.service}`, which `{service.name.kebab}` wraps, is off without it"
        for image in service.images if service.integration == "image" else ():
            known = stock.images.get(image.base_name)
            runs = [name for name in known.services if not name.startswith(UNDERCLOUD)] if known else []
            if runs and one.services.issuperset(runs):
                yield "", f"`{runs[0]}`, which runs the image `{image.base_name}`, is off without it"
