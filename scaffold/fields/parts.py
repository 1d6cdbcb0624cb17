"""The nested answers of a service: kernel module, puppet, parameters, environment file and more."""

from __future__ import annotations

from typing import Any

from scaffold.fields import places, values
from scaffold.fields.asked import DeclaredAnswers, Trait, answer
from scaffold.fields.shapes import Choice, MapOf, OneOf, Setting, Text
from scaffold.fields.shared_shapes import (
    ANY_MAP,
    EXACT,
    EXACT_MAP,
    HIERA,
    LONG_TEXT,
    PARAMETER_DEFAULTS,
    YES_NO,
    or_heat,
    several,
)
from scaffold.tripleo.heat import OrHeat
from scaffold.tripleo.parameters import PARAMETER_TYPES
from scaffold.tripleo.paths import HOST_LOGS, LOGS
from scaffold.tripleo.services import REGISTRY


class ModuleRepositoryAnswers(DeclaredAnswers):
    """The package repository of a kernel module."""

    baseurl: str = answer(Text(places.URL), "Where its packages are.", required=True)
    gpgkey: str = answer(Text(places.URL), "The key that signs its packages.", required=True)


class KernelModuleAnswers(DeclaredAnswers, shorthand="name"):
    """The kernel module that a service needs; `completed_module` fills in delivery, loader and install."""

    name: str = answer(Text(values.KERNEL_MODULE), "Name of the module, as modprobe takes it.", required=True)
    delivery: str = answer(
        Choice(("host", "container")),
        "Who loads the module: the host or the container.",
        "container where the service has one, else host",
    )
    loader: str = answer(
        Choice(("same", "separate")),
        "Whether the application's container loads it or a separate one at an earlier step.",
        "separate",
        traits=Trait.OF_CONTAINER,
    )
    source: str = answer(
        Choice(("host", "image")),
        "Where the module's file comes from; with image, the host's own is the last resort.",
        default="host",
        traits=Trait.OF_CONTAINER,
    )
    scope: str = answer(
        Choice(("role", "all")),
        "Whether the hosts of the service's roles load it, or those of every role.",
        default="role",
        traits=Trait.OF_HOST,
    )
    install: str = answer(
        Choice(("image", "deployment", "none")),
        "How the host gets the module: in the overcloud image before the deployment (virt-customize), by "
        "ExtraKernelPackages during it, or by means of the operator's own.",
        "image where files or packages are named",
        traits=Trait.OF_HOST,
    )
    packages: list[str] = answer(
        several(Text(places.PACKAGE), unique=True),
        "Packages of the host that hold the module.",
        "none",
        traits=Trait.OF_HOST | Trait.INSTALLED,
    )
    rpm_files: list[str] = answer(
        several(Text(places.RPM_FILE), unique=True),
        "RPM files that hold the module, in host/.",
        "none",
        traits=Trait.OF_HOST | Trait.INSTALLED | Trait.NOT_DEPLOYED,
    )
    repo_files: list[str] = answer(
        several(Text(places.REPO_FILE), unique=True),
        "Repository files for the host, in host/, which the vendor brings.",
        "none",
        traits=Trait.OF_HOST | Trait.INSTALLED | Trait.NOT_DEPLOYED,
    )
    repository: ModuleRepositoryAnswers | None = answer(
        ModuleRepositoryAnswers.group,
        "Package repository of the module; its repository file is written.",
        "none",
        traits=Trait.OF_HOST | Trait.INSTALLED | Trait.NOT_DEPLOYED,
    )
    dkms: bool = answer(
        YES_NO,
        "Whether the packages build the module with DKMS.",
        default=False,
        traits=Trait.OF_HOST | Trait.INSTALLED,
    )


class PuppetConfigAnswers(DeclaredAnswers, shorthand="step_config"):
    """Configuration files that puppet writes."""

    step_config: str = answer(
        Text(values.FREE_TEXT), "The manifest that writes the configuration files.", required=True
    )
    config_volume: str | None = answer(
        Text(values.CONFIG_VOLUME), "Name of what is written.", "the service name with underscores"
    )
    puppet_tags: list[str] = answer(
        several(Text(values.PUPPET_TAG), unique=True),
        "Resource types to apply besides file, concat, file_line, augeas and cron.",
        "none",
    )
    config_image: str | None = answer(
        Text(places.BASE_IMAGE),
        "The image that puppet runs in: a name of the catalogue, or registry/namespace/name:tag.",
        "the service's own image",
    )
    volumes: OrHeat[list[Any]] = answer(
        or_heat(several(or_heat(Text(places.VOLUME)), unique=True)), "Volumes of puppet's container.", "none"
    )


