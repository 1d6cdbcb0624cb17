"""What a service template can hold: sections of role_data, puppet_config, further containers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scaffold.catalogue import stock
from scaffold.errors import Fault
from scaffold.fields import ServiceAnswers
from scaffold.fields.asked import Trait
from scaffold.fields.container_parts import FurtherContainerAnswers
from scaffold.fields.values import COMMAND
from scaffold.releases import role_data
from scaffold.resolve.consistency.subject import ServiceConstraint, Subject
from scaffold.resolve.modules import kernel_module
from scaffold.resolve.tripleo.containers import by_kolla, command, scripts, through_kolla
from scaffold.resolve.tripleo.environment import is_of_roles
from scaffold.resolve.tripleo.parameters import is_reference, parameter_of
from scaffold.resolve.tripleo.puppet import config_image_parameter, config_parameters, config_volume
from scaffold.tripleo.heat import is_function
from scaffold.tripleo.services import CONTAINER_SECTIONS, PRINCIPAL, ruled
from scaffold.unknown import unknown


def none_of_a_swap(service: Subject) -> Iterator[Fault]:
    """An image swap has no template, and no roles of its own."""
    what = "an image swap" if service.integration == "image" else "an environment file alone"
    for key, value in () if service.templated else service.own.having(Trait.OF_TEMPLATE):
        if value:
            message = f"{what} has no service template; leave it out, or integration: config"
            yield service.fault(key, message)
    if service.given.says(ServiceAnswers.roles) and not is_of_roles(service.own):
        message = f"{what} is wherever the stock service runs; leave it out, or integration: service"
        yield service.fault("roles", message)


def sections(service: Subject) -> Iterator[Fault]:
    """role_data: what the release silently ignores, and what is written twice."""
    if not service.templated:
        return
    for key, tasks in service.own.having(Trait.TASKS):
        if tasks and service.release.name not in role_data()[key].releases:
            message = f"{service.release.name} ignores this section of role_data; leave it out"
            yield service.fault(key, message)
    extra = service.own.extra
    known = {"service_name", *CONTAINER_SECTIONS, *ServiceAnswers.named(Trait.OF_TEMPLATE)}
    for key in extra.role_data.keys() & known:
        message = f"set {key} on the service; here it would be written twice"
        yield service.fault(f"extra.role_data.{key}", message)
    yield from _scripts(service, extra.role_data)


def entries(service: Subject) -> Iterator[Fault]:
    """Sections hold what reads them can read: tasks are maps, as are hieradata and what names a principal."""
    if not service.templated:
        return
    lists = [*service.own.having(Trait.TASKS), ("host_prep_tasks", service.own.host_prep_tasks)]
    for key, tasks in lists:
        for index, task in enumerate(tasks):
            if not isinstance(task, dict):
                yield service.at((key, index), "must be a map: a task of Ansible")
    for name, hieradata in service.own.service_config_settings.items():
        if not isinstance(hieradata, dict):
            yield service.at(("service_config_settings", name), "must be a map of hieradata")
    metadata = service.own.metadata_settings
    for index, one in enumerate(metadata if isinstance(metadata, list) else ()):
        at, named = ("metadata_settings", index), " and ".join((", ".join(PRINCIPAL[:-1]), PRINCIPAL[-1]))
        if not isinstance(one, dict):
            yield service.at(at, f"must be a map with {named}")
        elif not is_function(one) and not all(key in one for key in PRINCIPAL):
            yield service.at(at, f"must have {named}")


def _scripts(service: Subject, further: dict[str, Any]) -> Iterator[Fault]:
    """Config scripts besides that of the launcher have names of their own."""
    section = service.release.tripleo.config_scripts.section
    if section not in further or service.integration != "service":
        return
    own = scripts(service.name, service.own, kernel_module("", service.own))
    if own and not isinstance(further[section], dict):
        yield service.fault(f"extra.role_data.{section}", "must be a map of scripts by their names")
    elif own:
        for name in {script.name for script in own} & further[section].keys():
            message = "the launcher writes a script of this name; choose another"
            yield service.at(("extra", "role_data", section, name), message)


def puppet(service: Subject) -> Iterator[Fault]:
    """puppet runs in an image that there is, and leaves that of the release's own volumes alone."""
    asked = service.own.puppet_config if service.templated else None
    if not asked:
        return
    image, volume = asked.config_image or "", config_volume(service.name, service.own)
    parameter = config_image_parameter(service.release.tripleo.image_parameter_prefix, volume)
    of_release = parameter in config_parameters(service.stock)
    known = service.stock.images.get(image)
    message = ""
    if image and "/" not in image and not known:
        message = unknown("stock image", image, service.stock.images, f"in {service.release.name}")
    elif image and not volume:
        message = "a service that wraps another keeps its image; name config_volume too, or leave this out"
    elif of_release and known and parameter not in known.config_parameters:
        message = (
            f"every service that writes to {volume} runs puppet in the image of {parameter}, "
            f"and {image} would stand in for it; leave it out, or choose another config_volume"
        )
    if message:
        yield service.fault("puppet_config.config_image", message)
    elif not image and service.integration == "config" and volume and not of_release:
        message = "missing: config_image, for a config-only service has no image of its own"
        yield service.fault("puppet_config", message)


