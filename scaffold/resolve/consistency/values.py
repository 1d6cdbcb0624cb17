"""What a service says of parameters and options: passwords, references, names that Heat ignores."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.errors import Fault
from scaffold.resolve import elsewhere
from scaffold.resolve.confidential import MESSAGE, literals
from scaffold.resolve.consistency.references import dangling
from scaffold.resolve.consistency.subject import Subject
from scaffold.resolve.images import asked_images
from scaffold.tripleo.services import DEFAULT_PASSWORDS, DEPLOY_IDENTIFIER


def nothing_to_write(service: Subject) -> Iterator[Fault]:
    """What is no service is another mechanism of TripleO's."""
    if service.integration == "other":
        yield service.fault("integration", elsewhere.REFUSED)


def passwords(service: Subject) -> Iterator[Fault]:
    """Nothing confidential is spelt out."""
    for path in literals(service.own):
        yield service.at(path, MESSAGE)


def references(service: Subject) -> Iterator[Fault]:
    """What get_param and conditions name is declared."""
    for path, message in dangling(service.own, _declared(service)):
        yield service.at(path, message)


def _declared(service: Subject) -> set[str]:
    """The parameters that the template declares besides those of the answers."""
    declared = {f"{service.release.image_parameter_prefix}{service.name.camel}Image"}
    if service.release.default_passwords:
        declared.add(DEFAULT_PASSWORDS)
    if any(not container.get("detach", True) for container in service.own.get("containers", [])):
        declared.add(DEPLOY_IDENTIFIER)
    return declared


def backends(service: Subject) -> Iterator[Fault]:
    """A backend of cinder has a driver."""
    for name, options in service.own.get("cinder_backends", {}).items():
        if "volume_driver" not in options:
            yield service.at(("cinder_backends", name), "missing: volume_driver, the class of the driver")


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