class HostDirectoryAnswers(DeclaredAnswers, shorthand="path"):
    """A directory of the host that a service makes."""

    path: OrHeat[str] = answer(
        or_heat(Text(places.HOST_DIRECTORY)), "Where it is on the host.", required=True
    )
    mounted_at: str | None = answer(
        Text(places.ABSOLUTE_PATH),
        "Where containers see it.",
        f"where it is on the host; {LOGS}/... for one below {HOST_LOGS}",
        traits=Trait.OF_CONTAINER,
    )
    containers: list[str] = answer(
        several(Text(values.CONTAINER_NAME), unique=True),
        "The containers of the service that mount it, by name; with [] it is only made.",
        "every one but a loader",
        traits=Trait.OF_CONTAINER,
    )


class WrapsAnswers(DeclaredAnswers, shorthand="service"):
    """A template whose role_data a service takes in."""

    service: str | None = answer(
        Text(values.STOCK_SERVICE), "The stock service, as in CinderVolume.", "none; template names one then"
    )
    template: str | None = answer(
        Text(places.TEMPLATE),
        "Its template in tripleo-heat-templates, or the name that the registry has for it.",
        "the release's registry",
    )
    in_place: bool | None = answer(
        YES_NO,
        "Whether this service takes its place in the registry, and so in the roles; else it is a service of "
        "its own.",
        "true where service is named",
    )
    sections: list[str] = answer(
        several(Text(places.SECTION), 1, unique=True),
        "The sections of its role_data that are taken in; service_name among them keeps its name.",
        "all",
    )
    properties: dict[str, Any] = answer(
        PARAMETER_DEFAULTS,
        "What its parameters are given besides what every service gets: values or functions of Heat, as in "
        "{DockerNovaComputeImage: {get_param: VendorxComputeImage}}.",
        "none",
    )


BACKENDS = MapOf(
    values.BACKEND,
    MapOf(
        values.OPTION,
        OneOf(
            (Setting(values.SETTING), several(Text(values.OPTION), 1, unique=True)),
            instead="an option that the operator sets is named in the list secrets",
        ),
    ),
)


class LauncherScriptAnswers(DeclaredAnswers, shorthand="name"):
    """The script that starts the command."""

    name: str = answer(Text(places.FILE_NAME), "File name of the script.", required=True)
    exec: str | None = answer(
        Text(values.COMMAND), "What the script runs at its end.", "the service's command"
    )


class ParameterAnswers(DeclaredAnswers):
    """A Heat parameter."""

    type: str = answer(
        Choice(PARAMETER_TYPES),
        "Type of the Heat parameter.",
        required=True,
    )
    default: Any = answer(EXACT, "Its default; without one the operator must set it.", "none")
    description: str | None = answer(LONG_TEXT, "What it is for.", "the parameter's name in words")
    hidden: bool | None = answer(
        YES_NO, "Whether Heat hides its value.", "true where the name ends like a password's"
    )
    constraints: list[dict[str, Any]] = answer(
        several(MapOf(values.CONSTRAINT, EXACT)), "Constraints of Heat.", "none"
    )
    role_specific: bool = answer(YES_NO, "Whether each role may have its own value.", default=False)


class EnvironmentAnswers(DeclaredAnswers):
    """What the environment file sets besides."""

    parameter_defaults: dict[str, Any] = answer(
        PARAMETER_DEFAULTS, "Heat parameters and their values.", "none"
    )
    role_parameters: dict[str, dict[str, Any]] = answer(
        MapOf(values.ROLE, PARAMETER_DEFAULTS), "Heat parameters of single roles.", "none"
    )
    extra_config: dict[str, Any] = answer(
        HIERA, "Hieradata of the service's roles (<Role>ExtraConfig).", "none"
    )
    role_extra_config: dict[str, dict[str, Any]] = answer(
        MapOf(values.ROLE, HIERA), "Hieradata of single roles.", "none"
    )
    global_extra_config: dict[str, Any] = answer(HIERA, "Hieradata of all roles (ExtraConfig).", "none")
    files: list[str] = answer(
        several(Text(places.ENVIRONMENT_FILE), unique=True),
        "Environment files of the release that the deploy command gets before this repository's.",
        "those that the repository is known to need",
    )
    resource_registry: dict[str, str] = answer(
        MapOf(values.REGISTRY_NAME, Text(places.REGISTERED)),
        "Hooks, and other templates of stock services: name, and template as seen from the top of the "
        "templates, which this repository is laid over.",
        "none",
    )
    disabled_services: list[str] = answer(
        several(Text(values.DISABLED_SERVICE), unique=True),
        f"Stock services that this one replaces, as {REGISTRY}Name.",
        "none",
    )


class ExtraAnswers(DeclaredAnswers):
    """What has no answer of its own."""

    container: dict[str, Any] = answer(EXACT_MAP, "Further keys of the main container.", "none")
    loader: dict[str, Any] = answer(
        EXACT_MAP, "Further keys of the container that loads the kernel module.", "none"
    )
    role_data: dict[str, Any] = answer(ANY_MAP, "Further sections of role_data.", "none")
    dockerfile: list[str] = answer(
        several(Text(values.DOCKERFILE_LINE)),
        "Further lines of the Dockerfile; of several images, those of all before their own.",
        "none",
    )
