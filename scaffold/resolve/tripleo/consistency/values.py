"""What a service says of parameters and options: passwords, references, names that Heat ignores."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scaffold.catalogue import stock
from scaffold.errors import Fault
from scaffold.fields import RepositoryAnswers
from scaffold.releases import cloud
from scaffold.resolve.consistency.subject import Path, Subject, Whole
from scaffold.resolve.images import asked_images
from scaffold.resolve.tripleo import elsewhere
from scaffold.resolve.tripleo.backends import SECRETS, every
from scaffold.resolve.tripleo.confidential import literals, way_out
from scaffold.resolve.tripleo.consistency.references import dangling
from scaffold.resolve.tripleo.environment import KERNEL
from scaffold.resolve.tripleo.parameters import image_parameter, named_otherwise, names_of_images, standard
from scaffold.resolve.tripleo.puppet import config_parameters


def nothing_to_write(service: Subject) -> Iterator[Fault]:
    """What is no service is another mechanism of TripleO's."""
    if service.integration == "other":
        yield service.fault("integration", elsewhere.REFUSED)


def told(whole: Whole) -> Iterator[Fault]:
    """Nothing confidential is spelt out in what is said of the whole repository."""
    for path in literals(RepositoryAnswers(_without_services(whole))):
        yield whole.fault(path, way_out(path))


def _without_services(whole: Whole) -> dict[str, Any]:
    return {key: one for key, one in whole.asked.plain.items() if key != "services"}


def passwords(service: Subject) -> Iterator[Fault]:
    """Nothing confidential is spelt out."""
    for path in literals(service.own):
        yield service.at(path, way_out(path))


def references(service: Subject) -> Iterator[Fault]:
    """What get_param and conditions name is declared."""
    for path, message in dangling(service.own, _declared(service)):
        yield service.at(path, message)


def declared(service: Subject) -> Iterator[Fault]:
    """No parameter is declared twice."""
    if not service.templated:
        return  # it has no template
    # the image of a stock config volume may be declared: some templates had to do that
    known = _declared(service) - config_parameters(service.stock)
    for name in service.own.parameters:
        if name in known:
            message = "the template declares it already; leave it out"
            yield service.at(("parameters", name), message)


def _declared(service: Subject) -> set[str]:
    """The parameters that the template declares besides those of the answers."""
    release, own = service.release, service.own
    services = (one for one in service.whole.distinct if one.integration == "service")
    known = stock(release.name).image_parameters | {image_parameter(release, one.name) for one in services}
    by_name = known & {*named_otherwise(release, own)}
    return {*standard(release, own), *names_of_images(release, service.name, own), *by_name}


def backends(service: Subject) -> Iterator[Fault]:
    """A backend has a driver; the options that it calls secrets are names, without a value."""
    if service.own.manila_backends and not cloud.enables_manila_backends(service.release.name):
        message = f"manila of {service.release.name} runs none but its own backends; leave it out"
        yield service.fault("manila_backends", message)
    for answer, of, found in every(service.own):
        for name, options in found.items():
            for needed, what in of.needs.items():
                if needed not in options:
                    yield service.at((answer, name), f"missing: {needed}, {what}")
            for option, value in options.items():
                yield from _option(service, (answer, name, option), value, options)


def _option(service: Subject, path: Path, value: Any, options: dict[str, Any]) -> Iterator[Fault]:
    secrets = path[-1] == SECRETS
    if secrets and not isinstance(value, list):
        yield service.at(path, f"must be a list of the names of options, like [{value}]")
    elif not secrets and isinstance(value, list):
        yield service.at(path, "must be a single value, not a list")
    elif secrets:
        for index, secret in enumerate(value):
            if secret in options:
                yield service.at((*path, index), f"{secret} has a value here: leave one of the two out")


def parameters(service: Subject) -> Iterator[Fault]:
    """Heat ignores a parameter that no template declares, silently."""
    environment = service.own.environment
    roles = environment.role_parameters
    prepares = any(image.build == "prepare" for _, image in asked_images(service.own))
    for name in environment.parameter_defaults:
        if name == "ContainerImagePrepare" and prepares:
            path = ("environment", "parameter_defaults", name)
            yield service.at(path, "build: prepare writes this list; leave it out")
        yield from _ignored(service, ("environment", "parameter_defaults", name))
    for role, names in roles.items():
        for name in names:
            yield from _ignored(service, ("environment", "role_parameters", role, name))


def _ignored(service: Subject, path: tuple[str, ...]) -> Iterator[Fault]:
    """An image parameter with the prefix of other releases, unless there is one."""
    name, own = path[-1], service.release.tripleo.image_parameter_prefix
    other = "Docker" if own == "Container" else "Container"
    known = stock(service.release.name).image_parameters
    if re.fullmatch(rf"{other}[A-Z]\w*Image", name) and name not in known | service.whole.parameters:
        right = own + name.removeprefix(other)
        message = f"{service.release.name} ignores this image parameter of other releases; write {right}"
        yield service.at(path, message)


def maps(service: Subject) -> Iterator[Fault]:
    """What this repository may add to is a map: kernel modules and packages, what a role has of its own."""
    environment = service.own.environment
    defaults = environment.parameter_defaults
    wanted = {f"{role}{of}" for role in service.whole.roles for of in ("Parameters", "ExtraConfig")}
    found: list[tuple[Path, Any]] = [
        (("parameter_defaults", name), one) for name, one in defaults.items() if name in wanted
    ]
    inner: list[tuple[Path, Any]] = [(("parameter_defaults",), defaults), *found]
    inner += [(("role_parameters", role), one) for role, one in environment.role_parameters.items()]
    for path, values in inner:
        if isinstance(values, dict):
            found += [((*path, name), one) for name, one in values.items() if name in KERNEL]
    for path, value in found:
        if not isinstance(value, dict):
            entry = "NAME: {}" if path[-1] in KERNEL else "NAME: VALUE"
            yield service.at(("environment", *path), f"must be a map, like {{{entry}}}")
