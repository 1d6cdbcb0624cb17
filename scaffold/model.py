"""What is wanted, resolved and consistent: the values that the templates render.

Every field is a plain value (str, int, bool, list, dict, or another of these classes), so that
`dataclasses.asdict` of a model is the context of its cookiecutter template.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from scaffold.bases import BaseTemplate, Wrapped
from scaffold.contents import Has
from scaffold.environments import Beside, DayTwo, Environment
from scaffold.fields.declared import TEMPLATED
from scaffold.layers import Install
from scaffold.releases import Base, Release
from scaffold.releases.cloud import Needed
from scaffold.tripleo import containers, paths
from scaffold.tripleo.heat import Call, OrHeat


@dataclass(frozen=True)
class ServiceName:
    """The three spellings of a service, and the names made of them."""

    kebab: str  # file names: acme-agent
    snake: str  # role_data, containers: acme_agent
    camel: str  # OS::TripleO::Services::AcmeAgent and the image parameter

    @classmethod
    def of(cls, kebab: str) -> ServiceName:
        """Spell the service name KEBAB in every form."""
        words = kebab.split("-")
        return cls(kebab, "_".join(words), "".join(word[:1].upper() + word[1:] for word in words))


@dataclass(frozen=True)
class KollaImage:
    """The image as kolla's template set knows it."""

    variable: str  # cinder_volume, of cinder_volume_packages_append
    context: str  # where the Dockerfile finds the vendor's files
    appends: bool  # whether its template takes <variable>_packages_append
    tool: str  # what builds it: kolla-build, with Docker; or openstack, with root's buildah


@dataclass(frozen=True)
class Image:
    """One image of the vendor: a layer on a stock image, or one that exists already."""

    name: str
    reference: str  # registry/namespace/name:tag
    source: str  # where it comes from, if it exists already; else empty
    base: str  # full reference
    base_name: str  # cinder-volume
    base_user: str
    parameters: list[str]  # set to this image in the environment file
    args: dict[str, str]  # ARGs of the Dockerfile: default
    labels: dict[str, str]  # in which $NAME of one of args stands for it
    install: Install
    brings: list[dict[str, str]]  # tools that the rest uses and the base may lack: check, package
    package_manager: str
    python: str
    modules_prefix: str  # /opt/<vendor>, when the image brings the kernel module; else empty
    dockerfile: list[str]  # lines passed through
    copied: list[str]  # what these lines copy from the folder
    has_dockerfile: bool  # of its own
    licensed: bool  # whether labels and licences go in
    keeps_steps: bool  # whether its builder keeps a layer for each step, and so what a later one removes
    folder: str  # where the vendor puts what the image is made of
    build: str  # layer | prepare | kolla | tcib | existing
    key: str  # the name of the image in `tcib/`, and of its program
    kolla: KollaImage | None
    prepare: list[dict[str, Any]]  # entries of ContainerImagePrepare


@dataclass(frozen=True)
class HostInstall:
    """How the host gets a kernel module that it loads itself."""

    how: str  # image | deployment | none
    packages: list[str] = field(default_factory=list)
    rpm_files: list[str] = field(default_factory=list)
    repo_files: list[str] = field(default_factory=list)
    repository: dict[str, str] = field(default_factory=dict)  # baseurl, gpgkey, file: the one that is written
    dkms: bool = False


@dataclass(frozen=True)
class KernelModule:
    """A kernel module, who loads it, and where its file comes from."""

    name: str
    delivery: str  # host | container
    loader: str  # same | separate; empty when the host loads it
    source: str  # host | image
    prefix: str  # /opt/<vendor>, where the image brings it; else empty
    sysfs: str  # /sys/module/<name with underscores>
    scope: str  # role | all: whose hosts load it
    host: HostInstall


@dataclass(frozen=True)
class Script:
    """A config script: written by TripleO on the host, mounted into a container."""

    name: str
    kind: str  # plain | loader | waiter | load_and_run
    exec: str


@dataclass(frozen=True)
class Container:
    """One container of docker_config; an empty value means that the key is left out."""

    name: str
    step: int
    image: str  # a reference, or empty for the service's own
    image_parameter: str  # that names it
    privileged: OrHeat[bool]
    net: OrHeat[str]
    kolla_command: Any  # what kolla_start runs (text, or function of Heat); empty where `command` runs itself
    config_files: list[dict[str, Any]] = field(default_factory=list)  # what kolla copies before
    permissions: list[dict[str, Any]] = field(default_factory=list)  # whom kolla gives it
    script: str = ""  # config script mounted at /<script>
    command: Any = ""  # text, list or function of Heat
    restart: OrHeat[str] = ""
    detach: bool = True
    cap_add: OrHeat[list[Any]] = field(default_factory=list)
    volumes: list[Any] = field(default_factory=list)  # but for those that every container has
    volume_lists: list[Call] = field(default_factory=list)  # that Heat works out, besides
    environment: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, Any] = field(default_factory=dict)  # as they are asked, of tripleo.containers
    extra: dict[str, Any] = field(default_factory=dict)  # any others

    def key(self, name: str) -> Any:
        """What docker_config says of the key NAME; an empty value where it leaves it out."""
        return getattr(self, name, self.keys.get(name, containers.KEYS[name].empty))

    @property
    def kolla_config(self) -> str:
        """The file in which kolla finds what to run, as it is called on the host."""
        return paths.kolla_config(self.name)


