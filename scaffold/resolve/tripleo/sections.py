"""The sections of role_data of one service, in the order in which its template has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from scaffold.bases import BaseTemplate
from scaffold.fields import ServiceAnswers
from scaffold.fields.asked import Trait
from scaffold.model import Container, PuppetConfig, Script, Section, ServiceName
from scaffold.releases import Release, role_data
from scaffold.resolve.tripleo.hiera import of_hiera
from scaffold.resolve.tripleo.parameters import read
from scaffold.resolve.tripleo.starting import starts_with
from scaffold.resolve.tripleo.wiring import keys
from scaffold.tripleo.heat import OrHeat
from scaffold.tripleo.services import firewall_key

MAP, LIST = "map_merge", "list_concat"
IMAGE_GIVEN = "config_image_given"


@dataclass(frozen=True)
class Composed:
    """A service that is resolved but for its template.

    answers: its completed answers, with parameters read by role; conditions: its conditions, likewise.
    """

    release: Release
    name: ServiceName
    answers: ServiceAnswers
    conditions: dict[str, Any]
    puppet: PuppetConfig | None
    containers: list[Container]
    scripts: list[Script]
    directories: list[OrHeat[str]]
    role_specific: list[str]
    container_engine: str
    bases: list[BaseTemplate]

    @property
    def whole(self) -> bool:
        """Whether it takes in all of a template, and so what it says nothing of itself."""
        return any(not base.sections for base in self.bases)

    def under(self, section: str) -> list[str]:
        """The resources that SECTION of role_data is taken from."""
        return [base.resource for base in self.bases if not base.sections or section in base.sections]


def sections(service: Composed) -> list[Section]:
    """Every section; where templates are taken in, each says how it is added to what they say."""
    own = [*_settings(service), *_puppet(service), *_running(service), *_tasks(service)]
    if not service.under("service_name"):
        own = [Section("service_name", service.name.snake), *own]
    found = [_added_to(service.under(section.name), section) for section in own]
    written = {section.name for section in found}
    further = service.answers.extra.role_data.items()
    found += [Section(name, value) for name, value in further if name not in written]
    written |= {section.name for section in found}
    named = dict.fromkeys(name for base in service.bases for name in base.sections if name not in written)
    return [*found, *(_taken(name, service.under(name)) for name in named)]


def _added_to(under: list[str], section: Section) -> Section:
    """SECTION on top of what the resources UNDER say; where it is empty, what they say alone."""
    if under and not section.value and not section.layout:
        return _taken(section.name, under, section.merge)
    return replace(section, merge=section.merge if under else "", under=under)


def _taken(name: str, under: list[str], merge: str = "") -> Section:
    """The section NAME as the resources UNDER have it."""
    said = [_said(resource, name) for resource in under]
    return Section(name, said[0] if len(said) == 1 else {merge or role_data()[name].joined_by: said})


def firewall_hiera(release: Release, name: ServiceName) -> str:
    """The key of config_settings for the rules of the firewall; empty where they are a section."""
    in_hiera = release.tripleo.firewall_rules_in == "config_settings"
    return firewall_key(name.snake) if in_hiera else ""


def firewall_rules(service: Composed) -> dict[str, Any]:
    """The rules of the firewall; only their names, where they go to hiera, are no hieradata."""
    asked = service.answers.firewall_rules
    in_hiera = firewall_hiera(service.release, service.name)
    return {of_hiera(name): one for name, one in asked.items()} if in_hiera else asked


def _said(resource: str, *path: str) -> dict[str, Any]:
    """What RESOURCE, a template that is taken in, has at PATH of its role_data."""
    return {"get_attr": [resource, "role_data", *path]}


def _settings(service: Composed) -> Iterator[Section]:
    rules, key = firewall_rules(service), firewall_hiera(service.release, service.name)
    settings = service.answers.config_settings | ({key: rules} if key and rules else {})
    if settings or not service.whole:
        yield Section("config_settings", settings, MAP)
    if rules and not key:
        yield Section("firewall_rules", rules, MAP)
    others = service.answers.service_config_settings
    for resource in service.under("service_config_settings"):
        said = {name: _said(resource, "service_config_settings", name) for name in others}
        others = {name: {MAP: [said[name], one]} for name, one in others.items()}
    if others:
        yield Section("service_config_settings", others, MAP)
    metadata = service.answers.metadata_settings
    if metadata:
        yield Section("metadata_settings", metadata, MAP if isinstance(metadata, dict) else LIST)


def _puppet(service: Composed) -> Iterator[Section]:
    puppet = service.puppet
    under = service.under("puppet_config")
    if puppet and under:
        yield Section("puppet_config", _added(service, puppet, under[0]), MAP)
    elif puppet:
        tags = {"puppet_tags": ",".join(puppet.puppet_tags)} if puppet.puppet_tags else {}
        image = {"config_image": _config_image(service, puppet)}
        volumes = {"volumes": puppet.volumes} if puppet.volumes else {}
        start = {"config_volume": puppet.config_volume} | tags
        yield Section("puppet_config", start | {"step_config": puppet.step_config} | image | volumes)
    elif not service.whole and not under:
        yield Section("puppet_config", service.release.tripleo.empty_puppet_config)


def image_condition(puppet: PuppetConfig | None) -> dict[str, Any]:
    """The condition that the operator names an image for PUPPET, where another stands in for none."""
    if not puppet or not puppet.otherwise:
        return {}
    return {IMAGE_GIVEN: {"not": {"equals": [{"get_param": puppet.image_parameter}, ""]}}}


def _config_image(service: Composed, puppet: PuppetConfig) -> dict[str, Any]:
    image = read(puppet.image_parameter, service.role_specific)
    if puppet.otherwise:
        return {"if": [IMAGE_GIVEN, image, read(puppet.otherwise, service.role_specific)]}
    return image


def _added(service: Composed, puppet: PuppetConfig, under: str) -> dict[str, Any]:
    """What PUPPET has behind that of the resource UNDER, which may lack any of it; a volume in its place."""
    found: dict[str, Any] = {}
    if puppet.config_volume:
        found["config_volume"] = puppet.config_volume
    if puppet.puppet_tags:
        tags = [_said(under, "puppet_config", "puppet_tags"), ",".join(puppet.puppet_tags)]
        joined = "$.data.where($ != null and $ != '').join(',')"
        found["puppet_tags"] = {"yaql": {"expression": joined, "data": tags}}
    manifests = [_said(under, "puppet_config", "step_config"), puppet.step_config]
    found["step_config"] = {"list_join": ["\n", manifests]}
    if puppet.config_volume:
        found["config_image"] = _config_image(service, puppet)
    if puppet.volumes:
        found["volumes"] = {LIST: [_said(under, "puppet_config", "volumes"), puppet.volumes]}
    return found


def _running(service: Composed) -> Iterator[Section]:
    """The containers, and what kolla and the config scripts do in them."""
    if not service.containers and service.whole:
        return
    configs, starts = _kolla_config(service.containers), started(service)
    yield Section("kolla_config", configs, MAP, layout="anchored" if configs else "")
    section, further = _further_scripts(service)
    if service.scripts or any(name in further for names in starts.values() for name in names):
        yield Section(section, further, MAP, layout="scripts")
    steps: dict[str, Any] = {
        f"step_{step}": {container.name: _keys(service, container) for container in group}
        for step, group in groupby(service.containers, lambda container: container.step)
    }
    for resource in service.under("docker_config"):
        said = {step: _said(resource, "docker_config", step) for step in steps}
        steps = {step: {MAP: [said[step], group]} for step, group in steps.items()}
    yield Section("docker_config", steps, MAP, layout="docker_config" if starts else "")


def _keys(service: Composed, container: Container) -> dict[str, Any]:
    """What docker_config says of CONTAINER."""
    return keys(service.release, container, read(container.image_parameter, service.role_specific))


def started(service: Composed) -> dict[str, list[str]]:
    """What each container starts with, as keys of role_data."""
    directory, (_, further) = service.release.tripleo.config_scripts.directory, _further_scripts(service)
    return starts_with(service.containers, directory, [*(one.name for one in service.scripts), *further])


def _further_scripts(service: Composed) -> tuple[str, dict[str, Any]]:
    """The section of the config scripts, and those in it that the answers pass through."""
    section = service.release.tripleo.config_scripts.section
    return section, service.answers.extra.role_data.get(section, {})


def _kolla_config(containers: list[Container]) -> dict[str, Any]:
    found = {}
    for container in containers:
        if container.kolla_command:
            more = {"config_files": container.config_files, "permissions": container.permissions}
            kept = {key: value for key, value in more.items() if value}
            found[container.kolla_config] = {"command": container.kolla_command} | kept
    return found


def _tasks(service: Composed) -> Iterator[Section]:
    prepared = service.answers.host_prep_tasks
    if service.directories or prepared:
        yield Section("host_prep_tasks", prepared, LIST, layout="host_prep_tasks")
    asked = dict(service.answers.having(Trait.TASKS))
    for name in ServiceAnswers.named(Trait.TASKS):
        own = _docker_removed(service) if name == "post_upgrade_tasks" else []
        if tasks := [*own, *asked.get(name, [])]:
            yield Section(name, tasks, LIST)


def _docker_removed(service: Composed) -> list[dict[str, Any]]:
    """The task that removes what docker, before podman, left running beside the containers of now."""
    role, staying = service.release.tripleo.docker_remover, [one for one in service.containers if one.detach]
    if not role or not staying or service.container_engine != "podman":
        return []
    names = [container.name for container in staying]
    imported = {"name": role}
    return [{"when": "step|int == 1", "import_role": imported, "vars": {"containers_to_rm": names}}]
