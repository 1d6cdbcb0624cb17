"""What a service says of parameters and options: passwords, references, names that Heat ignores."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.errors import Fault
from scaffold.resolve import elsewhere
from scaffold.resolve.backends import SECRETS
from scaffold.resolve.confidential import literals, way_out
from scaffold.resolve.consistency.references import dangling
from scaffold.resolve.consistency.subject import Subject
from scaffold.resolve.images import asked_images
from scaffold.resolve.parameters import of_images, standard
from scaffold.resolve.puppet import config_parameters
from scaffold.resolve.sections import firewall_hiera


def nothing_to_write(service: Subject) -> Iterator[Fault]:
    """What is no service is another mechanism of TripleO's."""
    if service.integration == "other":
        yield service.fault("integration", elsewhere.REFUSED)


def passwords(service: Subject) -> Iterator[Fault]:
    """Nothing confidential is spelt out."""
    for path in literals(service.own):
        yield service.at(path, way_out(path))


def references(service: Subject) -> Iterator[Fault]:
    """What get_param and conditions name is declared."""
    for path, message in dangling(service.own, _declared(service)):
        yield service.at(path, message)


def declared(service: Subject) -> Iterator[Fault]:
    """What the template declares and writes by itself is not there a second time."""
    if service.integration == "image":
        return  # it has no template
    # the image of a stock config volume may be declared: some templates had to do that
    known = _declared(service) - config_parameters(service.stock)
    for name in service.own.get("parameters", {}):
        if name in known:
            message = "the template declares this parameter already; leave it out"
            yield service.at(("parameters", name), message)
    key = firewall_hiera(service.release, service.name)
    if service.own.get("firewall_rules") and key in service.own.get("config_settings", {}):
        message = f"firewall_rules is written there in {service.release.name}; put these rules under it too"
        yield service.at(("config_settings", key), message)


def _declared(service: Subject) -> set[str]:
    """The parameters that the template declares besides those of the answers."""
    release, own = service.release, service.own
    return {*standard(release, own), *of_images(release, service.name, own)}


def backends(service: Subject) -> Iterator[Fault]:
    """A backend of cinder has a driver; the options that it calls secrets are names, without a value."""
    for name, options in service.own.get("cinder_backends", {}).items():
        if "volume_driver" not in options:
            yield service.at(("cinder_backends", name), "missing: volume_driver, the class of the driver")
        for option, value in options.items():
            path = ("cinder_backends", name, option)
            if option == SECRETS and not isinstance(value, list):
                yield service.at(path, f"must be a list of the names of options, like [{value}]")
            elif option != SECRETS and isinstance(value, list):
                yield service.at(path, "must be a single value, not a list")
            elif option == SECRETS:
                for index, secret in enumerate(value):
                    if secret in options:
                        message = f"{secret} has a value here: leave one of the two out"
                        yield service.at((*path, index), message)


def parameters(service: Subject) -> Iterator[Fault]:
    """Heat ignores a parameter that no template declares, without a word."""
    own = service.release.image_parameter_prefix
    other = "Docker" if own == "Container" else "Container"
    prepares = any(image["build"] == "prepare" for _, image in asked_images(service.own))
    for name in service.own.get("environment", {}).get("parameter_defaults", {}):
        path = ("environment", "parameter_defaults", name)
        if name == "ContainerImagePrepare" and prepares:
            yield service.at(path, "build: prepare writes this list; leave it out")
        if re.fullmatch(rf"{other}[A-Z]\w*Image", name):
            right = own + name.removeprefix(other)
            message = f"{service.release.name} ignores this image parameter of other releases; write {right}"
            yield service.at(path, message)