@dataclass(frozen=True)
class PuppetConfig:
    """The configuration files that puppet writes in a container of its own, before the service starts."""

    config_volume: str
    puppet_tags: list[str]
    step_config: str
    image_parameter: str
    image: str  # what that parameter is set to; empty where the release sets it, or `otherwise` is read
    volumes: OrHeat[list[Any]]
    otherwise: str = ""  # the parameter of a stock image, which is read where the operator sets none
    modules: list[str] = field(default_factory=list)  # of its classes, those that no node has by itself
    stock: dict[str, str] = field(default_factory=dict)  # those of the release: description
    host_parameter: str = ""  # lets it see the modules of its image; empty where nothing does


@dataclass(frozen=True)
class HostPath:
    """A path that nodes must have, and that neither the repository nor TripleO makes."""

    path: str
    mounted_by: list[str]  # containers
    roles: list[str]


@dataclass(frozen=True)
class Section:
    """A section of role_data."""

    name: str
    value: Any
    merge: str = ""  # the function that adds it to the same section of `under`; empty for none
    under: list[str] = field(default_factory=list)  # resources, each a template that is taken in
    layout: str = ""  # the file that lays it out, where it is more than its value


@dataclass(frozen=True)
class Template:
    """What the service template says."""

    heat_template_version: str
    parameters: dict[str, dict[str, Any]]  # of the images and of the vendor, as Heat declares them
    standard_parameters: list[str]  # those that TripleO's own templates declare alike
    containers_common: str  # the template of what every container mounts; empty without containers
    role_specific: list[str]  # parameters read through RoleParametersValue
    conditions: dict[str, Any]
    sections: list[Section]
    started: dict[str, list[str]]  # container: the keys of role_data for what it starts with
    anchors: dict[str, str]  # by such a key, the YAML anchor of its value
    selinux_type: str  # of the directories that are made for the service


@dataclass(frozen=True)
class Service:
    """One composable service, or one image swap."""

    name: ServiceName
    summary: str
    integration: str  # service | image | config | environment
    images: list[Image]  # one; none of shape config; several of shape image
    step: int
    command: Any  # text, or function of Heat
    roles: list[str]
    in_roles: bool  # whether roles must be given the service; not where it takes a stock service's place
    kernel_module: KernelModule | None
    scripts: list[Script]
    containers: list[Container]
    puppet: PuppetConfig | None
    wraps: Wrapped | None  # where it replaces a stock service
    bases: list[BaseTemplate]
    host_directories: list[OrHeat[str]]  # that are made
    firewall_rules: dict[str, Any]
    firewall_hiera: str  # the key of config_settings that holds them; empty where they are a section
    hiera_key: str  # one of its hieradata, to look for on a node; empty for none
    template: Template | None  # none of an image swap

    @property
    def templated(self) -> bool:
        """Whether it has a template of its own, and so a name in the registry."""
        return self.integration in TEMPLATED

    @property
    def image(self) -> Image | None:
        """The first image, which is the service's own where it has containers."""
        return self.images[0] if self.images else None


@dataclass(frozen=True)
class Images:
    """The images of all services by what builds them."""

    layer: list[Image] = field(default_factory=list)
    prepare: list[Image] = field(default_factory=list)
    kolla: list[Image] = field(default_factory=list)
    tcib: list[Image] = field(default_factory=list)
    existing: list[Image] = field(default_factory=list)  # that nothing builds


@dataclass(frozen=True)
class VendorRepo:
    """A whole vendor repository."""

    repo_name: str
    vendor: str
    maintainer: str
    slug: str  # of the vendor: /opt/<slug>, host paths
    release: Release
    distribution: str
    base: Base
    registry: str
    namespace: str
    at_undercloud: bool  # whether the registry is on the undercloud, where the images are built then
    without_tls: list[str]  # hosts whose registries have none: the undercloud, and the builder itself
    container_engine: str
    ci: list[str]  # github, gitlab, zuul: those that jobs are written for
    all_in_one: str = ""  # the environment file that makes this one node the whole cloud; empty for others
    services: list[Service] = field(default_factory=list)  # from here on, what follows from the services
    environment: Environment = field(default_factory=Environment)
    beside: Beside = field(default_factory=Beside)
    images: Images = field(default_factory=Images)
    has: Has = field(default_factory=Has)
    engine: str = ""  # the command where images are built; root's where TripleO builds or serves them
    builder: str = ""  # the command that builds them and logs in to registries: engine, or docker
    in_roles: dict[str, list[str]] = field(default_factory=dict)  # OS::TripleO::Services::AcmeAgent: roles
    own_roles: list[str] = field(default_factory=list)  # the operator's own, of those that get a service
    host_paths: list[HostPath] = field(default_factory=list)  # that containers mount, and nobody makes
    companions: list[Needed] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)  # registries of images that exist already
    bundles: dict[str, str] = field(default_factory=dict)  # swapped images: the name that pacemaker has
    day_two: DayTwo | None = None
    host_files: list[str] = field(default_factory=list)  # what the vendor puts into host/
    overlay: str = ""  # the directory of the operator's home that the templates are laid together in
