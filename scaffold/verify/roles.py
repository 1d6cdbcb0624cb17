"""The services of a role beside each other: what config-download makes of all, and what gets lost there.

The chain of a role merges the sections of its services by name: of two containers, firewall rules, kolla
configs, scripts or keys of hieradata with one name, the later wins silently.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scaffold import catalogue
from scaffold.model import Service
from scaffold.releases import cloud
from scaffold.tripleo.paths import bound, normal
from scaffold.tripleo.services import REGISTRY, SCRIPT_SECTIONS
from scaffold.verify.docker_config import containers
from scaffold.verify.findings import EngineFinding
from scaffold.verify.locating import KeyPath
from scaffold.verify.rehearsal import Rehearsal

# sections that are merged by the names in them, and what such a name is
MERGED = {
    "kolla_config": "the kolla config",
    **dict.fromkeys(SCRIPT_SECTIONS, "the script"),
    "firewall_rules": "the firewall rule",
    "config_settings": "the hieradata",
    "global_config_settings": "the hieradata",
    "ansible_group_vars": "the variable",
}


@dataclass(frozen=True)
class Member:
    """A service of a role, and what it says by itself."""

    service: Service
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Thing:
    """Something that a service brings: two of one name with different VALUE get in each other's way."""

    what: str
    name: str
    value: Any
    place: KeyPath


def collisions(rehearsal: Rehearsal, members: Sequence[Member], role: str) -> Iterator[EngineFinding]:
    """A finding for each name that two of MEMBERS, the services of ROLE in this repository, bring."""
    seen: dict[tuple[str, str], tuple[Member, Thing]] = {}
    for member in members:
        for thing in _things(member):
            first, known = seen.setdefault((thing.what, thing.name), (member, thing))
            if first is not member and known.value != thing.value:
                other = first.service.name.kebab
                saw = f"{thing.what} {thing.name} is {other}'s too, and {role} has only one of them"
                yield EngineFinding(saw, *rehearsal.place(member.service, *thing.place))


def _things(member: Member) -> Iterator[Thing]:
    data = member.data
    name = str(data.get("service_name"))
    yield Thing("the service_name", name, member.service.name.kebab, ("service_name",))
    for step, container, _ in containers(data):
        place = ("docker_config", step, container)
        yield Thing("the container", container, (member.service.name.kebab, step), place)
    for section, what in MERGED.items():
        named = data.get(section)
        for key, value in named.items() if isinstance(named, dict) else ():
            yield Thing(what, str(key), value, (section, str(key)))
    for config in _puppet(data):
        volume = config.get("config_volume")
        if volume:
            yield Thing(
                "the config volume", volume, config.get("config_image"), ("puppet_config", "config_volume")
            )
    for path, owner in owners(data):
        yield Thing("the owner of", path, owner, ("host_prep_tasks",))


def _puppet(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = data.get("puppet_config") or []
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, dict)]


def owners(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The directories of a host that DATA gives to somebody, by a task or by kolla in a container."""
    for task in data.get("host_prep_tasks") or []:
        made = task.get("file") if isinstance(task, dict) else None
        if isinstance(made, dict) and made.get("owner") and "{{" not in str(made.get("path")):
            yield normal(str(made.get("path"))), f"{made['owner']}"
    written = data.get("kolla_config") or {}
    for _, _, running in containers(data):
        mounts = [*filter(None, (bound(str(one)) for one in running.get("volumes") or []))]
        config = next((written.get(source) for source, _ in mounts if source in written), None)
        for given in (config or {}).get("permissions") or [] if isinstance(config, dict) else []:
            inside = normal(str(given.get("path")))
            yield from ((normal(source), _user(given)) for source, to in mounts if to == inside)


def _user(given: Mapping[str, Any]) -> str:
    return str(given.get("owner")).partition(":")[0]


def against_stock(rehearsal: Rehearsal, member: Member) -> Iterator[EngineFinding]:
    """A finding for each name of a service that a stock service has, unless it takes its place."""
    taken = catalogue.load(rehearsal.release.name).taken
    wrapped = str(rehearsal.taken_in(member.service))
    registry = {name.removeprefix(REGISTRY) for name in rehearsal.environment_content("resource_registry")}
    replaces = bool(registry & {*catalogue.load(rehearsal.release.name).templates})
    known = {
        "the container": taken.containers,
        "the script": taken.config_scripts,
        "the firewall rule": taken.firewall_rules,
        "the service_name": taken.service_names,
    }
    for thing in _things(member):
        stock = thing.name in known.get(thing.what, ()) and thing.name not in wrapped
        if stock and not (
            _is_off(rehearsal, thing.name, registry) if thing.what == "the container" else replaces
        ):
            title = rehearsal.release.title
            saw = f"{thing.what} {thing.name} is one of {title}'s own, and a role has only one of them"
            yield EngineFinding(saw, *rehearsal.place(member.service, *thing.place))


def _is_off(rehearsal: Rehearsal, container: str, registry: Collection[str]) -> bool:
    """Whether the REGISTRY of the repository turns off, or replaces, the stock services with CONTAINER."""
    images = catalogue.load(rehearsal.release.name).images.values()
    services = {name for image in images if container in image.containers for name in image.services}
    held = {name for name in services if cloud.holders(rehearsal.release.name, name)}
    return bool(held) and held <= {*registry}


def missing(merged: Mapping[str, Any], members: Sequence[Member]) -> Iterator[tuple[Member, KeyPath]]:
    """Containers of MEMBERS that are not in the MERGED role_data, as far as it has any."""
    arrived = {name for _, name, _ in containers(merged)}
    for member in members:
        for step, name, _ in containers(member.data):
            if name not in arrived:
                yield member, ("docker_config", step, name)
