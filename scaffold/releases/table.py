"""What differs between the TripleO releases: facts.yaml and its like, and a short file for each release."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from scaffold.errors import WrongUse
from scaffold.releases.ranges import NAMES, read, read_release, value, within
from scaffold.unknown import hint, meant, there_is_no

__all__ = ["DEFAULT", "NAMES", "RHOSP"]

DEFAULT = "wallaby"  # a release or version that is added moves nobody: only this line does

# version of RHOSP -> the TripleO release it is built on
RHOSP: Mapping[str, str] = {
    version: name for name in NAMES for version in read_release(name)["bases"].get("rhosp", ())
}


def _without_images(version: str, release: str) -> str:
    return (
        f"RHOSP {version} is TripleO {release}, and no source that is kept tells its stock images: write "
        f"release: {release}, and each base_image in full, registry/namespace/name:tag, with its base_user"
    )


# a version of RHOSP that is none of these -> why, and what to do
OTHERS: Mapping[str, str] = {
    "14": _without_images("14", "rocky"),
    "15": _without_images("15", "stein"),
    "18": "RHOSP 18 has no TripleO: operators on OpenShift deploy it; the last version with TripleO is 17.1",
}


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
    python_version: str = ""  # where it is known


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
class TripleO:
    """What only a release of TripleO has; the meaning and source of each stand in facts.yaml."""

    heat_template_version: str
    default_passwords: bool
    containers_common: str
    common_outputs: tuple[str, ...]
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
    security_opt_also: tuple[str, ...]  # what the branch takes besides
    depends_on: bool
    restarts: tuple[str, ...]
    empty_variables: bool
    bare_units: bool
    images_environment: str
    disk_images: tuple[str, ...]  # what `openstack overcloud image upload` takes, the first there
    undercloud_registry: str
    push: str  # engine | tripleo | external
    docker_remover: str  # a role of Ansible; empty where docker has left nothing
    image_build: ImageBuild
    prepare_tasks: tuple[str, ...]  # of the role tripleo-modify-image; empty without ContainerImagePrepare
    prepare_builder: str  # docker | buildah
    validated_in: str


@dataclass(frozen=True)
class Release:
    """A release: what every platform has, and what only its own has."""

    name: str
    title: str
    platform: str  # tripleo
    container_engines: tuple[str, ...]  # the first is the default
    bases: Mapping[str, Base]  # rdo, and RHOSP versions
    rhosp_default: str  # the version of RHOSP that is meant where none is named; empty without any
    tripleo: TripleO

    @property
    def registry(self) -> str:
        """The registry that a vendor's images go to, unless another is asked for."""
        return self.tripleo.undercloud_registry


def named(asked: str) -> str:
    """Return the release that ASKED is, or that a version of RHOSP is built on; else raises WrongUse."""
    name = RHOSP.get(asked, asked)
    if name not in NAMES:
        known = [*NAMES, *RHOSP]
        said = about_version(asked)
        likely = f"{said} one of {', '.join(known)}" if said.endswith("?") else said or hint(asked, known)
        raise WrongUse(there_is_no("release", asked), likely)
    return name


def about_version(asked: str) -> str:
    """Return why the number ASKED is no version of RHOSP here, or which is near it; nothing for no number."""
    if not re.fullmatch(r"\d{1,3}(\.\d{1,3})?", asked):
        return ""
    if reason := OTHERS.get(asked.partition(".")[0]):
        return reason
    of_it = [version for version in RHOSP if version.startswith(f"{asked}.")]
    near = min(RHOSP, key=lambda version: abs(float(version) - float(asked)))
    return meant(of_it[-1] if of_it else near)


@cache
def load(name: str) -> Release:
    """Return the facts of the release NAME (one of NAMES)."""
    own, facts = read_release(name), _facts(name)
    installers = {key: facts.pop(key) for key in ("package_manager", "python", "python_version")}
    versions = own["bases"].get("rhosp", {})
    build = facts.pop("image_build") | {"repositories": tuple(own.get("kolla_repositories", ()))}
    return Release(
        name=name,
        title=own["title"],
        platform=own["platform"],
        container_engines=facts.pop("container_engines"),
        bases={"rdo": Base(product=f"TripleO {own['title']}", **installers | own["bases"]["rdo"])}
        | {
            version: Base(product=f"Red Hat OpenStack Platform {version}", **base)
            for version, base in versions.items()
        },
        rhosp_default=own.get("rhosp_default", ""),
        tripleo=TripleO(
            config_scripts=ConfigScripts(**facts.pop("config_scripts")),
            image_build=ImageBuild(**build),
            **facts,
        ),
    )


def _facts(release: str) -> dict[str, Any]:
    """Return what facts.yaml says of a release; a fact of the name a.b is b of the map a."""
    found: dict[str, Any] = {}
    for name, fact in read("facts")["facts"].items():
        group, _, key = name.rpartition(".")
        one = value(fact["rows"], release)
        into = found.setdefault(group, {}) if group else found
        into[key] = tuple(one) if isinstance(one, list) else one
    return found


@dataclass(frozen=True)
class Branch:
    """The tip of a repository's branch: its name there, and the commit that the data are from."""

    tip: str
    commit: str


def branches(release: str) -> Mapping[str, Branch]:
    """Return the repository -> the tip of a release that the catalogue is derived from."""
    return {name: Branch(**tip) for name, tip in read_release(release)["branch"].items()}


def engine_versions(release: str) -> Mapping[str, Any]:
    """Return what `verify` runs for RELEASE: package -> version; `host` -> what starts the containers."""
    found: Mapping[str, Any] = read_release(release)["engines"]
    return found


@dataclass(frozen=True)
class SectionFacts:
    """A section of role_data: the releases that read it, and what to write in the others.

    since: the commit of the branch that brought it, where the engine of `verify` does not read it. once: by
    release, the last of its first packages that read it still. joined_by: the function of Heat that joins
    two of it; empty where none does.
    """

    releases: tuple[str, ...]
    instead: str = ""
    since: str = ""
    once: Mapping[str, str] = field(default_factory=dict)
    joined_by: str = ""


@cache
def role_data() -> Mapping[str, SectionFacts]:
    """Return every section of role_data that some release reads, by name."""
    return {
        name: SectionFacts(
            within(facts),
            facts.get("instead", ""),
            facts.get("since", ""),
            facts.get("once", {}),
            facts.get("joined_by", ""),
        )
        for name, facts in read("role_data").items()
    }


@dataclass(frozen=True)
class HeatVersions:
    """What each heat_template_version has; `order` compares two of them.

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
        return [name for name, first in self.releases.items() if release in within({"from": first})]


@cache
def heat() -> HeatVersions:
    """The versions of Heat's templates."""
    data = read("heat")
    versions = data["versions"]

    def brought(kind: str) -> dict[str, str]:
        return {name: each["names"][-1] for each in versions for name in each.get(kind, ())}

    return HeatVersions(
        order={name: at for at, each in enumerate(versions) for name in each["names"]},
        releases={name: each["from"] for each in versions for name in each["names"]},
        functions=brought("functions"),
        conditions=brought("conditions"),
        sections=brought("sections"),
        resource_keys=brought("resource_keys"),
        arguments=data["arguments"],
        gone=data["gone"],
    )
