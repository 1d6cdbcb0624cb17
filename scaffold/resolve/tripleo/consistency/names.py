"""Sections of all services of a role are merged deeply: a name used twice mixes two services."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.answers.partial import as_far_as_known
from scaffold.catalogue import stock
from scaffold.errors import Fault
from scaffold.resolve.consistency.subject import Path, Subject, Whole
from scaffold.resolve.tripleo.parameters import image_parameter, is_reference
from scaffold.tripleo.services import REGISTRY


def shared(whole: Whole) -> Iterator[Fault]:
    """No name may stand for two things in one repository."""
    seen = {("container", service.name.snake): service for service in whole.distinct}
    for service in whole.services:
        for kind, name, path in as_far_as_known(_own(service)):
            other = seen.setdefault((kind, name), service)
            if other is not service:
                message = f"services[{other.index}] has the {kind} {name} too; each needs its own"
                yield service.at(path, message)
                if kind == "service":
                    break  # all that follows from one name is one fault


def _own(service: Subject) -> Iterator[tuple[str, str, Path]]:
    yield "service", service.name.camel, ("service_name",)
    launcher = service.own.launcher_script
    if launcher is not None:
        yield "config script", launcher.name, ("launcher_script", "name")
    for index, container in enumerate(service.own.containers):
        yield "container", container.name, ("containers", index, "name")
    for parameter, path in _image_parameters(service):
        yield "image parameter", parameter, path
    if service.module is not None and service.module.loader == "separate":
        yield "container", f"{service.name.snake}_loader", ("kernel_module",)
    for rule in service.own.firewall_rules:
        yield "firewall rule", rule, ("firewall_rules", rule)


def _image_parameters(service: Subject) -> Iterator[tuple[str, Path]]:
    """The image parameters that the answers name by a service or container, and where."""
    if service.integration == "service":
        yield image_parameter(service.release, service.name), ("service_name",)
        for index, container in enumerate(service.own.containers):
            if is_reference(container.image):
                parameter = image_parameter(service.release, service.name, container.name)
                yield parameter, ("containers", index, "name")


def taken(service: Subject) -> Iterator[Fault]:
    """No name may be one of the release's own."""
    if not service.templated:
        return
    name, release, known = service.name, service.release.name, service.stock.taken
    if name.camel in known.services:
        yield service.fault(
            "service_name",
            f"{release} has a service {REGISTRY}{name.camel}; choose another name",
        )
    elif name.snake in known.containers or f"{name.snake}.json" in known.kolla_files:
        yield service.fault("service_name", f"{release} has a container {name.snake}; choose another name")
    script = service.own.launcher_script.name if service.own.launcher_script else ""
    if script in known.config_scripts:
        yield service.fault(
            "launcher_script.name", f"{release} has a config script {script}; choose another name"
        )
    if not service.own.wraps:  # whose rules may be those that it changes
        for rule in filter(known.firewall_rules.__contains__, service.own.firewall_rules):
            message = f"{release} has a firewall rule {rule}; choose another name"
            yield service.at(("firewall_rules", rule), message)
    names = {name.snake, f"{name.snake}_loader"}
    for index, container in enumerate(service.own.containers):
        key = f"containers.{index}.name"
        if container.name in known.containers:
            yield service.fault(key, f"{release} has a container {container.name}; choose another name")
        elif container.name in names:
            yield service.fault(key, "another container of this service has this name")
        names.add(container.name)
    known_parameters = set(stock(release).image_parameters)
    for parameter, path in _image_parameters(service):
        if path[0] == "containers" and parameter in known_parameters:
            yield service.at(path, f"{parameter}, of its image, names another already; choose another name")
        known_parameters.add(parameter)
