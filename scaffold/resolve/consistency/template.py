"""What a service template can hold: sections of role_data, puppet_config, further containers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scaffold.catalogue import stock
from scaffold.errors import Fault
from scaffold.fields.parts import CONTAINER, TASKS
from scaffold.fields.values import COMMAND
from scaffold.releases import role_data
from scaffold.resolve.consistency.subject import ServiceConstraint, Subject
from scaffold.resolve.containers import scripts, through_kolla
from scaffold.resolve.modules import kernel_module
from scaffold.resolve.puppet import config_image_parameter, config_parameters
from scaffold.tripleo.services import CONTAINER_SECTIONS, firewall_key, ruled
from scaffold.unknown import unknown

# answers that only a service template can hold
TEMPLATE_KEYS = (
    "wraps",
    "puppet_config",
    "conditions",
    "parameters",
    "config_settings",
    "service_config_settings",
    "firewall_rules",
    "host_directories",
    "metadata_settings",
    "host_prep_tasks",
)
OWN_SECTIONS = ("service_name", *CONTAINER_SECTIONS)


def none_of_a_swap(service: Subject) -> Iterator[Fault]:
    """An image swap has no template."""
    for key in (*TEMPLATE_KEYS, *TASKS) if service.integration == "image" else ():
        if service.own.get(key):
            message = "an image swap has no service template; leave it out, or integration: config"
            yield service.fault(key, message)


def sections(service: Subject) -> Iterator[Fault]:
    """role_data: what the release silently ignores, and what is written twice."""
    if service.integration == "image":
        return
    for key in TASKS:
        if service.own.get(key) and service.release.name not in role_data()[key].releases:
            message = f"{service.release.name} ignores this section of role_data; leave it out"
            yield service.fault(key, message)
    extra = service.own.get("extra", {})
    for key in {*extra.get("role_data", {})} & {*TEMPLATE_KEYS, *TASKS, *OWN_SECTIONS}:
        message = f"set {key} on the service; here it would be written twice"
        yield service.fault(f"extra.role_data.{key}", message)
    yield from _scripts(service, extra.get("role_data", {}))
    for key in {*extra.get("container", {})} & {"image", *CONTAINER.fields}:
        message = f"set {key} under container; here it would be written twice"
        yield service.fault(f"extra.container.{key}", message)


def _scripts(service: Subject, further: dict[str, Any]) -> Iterator[Fault]:
    """Config scripts besides that of the launcher have names of their own."""
    section = service.release.config_scripts.section
    if section not in further or service.integration != "service":
        return
    own = scripts(service.name, service.own, kernel_module("", service.own))
    if own and not isinstance(further[section], dict):
        yield service.fault(f"extra.role_data.{section}", "must be a map of scripts by their names")
    elif own:
        for name in {script.name for script in own} & further[section].keys():
            message = "the launcher writes a script of this name; choose another"
            yield service.at(("extra", "role_data", section, name), message)


def wraps(service: Subject) -> Iterator[Fault]:
    """A service that is added to is one of the release's."""
    asked = service.own.get("wraps") if service.integration != "image" else None
    if not asked:
        return
    release, name = service.release, asked["service"]
    if "template" not in asked and name not in service.stock.templates:
        yield service.fault("wraps", unknown("service", name, service.stock.templates, f"in {release.name}"))
    if service.own.get("firewall_rules") and release.firewall_rules_in == "config_settings":
        yield service.fault(
            "firewall_rules",
            f"{release.name} finds rules by the name of the stock service; "
            f"write them in config_settings, as {firewall_key('<its service_name>')}",
        )


def puppet(service: Subject) -> Iterator[Fault]:
    """puppet runs in an image that there is."""
    asked = service.own.get("puppet_config") if service.integration != "image" else None
    if not asked:
        return
    image = asked.get("config_image", "")
    volume = asked.get("config_volume", service.name.snake)
    parameter = config_image_parameter(service.release.image_parameter_prefix, volume)
    if image and "/" not in image and image not in service.stock.images:
        message = unknown("stock image", image, service.stock.images, f"in {service.release.name}")
        yield service.fault("puppet_config.config_image", message)
    elif not image and service.integration == "config" and parameter not in config_parameters(service.stock):
        message = "missing: config_image, for a config-only service has no image of its own"
        yield service.fault("puppet_config", message)
    elif image and "wraps" in service.own and "config_volume" not in asked:
        message = "missing: config_volume, for the image is that of all who write this volume"
        yield service.fault("puppet_config", message)


def firewall(service: Subject) -> Iterator[Fault]:
    """Hieradata with rules of the firewall is the service's own, and read."""
    release = service.release
    for key in service.own.get("config_settings", {}):
        of, wraps = ruled(key), "wraps" in service.own
        message = ""
        if of and release.firewall_rules_in != "config_settings":
            message = f"{release.name} does not read it; write the rules under firewall_rules"
        elif of == service.name.snake and service.own.get("firewall_rules"):
            message = "firewall_rules is written there; write all rules under that"
        elif of and of not in (service.name.snake, *stock(release.name).service_names) and not wraps:
            message = f"the rules of {of} are not those of this service; write them under its firewall_rules"
        if message:
            yield service.at(("config_settings", key), message)


def further(service: Subject) -> Iterator[Fault]:
    """A further container must have something to run."""
    containers = service.own.get("containers", []) if service.integration == "service" else []
    for index, container in enumerate(containers):
        key = f"containers.{index}"
        command = container.get("command")
        if "kolla" in container and not isinstance(command, str | dict):
            yield service.fault(f"{key}.kolla", "kolla starts one command; write command as one text")
        elif not command and "image" not in container:
            yield service.fault(
                key,
                "without command kolla_start exits and the container restarts in a loop; "
                "give command, or an image that has one of its own",
            )
        elif isinstance(command, str) and through_kolla(container) and (problem := COMMAND.problem(command)):
            yield service.fault(f"{key}.command", problem)


OF_SERVICE: tuple[ServiceConstraint, ...] = (none_of_a_swap, sections, wraps, puppet, firewall, further)