def firewall(service: Subject) -> Iterator[Fault]:
    """Hieradata with rules of the firewall is the service's own, and read."""
    release = service.release
    for key in service.own.config_settings:
        of, wraps = ruled(key), bool(service.own.wraps)
        message = ""
        if of and release.tripleo.firewall_rules_in != "config_settings":
            message = f"{release.name} does not read it; write the rules under firewall_rules"
        elif of == service.name.snake and service.own.firewall_rules:
            message = "firewall_rules is written there; write all rules under that"
        elif of and of not in (service.name.snake, *stock(release.name).service_names) and not wraps:
            message = f"the rules of {of} are not those of this service; write them under its firewall_rules"
        if message:
            yield service.at(("config_settings", key), message)


_ONLY_KOLLA = "only kolla_start does that; leave it out, or kolla_start: false"


def main(service: Subject) -> Iterator[Fault]:
    """The main container has something to run where its image has nothing that would run."""
    own = service.own
    if service.integration != "service":
        return
    if own.says(ServiceAnswers.kolla) and own.container.kolla_start is False:
        yield service.fault("kolla", _ONLY_KOLLA)
    launcher = own.launcher_script
    runs_something = launcher is not None or by_kolla(own, service.stock) or service.loads_by("container")
    if runs_something and not command(service.name, own) and not (launcher and launcher.exec):
        yield service.fault("command", "missing: what the container runs in its image")


def further(service: Subject) -> Iterator[Fault]:
    """A further container must have something to run."""
    containers = service.own.containers if service.integration == "service" else []
    for index, container in enumerate(containers):
        key = f"containers.{index}"
        runs = container.command
        if container.says(FurtherContainerAnswers.kolla) and container.kolla_start is False:
            yield service.fault(f"{key}.kolla", _ONLY_KOLLA)
        elif container.says(FurtherContainerAnswers.kolla) and not isinstance(runs, str | dict):
            yield service.fault(f"{key}.kolla", "kolla starts one command; write command as one text")
        elif not runs and not is_reference(container.image):
            yield service.fault(
                key,
                "without command kolla_start exits and the container restarts in a loop; "
                "give command, or an image that has one of its own",
            )
        elif (
            isinstance(runs, str)
            and through_kolla(container, service.stock)
            and (problem := COMMAND.problem(runs))
        ):
            yield service.fault(f"{key}.command", problem)


def by_parameter(service: Subject) -> Iterator[Fault]:
    """An image that is named otherwise than as such has a parameter."""
    for index, container in enumerate(service.own.containers if service.integration == "service" else ()):
        image, at = container.image, f"containers.{index}.image"
        if isinstance(image, dict) and not isinstance(image.get("get_param"), str):
            yield service.fault(at, "must be {get_param: NAME}, the parameter of an image; no other function")
        elif isinstance(image, str) and "/" not in image and not parameter_of(service.release, image):
            where = f"with a parameter in {service.release.name}"
            yield service.fault(at, unknown("stock image", image, service.stock.images, where))


OF_SERVICE: tuple[ServiceConstraint, ...] = (
    none_of_a_swap,
    sections,
    entries,
    puppet,
    firewall,
    main,
    further,
    by_parameter,
)
