"""What <Role>Parameters say: Heat hands them to every template, and most templates never look."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.errors import Fault
from scaffold.fields.parts import EnvironmentAnswers
from scaffold.resolve.consistency.subject import Path, ServiceConstraint, Subject

IMAGE = re.compile(r"(Docker|Container)[A-Z]\w*Image")
GLOBAL = "17.0"  # its templates read the images of the vendor by role, and not yet those of the release


def read_by_role(service: Subject) -> Iterator[Fault]:
    """A parameter of a role is one that is read by role."""
    specific, alike = _own(service)
    for path, role, name in _said(service.own.environment):
        if name in specific:
            continue
        if name in alike:
            message = f"{name} is read for all roles alike; declare it with role_specific: true"
            yield service.at(path, message)
        elif IMAGE.fullmatch(name) and not _images_by_role(service):
            message = (
                f"{service.whole.asked_release} reads {name} for all roles alike, and ignores {role}'s; "
                "set it in environment.parameter_defaults, or run a service of your own on that role"
            )
            yield service.at(path, message)


def _images_by_role(service: Subject) -> bool:
    return service.release.tripleo.role_specific_images and service.whole.asked_release != GLOBAL


def _own(service: Subject) -> tuple[set[str], set[str]]:
    """The parameters of the repository that are read by role, and those that are not."""
    specific: set[str] = set()
    alike: set[str] = set()
    for each in service.whole.distinct:
        for name, definition in each.own.parameters.items():
            (specific if definition.role_specific else alike).add(name)
        if each.integration == "service" and service.release.tripleo.role_specific_images:
            specific.add(f"{service.release.tripleo.image_parameter_prefix}{each.name.camel}Image")
    return specific, alike - specific


def _said(environment: EnvironmentAnswers) -> Iterator[tuple[Path, str, str]]:
    """Where a parameter of a role is set, of which role, and its name."""
    for role, values in environment.role_parameters.items():
        for name in values:
            yield ("environment", "role_parameters", role, name), role, name
    for key, values in environment.parameter_defaults.items():
        if key.endswith("Parameters") and isinstance(values, dict):
            for name in values:
                yield ("environment", "parameter_defaults", key, name), key.removesuffix("Parameters"), name


OF_SERVICE: tuple[ServiceConstraint, ...] = (read_by_role,)
