"""Stock images of each TripleO release: image -> Heat parameters, default user, services, containers.

The data, one file per release, are derived from the tips of the branches by `scaffold.catalogue.derive`;
each file names the commits. Images and parameters come from tripleo-common, users and tools from kolla (to
Ussuri) and from tripleo-common's TCIB definitions (from Victoria), all else from tripleo-heat-templates.
JSON, because that is read ten times as fast as YAML, and nobody edits what is derived.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from scaffold import releases
from scaffold.errors import WrongUse
from scaffold.releases import cloud
from scaffold.tripleo.paths import of_host
from scaffold.unknown import hint, near, there_is_no


@dataclass(frozen=True)
class StockImage:
    """One image of the release, by the name it has without registry, prefix and tag.

    parameters, config_parameters: what names it in `parameter_defaults`; puppet runs in the latter.
    user: what the image runs as unless told otherwise; None where neither kolla nor TCIB builds it.
    roles: the roles of the stock roles_data.yaml that hold one of its services.
    privileged: those of its containers that a template runs so, whatever the parameters say.
    reference: the whole name of an image that is not of the release's own namespace, as ceph's.
    kolla: the directory of its template in kolla, where kolla builds the release's images.
    appends: whether that template takes <image>_packages_append.
    """

    name: str
    parameters: tuple[str, ...]
    config_parameters: tuple[str, ...]
    user: str | None
    services: tuple[str, ...]
    roles: tuple[str, ...]
    containers: tuple[str, ...]
    privileged: tuple[str, ...]
    reference: str | None = None
    kolla: str | None = None
    appends: bool = True

    def mentions(self, text: str) -> bool:
        """Whether TEXT, in any case, is part of a name, parameter, service or container of the image."""
        words = (self.name, *self.parameters, *self.config_parameters, *self.services, *self.containers)
        return any(text.casefold() in word.casefold() for word in words)


@dataclass(frozen=True)
class Taken:
    """Names that the release uses itself: the sections of all services of a role are merged by name."""

    services: frozenset[str]
    service_names: frozenset[str]
    containers: frozenset[str]
    kolla_files: frozenset[str]
    config_scripts: frozenset[str]
    firewall_rules: frozenset[str]


@dataclass(frozen=True)
class Catalogue:
    """What one release has.

    versions: repository -> the tip of its branch that all this is from.
    undeclared: parameters of images that no template of the release declares, so that Heat ignores them.
    templates: service -> its template, from the top of tripleo-heat-templates.
    roles: the roles of the roles files; operators may have others.
    added: parameters that the branch declares, and the package that `verify` runs does not.
    common_mounts: output of ContainersCommon -> volume -> its condition; empty for always.
    host_paths: path that nodes have -> the services that it is there for; none where that cannot be told.
    tools: what installs packages -> image -> the tools that its lists of packages bring; * for the others.
    """

    release: str
    versions: Mapping[str, str]
    images: Mapping[str, StockImage]
    taken: Taken
    undeclared: frozenset[str] = frozenset()
    templates: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    added: frozenset[str] = frozenset()
    common_mounts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    host_paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tools: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)

    @property
    def shared_volumes(self) -> Mapping[str, str]:
        """The volumes that every container has of ContainersCommon, each with its condition."""
        return self.common_mounts["volumes"]

    def holds(self, image: str, package_manager: str) -> frozenset[str]:
        """The tools that IMAGE surely has; whether it has another is not known. None of an unknown image."""
        known = self.images.get(image)
        if not known or known.reference:
            return frozenset()
        lists = self.tools.get(package_manager, {})
        return lists.get(image, lists.get("*", frozenset()))

    def brings(self, reference: str) -> bool:
        """Whether an image REFERENCE names one of the release, in whatever registry: it has kolla_start."""
        name = reference.rsplit("/", 1)[-1].split("@")[0].split(":")[0]
        return short_name(name) != name and short_name(name) in self.images

    def search(self, text: str) -> list[StockImage]:
        """The images that mention TEXT, by name; all of them for an empty text."""
        return [image for image in self.images.values() if image.mentions(text)]

    def has_path(self, path: str, roles: Sequence[str] = ()) -> bool:
        """Whether nodes of all ROLES, or any node, may be taken to have PATH: it, or what is around it."""
        own = of_host(path)
        if cloud.everywhere(self.release, own):
            return True
        near = (
            services
            for known, services in self.host_paths.items()
            if f"{own}/".startswith(f"{known}/") or known.startswith(f"{own}/")
        )
        return any(all(self._is_for(services, role) for role in roles) for services in near)

    def _is_for(self, services: Sequence[str], role: str) -> bool:
        """Whether ROLE holds one of SERVICES, as far as it is known: an operator's own role may."""
        if not services or role not in cloud.ROLES:
            return True
        return any(role in (cloud.holders(self.release, one) or ()) for one in services)

    def closest(self, name: str) -> list[str]:
        """Up to three images that NAME begins, or that it, misspelt, or part of it may stand for."""
        spelt: dict[str, list[str]] = {}
        for image in self.images.values():
            words = {image.name, *image.parameters, *image.containers, *image.name.split("-")}
            for word in words:
                spelt.setdefault(word.casefold(), []).append(image.name)
        begun = [image for image in self.images if name and image.startswith(name.casefold())]
        likely = near(name.casefold(), spelt, most=9)
        return list(dict.fromkeys([*begun, *(image for word in likely for image in spelt[word])]))[:3]


