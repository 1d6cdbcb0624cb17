"""What a service template can hold: sections of role_data, puppet_config, further containers."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from scaffold.catalogue import Catalogue
from scaffold.errors import Fault
from scaffold.fields.parts import TASKS
from scaffold.fields.values import COMMAND
from scaffold.model import ServiceName
from scaffold.releases import Release, role_data
from scaffold.resolve.containers import PLAIN, through_kolla
from scaffold.resolve.puppet import config_image_parameter, config_parameters

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
OWN_SECTIONS = ("service_name", "kolla_config", "docker_config")
OWN_KEYS = ("image", "net", "privileged", "volumes", "cap_add", "restart")


def template_rules(
    fault: Any, service: dict[str, Any], integration: str, release: Release, stock: Catalogue
) -> Iterator[Fault]:
    """Yield the faults of what the service template is made of; FAULT makes one of key and message."""
    if integration == "image":
        for key in (*TEMPLATE_KEYS, *TASKS):
            if service.get(key):
                yield fault(
                    key, "an image swap has no service template; leave it out, or integration: config"
                )
        return
    yield from _sections(fault, service, release)
    yield from _wraps(fault, service, release, stock)
    yield from _puppet(fault, service, integration, release, stock)
    if integration == "service":
        yield from _further(fault, service)


def declared(service: dict[str, Any], release: Release) -> set[str]:
    """The parameters that the template declares besides those of the answers."""
    prefix = release.image_parameter_prefix
    declared = {f"{prefix}{ServiceName.of(service['service_name']).camel}Image"}
    if release.default_passwords:
        declared.add("DefaultPasswords")
    if any(not container.get("detach", True) for container in service.get("containers", [])):
        declared.add("DeployIdentifier")
    return declared


def _sections(fault: Any, service: dict[str, Any], release: Release) -> Iterator[Fault]:
    """role_data: what the release drops without a word, and what is written twice."""
    known = role_data()
    for key in TASKS:
        if service.get(key) and release.name not in known[key].releases:
            yield fault(key, f"{release.name} ignores this section of role_data; leave it out")
    extra = service.get("extra", {})
    for key in set(extra.get("role_data", {})) & {*TEMPLATE_KEYS, *TASKS, *OWN_SECTIONS}:
        yield fault(f"extra.role_data.{key}", f"write it as {key} of the service, or it would be there twice")
    for key in set(extra.get("container", {})) & {*PLAIN, *OWN_KEYS}:
        yield fault(f"extra.container.{key}", f"write it as {key} of container, or it would be there twice")


def _wraps(fault: Any, service: dict[str, Any], release: Release, stock: Catalogue) -> Iterator[Fault]:
    wraps = service.get("wraps", {})
    if wraps and "template" not in wraps and wraps["service"] not in stock.templates:
        near = difflib.get_close_matches(wraps["service"], stock.templates, n=3)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        yield fault("wraps", f"{release.name} has no template of a service {wraps['service']}{hint}")
    if wraps and service.get("firewall_rules") and release.firewall_rules_in == "config_settings":
        yield fault(
            "firewall_rules",
            f"{release.name} finds rules by the name of the stock service; "
            "write them in config_settings, as tripleo.<its service_name>.firewall_rules",
        )


def _puppet(
    fault: Any, service: dict[str, Any], integration: str, release: Release, stock: Catalogue
) -> Iterator[Fault]:
    asked = service.get("puppet_config")
    if not asked:
        return
    image = asked.get("config_image", "")
    volume = asked.get("config_volume", ServiceName.of(service["service_name"]).snake)
    parameter = config_image_parameter(release.image_parameter_prefix, volume)
    if image and "/" not in image and image not in stock.images:
        yield fault("puppet_config.config_image", f"{release.name} has no stock image {image}")
    elif not image and integration == "config" and parameter not in config_parameters(stock):
        yield fault(
            "puppet_config", "missing: config_image, for a config-only service has no image of its own"
        )


def _further(fault: Any, service: dict[str, Any]) -> Iterator[Fault]:
    """A further container must have something to run."""
    for index, container in enumerate(service.get("containers", [])):
        key = f"containers.{index}"
        command = container.get("command")
        if "kolla" in container and not isinstance(command, str):
            yield fault(f"{key}.kolla", "kolla starts one command; write command as one text")
        elif not command and "image" not in container:
            yield fault(
                key,
                "without command kolla_start finds no configuration and ends, again and again; "
                "give command, or an image that has one of its own",
            )
        elif through_kolla(container) and (problem := COMMAND.problem(str(command))):
            yield fault(f"{key}.command", problem)
