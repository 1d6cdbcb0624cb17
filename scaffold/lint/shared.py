"""The names that services give to things that all services of a role share, and which services meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from scaffold.documents import EnvironmentFile, Roles, ServiceTemplate, heat
from scaffold.documents.heat import DocumentedContainer, Mount
from scaffold.documents.nodes import Node, Scalar, Table, walk
from scaffold.documents.wiring import kolla_mount
from scaffold.lint.repository import Repository, per_repository
from scaffold.tripleo import paths
from scaffold.tripleo.heat import FUNCTIONS
from scaffold.tripleo.services import REGISTRY, ruled


@dataclass(frozen=True)
class OfRole:
    """A thing that a service template names. place: where; value: what it is there."""

    kind: str
    name: str
    place: Scalar | Mount
    value: Node
    template: ServiceTemplate


def names(template: ServiceTemplate) -> Iterator[OfRole]:
    """Everything that TEMPLATE names, in the order of its sections."""
    name = template.section("service_name")
    if isinstance(name, Scalar) and name.text:
        yield OfRole("service_name", name.text, name, name, template)
    for container in template.containers:
        yield OfRole("container", container.name, container.key, container.node, template)
    for path, (key, value) in template.kolla_files.items():
        yield OfRole("kolla config", path, key, value, template)
    for script, (key, value) in template.config_scripts.items():
        yield OfRole("config script", script, key, value, template)
    for key, value in _rules(template):
        if key.text not in FUNCTIONS:
            yield OfRole("firewall rule", key.text, key, value, template)
    for container in template.containers:
        yield from _given(container, template)


def _rules(template: ServiceTemplate) -> Iterator[tuple[Scalar, Node]]:
    yield from heat.pairs(template.section("firewall_rules"))
    for key, value in heat.pairs(template.section("config_settings")):
        if ruled(key.text):
            yield from heat.pairs(value)


def _given(container: DocumentedContainer, template: ServiceTemplate) -> Iterator[OfRole]:
    """The directories of the host that kolla gives to a user."""
    config = kolla_mount(container)
    if config is None or config.source not in template.kolla_files:
        return
    targets = {paths.normal(mount.target): mount for mount in container.mounts}
    for entry in heat.items(heat.entry(template.kolla_files[config.source][1], "permissions")):
        path = entry.get("path") if isinstance(entry, Table) else None
        owner = entry.get("owner") if isinstance(entry, Table) else None
        mount = targets.get(paths.normal(path.text)) if isinstance(path, Scalar) else None
        if mount and isinstance(owner, Scalar) and mount.source.startswith("/"):
            yield OfRole("directory", paths.of_host(mount.source), mount, owner, template)


@dataclass(frozen=True)
class SharedNames:
    """The service templates of a repository. asked: path -> the roles that the stored answers say."""

    templates: tuple[ServiceTemplate, ...]
    environments: tuple[EnvironmentFile, ...]
    roles: tuple[Roles, ...]
    stock: frozenset[str]
    asked: Mapping[str, frozenset[str]]

    @cached_property
    def registered(self) -> Mapping[str, frozenset[tuple[str, str]]]:
        """Template -> the environment files that register it, each with the service."""
        found: dict[str, set[tuple[str, str]]] = {}
        for environment in self.environments:
            for key, value in environment.registry.pairs:
                if isinstance(value, Scalar) and key.text.startswith(REGISTRY):
                    path = environment.resolve(value.text)
                    found.setdefault(path, set()).add((environment.path, key.text))
        return {path: frozenset(keys) for path, keys in found.items()}

    @cached_property
    def own(self) -> frozenset[str]:
        """The templates that are registered as services of the repository's own, and as no stock one."""
        return frozenset(
            path
            for path, keys in self.registered.items()
            if not {key.removeprefix(REGISTRY) for _, key in keys} & self.stock
        )

    @cached_property
    def declared(self) -> Mapping[str, tuple[str, Table]]:
        """Parameter -> the first of the own services that declares it, and how."""
        found: dict[str, tuple[str, Table]] = {}
        for template in self.templates:
            for name, declared in template.parameters.pairs if template.path in self.own else ():
                if isinstance(declared, Table):
                    found.setdefault(name.text, (template.path, declared))
        return found

    @cached_property
    def named(self) -> Mapping[tuple[str, str], tuple[OfRole, ...]]:
        """Kind and name -> the things of that name in the own services."""
        found: dict[tuple[str, str], list[OfRole]] = {}
        for template in self.templates:
            for named in self.names_of(template) if template.path in self.own else ():
                found.setdefault((named.kind, named.name), []).append(named)
        return {key: tuple(all_) for key, all_ in found.items()}

    def names_of(self, template: ServiceTemplate) -> tuple[OfRole, ...]:
        """What TEMPLATE names that all services of a role share."""
        if template.path not in self._names:
            self._names[template.path] = tuple(names(template))
        return self._names[template.path]

    def together(self, one: ServiceTemplate, other: ServiceTemplate) -> bool:
        """Whether one role may have both: an environment registers them, and no list keeps them apart."""
        asked = [self.asked[each.path] for each in (one, other) if each.path in self.asked]
        if len(asked) > 1 and not frozenset.intersection(*asked):
            return False
        return any(
            any({key, also} <= role for role in self._in_roles) or not {key, also} <= self._listed
            for path, key in self.registered[one.path]
            for path_of_other, also in self.registered[other.path]
            if path == path_of_other and key != also
        )

    @cached_property
    def _names(self) -> dict[str, tuple[OfRole, ...]]:
        return {}

    @cached_property
    def _in_roles(self) -> tuple[frozenset[str], ...]:
        """The services of each role."""
        return tuple(
            frozenset(node.text for node in walk(listed) if isinstance(node, Scalar))
            for each in self.roles
            for listed in each.service_lists
        )

    @cached_property
    def _listed(self) -> frozenset[str]:
        return frozenset().union(*self._in_roles)


@per_repository
def shared(repository: Repository) -> SharedNames:
    """What the service templates of REPOSITORY name, and which of them meet in a role."""
    asked = {each.path: repository.asked(each.service_name).get("roles") for each in repository.templates}
    roles = {path: frozenset(named) for path, named in asked.items() if isinstance(named, list)}
    listed = tuple(repository.of(Roles))
    return SharedNames(
        repository.templates, repository.environments, listed, repository.stock.services, roles
    )