@dataclass(frozen=True)
class Stock:
    """The names that a release has at the tip of its branch, or had in its last package."""

    services: frozenset[str]
    service_names: frozenset[str]
    kolla_files: frozenset[str]
    config_scripts: frozenset[str]
    config_volumes: frozenset[str]
    log_directories: frozenset[str]
    image_parameters: frozenset[str]
    templates: frozenset[str]


@cache
def stock(release: str | None) -> Stock:
    """The names of a release; of any release where it is not known which."""
    known = [_read(name) for name in ([release] if release else releases.NAMES)]

    def names(kind: str, part: str) -> frozenset[str]:
        return frozenset(name for each in known for name in (*each[part][kind], *each["gone"][kind]))

    registered = (path for each in known for path in each["templates"].values())
    return Stock(
        services=names("services", "taken"),
        service_names=names("service_names", "taken"),
        kolla_files=names("kolla_files", "taken"),
        config_scripts=names("config_scripts", "taken"),
        config_volumes=names("config_volumes", "seen"),
        log_directories=names("log_directories", "seen"),
        image_parameters=frozenset(name for each in known for name in _parameters(each)),
        templates=names("templates", "seen") | frozenset(registered),
    )


def _parameters(data: Mapping[str, Any]) -> Iterator[str]:
    yield from (*data["parameters"], *data["gone"]["parameters"])
    for image in data["images"].values():
        yield from (*image["parameters"], *image["config"])


@dataclass(frozen=True)
class ParameterForm:
    """What the templates of a release want of a parameter that all of them declare alike."""

    type: str
    constraints: tuple[Mapping[str, Any], ...] = ()


@cache
def parameter_forms(release: str) -> Mapping[str, ParameterForm]:
    """Return the parameters of RELEASE whose form is known, by name."""
    declared = _read(f"{release}.parameters")["parameters"]
    return {name: ParameterForm(kind, tuple(constraints)) for name, (kind, *constraints) in declared.items()}


@cache
def environments(release: str) -> frozenset[str]:
    """Return the files below environments/ of RELEASE, rendered with its stock roles and networks."""
    return frozenset(_read(f"{release}.environments"))


@cache
def roles() -> tuple[str, ...]:
    """Return the roles that some release's roles files define."""
    return tuple(sorted({role for name in releases.NAMES for role in _read(name)["seen"]["roles"]}))


@cache
def load(release: str) -> Catalogue:
    """The catalogue of RELEASE, read once."""
    if release not in releases.NAMES:
        raise WrongUse(there_is_no("release", release), hint(release, releases.NAMES))
    data = _read(release)
    return Catalogue(
        release=data["release"],
        versions=MappingProxyType(data["versions"]),
        images=MappingProxyType({name: _image(name, entry) for name, entry in data["images"].items()}),
        taken=Taken(**{kind: frozenset(names) for kind, names in data["taken"].items()}),
        undeclared=frozenset(data["undeclared"]),
        templates=MappingProxyType(data["templates"]),
        roles=tuple(data["seen"]["roles"]),
        added=frozenset(data["added"]["parameters"]),
        common_mounts=MappingProxyType(data["common_mounts"]),
        host_paths=MappingProxyType({path: tuple(names) for path, names in data["host_paths"].items()}),
        tools=MappingProxyType({manager: _tools(images) for manager, images in data["tools"].items()}),
    )


@cache
def _read(name: str) -> Any:
    return json.loads(Path(__file__).with_name(f"{name}.json").read_text("utf-8"))


def _tools(lists: Mapping[str, Any]) -> Mapping[str, frozenset[str]]:
    return MappingProxyType({name: frozenset(tools) for name, tools in lists.items()})


def _image(name: str, entry: Mapping[str, Any]) -> StockImage:
    return StockImage(
        name=name,
        parameters=tuple(entry["parameters"]),
        config_parameters=tuple(entry["config"]),
        user=entry["user"],
        services=tuple(entry["services"]),
        roles=tuple(entry["roles"]),
        containers=tuple(entry["containers"]),
        privileged=tuple(entry["privileged"]),
        reference=entry.get("reference"),
        kolla=entry.get("kolla"),
        appends=entry.get("appends", True),
    )


def short_name(reference: str) -> str:
    """Return the stock image's short name in a full image reference: cinder-volume."""
    name = reference.rsplit("/", 1)[-1].split(":")[0]
    for prefix in ("openstack-", "centos-binary-", "rhel-binary-"):
        name = name.removeprefix(prefix)
    return name
