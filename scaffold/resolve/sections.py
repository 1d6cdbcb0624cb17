"""The sections of role_data of one service, in the order in which its template has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from scaffold.fields.parts import TASKS
from scaffold.model import Container, PuppetConfig, Script, Section, ServiceName
from scaffold.releases import Release
from scaffold.resolve.hiera import of_hiera
from scaffold.resolve.parameters import by_role, image_parameter, read
from scaffold.resolve.wiring import keys
from scaffold.tripleo.services import firewall_key

MAP, LIST = "map_merge", "list_concat"


@dataclass(frozen=True)
class Composed:
    """A service that is resolved but for its template, beside its completed ANSWERS."""

    release: Release
    name: ServiceName
    answers: dict[str, Any]
    puppet: PuppetConfig | None
    containers: list[Container]
    scripts: list[Script]
    directories: list[str]
    role_specific: list[str]

    @property
    def wraps(self) -> bool:
        """Whether it wraps a stock service: replaces and extends it."""
        return "wraps" in self.answers

    @property
    def further(self) -> dict[str, Any]:
        """The sections that the answers write as they are."""
        found: dict[str, Any] = self.answers.get("extra", {}).get("role_data", {})
        return found

    def asked(self, key: str) -> Any:
        """The answer KEY, with parameters read by role."""
        return by_role(self.answers.get(key, {}), self.role_specific)


def sections(service: Composed) -> list[Section]:
    """Every section; where a stock service is wrapped, each says how it is added to the stock one's."""
    found = [*_settings(service), *_puppet(service), *_running(service), *_tasks(service)]
    if not service.wraps:
        plain = [Section(one.name, one.value, layout=one.layout) for one in found]
        found = [Section("service_name", service.name.snake), *plain]
    written = {section.name for section in found}
    further = service.further.items()
    return [*found, *(Section(name, value) for name, value in further if name not in written)]


def firewall_hiera(release: Release, name: ServiceName) -> str:
    """The key of config_settings for the rules of the firewall; empty where they are a section."""
    in_hiera = release.firewall_rules_in == "config_settings"
    return firewall_key(name.snake) if in_hiera else ""


def firewall_rules(service: Composed) -> dict[str, Any]:
    """The rules of the firewall; only their names, where they go to hiera, are no hieradata."""
    asked: dict[str, Any] = service.asked("firewall_rules")
    in_hiera = firewall_hiera(service.release, service.name)
    return {of_hiera(name): one for name, one in asked.items()} if in_hiera else asked


def _stock(*path: str) -> dict[str, Any]:
    """What the stock service has at PATH of its role_data."""
    return {"get_attr": ["StockService", "role_data", *path]}


def _settings(service: Composed) -> Iterator[Section]:
    rules, key = firewall_rules(service), firewall_hiera(service.release, service.name)
    settings = service.asked("config_settings") | ({key: rules} if key and rules else {})
    if settings or not service.wraps:
        yield Section("config_settings", settings, MAP)
    if rules and not key:
        yield Section("firewall_rules", rules, MAP)
    others = service.asked("service_config_settings")
    if others and service.wraps:
        others = {name: {MAP: [_stock("service_config_settings", name), one]} for name, one in others.items()}
    if others:
        yield Section("service_config_settings", others, MAP)
    metadata = service.answers.get("metadata_settings")
    if metadata:
        yield Section("metadata_settings", metadata, MAP if isinstance(metadata, dict) else LIST)


def _puppet(service: Composed) -> Iterator[Section]:
    puppet = service.puppet
    if puppet and service.wraps:
        yield Section("puppet_config", _added(puppet), MAP)
    elif puppet:
        tags = {"puppet_tags": ",".join(puppet.puppet_tags)} if puppet.puppet_tags else {}
        image = {"config_image": read(puppet.image_parameter, service.role_specific)}
        volumes = {"volumes": puppet.volumes} if puppet.volumes else {}
        start = {"config_volume": puppet.config_volume} | tags
        yield Section("puppet_config", start | {"step_config": puppet.step_config} | image | volumes)
    elif not service.wraps:
        yield Section("puppet_config", service.release.empty_puppet_config)


def _added(puppet: PuppetConfig) -> dict[str, Any]:
    """The tags and the manifest of PUPPET behind those of the stock service."""
    texts = {"puppet_tags": (",", ",".join(puppet.puppet_tags)), "step_config": ("\n", puppet.step_config)}
    return {
        key: {"list_join": [between, [_stock("puppet_config", key), text]]}
        for key, (between, text) in texts.items()
        if text
    }


def _running(service: Composed) -> Iterator[Section]:
    """The containers, and what kolla and the config scripts do in them."""
    if not service.containers and service.wraps:
        return
    yield Section("kolla_config", _kolla_config(service.containers), MAP)
    if service.scripts:
        section = service.release.config_scripts.section
        yield Section(section, service.further.get(section, {}), MAP, layout="scripts")
    image = read(image_parameter(service.release, service.name), service.role_specific)
    steps: dict[str, Any] = {
        f"step_{step}": {container.name: keys(service.release, container, image) for container in group}
        for step, group in groupby(service.containers, lambda container: container.step)
    }
    if service.wraps:
        steps = {step: {MAP: [_stock("docker_config", step), group]} for step, group in steps.items()}
    yield Section("docker_config", steps, MAP)


def _kolla_config(containers: list[Container]) -> dict[str, Any]:
    found = {}
    for container in containers:
        if container.kolla_command:
            more = {"config_files": container.config_files, "permissions": container.permissions}
            kept = {key: value for key, value in more.items() if value}
            found[container.kolla_config] = {"command": container.kolla_command} | kept
    return found


def _tasks(service: Composed) -> Iterator[Section]:
    prepared = service.answers.get("host_prep_tasks", [])
    if service.directories or prepared:
        yield Section("host_prep_tasks", prepared, LIST, layout="host_prep_tasks")
    for name in TASKS:
        if tasks := service.answers.get(name):
            yield Section(name, tasks, LIST)
