"""What differs between the TripleO releases: one YAML file each, every fact with its source beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from scaffold.errors import WrongUse

NAMES = ("queens", "rocky", "stein", "train", "ussuri", "victoria", "wallaby")

NEWEST = NAMES[-1]  # and the default

# RHOSP version -> the TripleO release it is built on
RHOSP = {"13": "queens", "16.1": "train", "16.2": "train", "17.0": "wallaby", "17.1": "wallaby"}


def scope() -> str:
    """Which releases there are, in a line."""
    *versions, newest = RHOSP
    first, last = NAMES[0].capitalize(), NAMES[-1].capitalize()
    return f"{first} to {last}; RHOSP {', '.join(versions)} and {newest}"


@dataclass(frozen=True)
class Base:
    """Where the stock images of a distribution come from, and what installs packages in them."""

    product: str  # what people call it: TripleO Train, Red Hat OpenStack Platform 16.2
    registry: str
    namespace: str
    prefix: str
    tag: str
    package_manager: str
    python: str


@dataclass(frozen=True)
class ConfigScripts:
    """The role_data section of the config scripts, and where the host keeps them."""

    section: str
    directory: str


@dataclass(frozen=True)
class ImageBuild:
    """What builds the release's own images, and how the vendor's come in."""

    tool: str  # kolla | tcib
    base_packages: str  # kolla's list of packages of the base image, without _append
    anchored: bool
    use_buildah: bool
    repositories: tuple[str, ...]


@dataclass(frozen=True)
class Release:
    """The facts of one release; the meaning and source of each stand in its YAML file."""

    name: str
    order: int
    title: str
    tripleo_heat_templates: str
    heat_template_version: str
    default_passwords: bool
    containers_common: str
    empty_puppet_config: Mapping[str, str]
    image_parameter_prefix: str
    role_specific_images: bool
    config_scripts: ConfigScripts
    environment_form: str  # list | map
    environment_also: tuple[str, ...]  # what the release takes besides
    firewall_rules_in: str  # config_settings | role_data
    selinux_type: str
    volume_label: str  # ":z" or ""
    capabilities: bool
    security_opt_form: str  # string | list
    depends_on: bool
    container_engines: tuple[str, ...]
    images_environment: str
    undercloud_registry: str
    push: str  # engine | tripleo | external
    image_build: ImageBuild
    prepare_tasks: tuple[str, ...]  # of the role tripleo-modify-image; empty without ContainerImagePrepare
    bases: Mapping[str, Base]  # rdo, and RHOSP versions


def named(asked: str) -> str:
    """The release that ASKED is, or that a version of RHOSP is built on; raises WrongUse for neither."""
    name = RHOSP.get(asked, asked)
    if name not in NAMES:
        raise WrongUse(f"there is no release {asked!r}", f"one of {', '.join([*NAMES, *RHOSP])}")
    return name


@cache
def load(name: str) -> Release:
    """Return the facts of the release NAME (one of NAMES)."""
    data = _read(name)
    installers = {key: data.pop(key) for key in ("package_manager", "python")}
    bases = data.pop("bases")
    return Release(
        **data
        | {
            "config_scripts": ConfigScripts(**data["config_scripts"]),
            "container_engines": tuple(data["container_engines"]),
            "image_build": ImageBuild(
                **data["image_build"] | {"repositories": tuple(data["image_build"]["repositories"])}
            ),
            "prepare_tasks": tuple(data["prepare_tasks"]),
            "environment_also": tuple(data["environment_also"]),
            "bases": {"rdo": Base(product=f"TripleO {data['title']}", **installers | bases["rdo"])}
            | {
                version: Base(product=f"Red Hat OpenStack Platform {version}", **base)
                for version, base in bases.get("rhosp", {}).items()
            },
        }
    )


@dataclass(frozen=True)
class Section:
    """A section of role_data: the releases that read it, and what to write in the others.

    since: the commit of the branch that brought it, where the release's package does not read it. once: by
    release, the last of its first packages that read it still.
    """

    releases: tuple[str, ...]
    instead: str = ""
    since: str = ""
    once: Mapping[str, str] = field(default_factory=dict)


@cache
def role_data() -> Mapping[str, Section]:
    """Return every section of role_data that some release reads, by name."""
    data = _read("role_data")
    return {
        name: Section(
            NAMES[NAMES.index(facts.get("from", NAMES[0])) : NAMES.index(facts.get("to", NAMES[-1])) + 1],
            facts.get("instead", ""),
            facts.get("since", ""),
            facts.get("once", {}),
        )
        for name, facts in data.items()
    }


def tips() -> Mapping[str, Mapping[str, Any]]:
    """What each release's branch has at its tip, and its package has not; the form stands in tips.yaml."""
    return _read("tips")


@dataclass(frozen=True)
class ContainerKeys:
    """The keys of a container that a release reads; what does the same where it does not read one.

    security_opt_list: whether the branch takes a list for security_opt, though the package may not.
    """

    read: frozenset[str]
    of_others: frozenset[str]
    instead: Mapping[str, str]
    security_opt_list: bool


@cache
def container_keys(release: str) -> ContainerKeys:
    """The keys of a container in the release NAME."""
    data = _read("container_keys")
    read = frozenset(data["keys"][release])
    return ContainerKeys(
        read=read,
        of_others=frozenset(name for names in data["keys"].values() for name in names) - read,
        instead=data["instead"].get(release, {}),
        security_opt_list=release in data["security_opt_list"],
    )


@dataclass(frozen=True)
class HeatVersions:
    """What each heat_template_version has; ``order`` compares two of them.

    order: version -> its place in time; an alias has that of its date.
    releases: version -> the first release whose Heat knows it.
    functions, conditions, sections, resource_keys: name -> the version that brought it (those of all
    versions are not among them). arguments: what a function takes from a later version on. gone: what Heat
    refuses from then on.
    """

    order: Mapping[str, int]
    releases: Mapping[str, str]
    functions: Mapping[str, str]
    conditions: Mapping[str, str]
    sections: Mapping[str, str]
    resource_keys: Mapping[str, str]
    arguments: Mapping[str, str]
    gone: Mapping[str, str]

    def has(self, version: str, since: str) -> bool:
        """Whether the version is SINCE or later; a version that is not known has everything."""
        return version not in self.order or self.order[version] >= self.order[since]

    def known_to(self, release: str) -> list[str]:
        """The versions that the release's Heat knows."""
        return [name for name, first in self.releases.items() if NAMES.index(first) <= NAMES.index(release)]


@cache
def heat() -> HeatVersions:
    """The versions of Heat's templates."""
    data = _read("heat")
    versions = data["versions"]

    def brought(kind: str) -> dict[str, str]:
        return {name: each["names"][-1] for each in versions for name in each.get(kind, ())}

    return HeatVersions(
        order={name: at for at, each in enumerate(versions) for name in each["names"]},
        releases={name: each["release"] for each in versions for name in each["names"]},
        functions=brought("functions"),
        conditions=brought("conditions"),
        sections=brought("sections"),
        resource_keys=brought("resource_keys"),
        arguments=data["arguments"],
        gone=data["gone"],
    )


@cache
def roles() -> tuple[str, ...]:
    """The roles that some release's roles files define."""
    return tuple(_read("roles")["roles"])


def _read(name: str) -> dict[str, Any]:
    import yaml

    text = Path(__file__).with_name(f"{name}.yaml").read_text("utf-8")
    data: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return data
