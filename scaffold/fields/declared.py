"""Every answer: its name, its shape, what it is for and where its default comes from."""

from __future__ import annotations

from typing import Any

from scaffold import releases
from scaffold.fields import (
    container_parts,
    container_values,
    image_parts,
    parts,
    places,
    shared_shapes,
    values,
)
from scaffold.fields.asked import DeclaredAnswers, Trait, answer
from scaffold.fields.shapes import Boolean, Choice, Integer, ListOf, MapOf, OneOf, Text
from scaffold.tripleo.heat import OrHeat, may_hold
from scaffold.tripleo.paths import HOST_LOGS

SCHEMA = 1
TEMPLATED = ("service", "config")  # the integrations that are services, with a template of their own
WITH_IMAGES = ("service", "image")  # those that have images
RELEASES = releases.NAMES
RHOSP = tuple(releases.RHOSP)
# as numbers, without quotes; not 16.0 and 17.0, which as numbers are 16 and 17
RHOSP_NUMBERS = tuple(float(one) if "." in one else int(one) for one in RHOSP if not one.endswith(".0"))


def tasks(doc: str) -> Any:
    """Declare the answer of a section of Ansible's tasks in role_data."""
    traits = Trait.TASKS | Trait.OF_TEMPLATE | Trait.WITH_HEAT
    return answer(shared_shapes.ANY_LIST, doc, "none", traits=traits)


class _NameAnswers(DeclaredAnswers):
    """What a service is."""

    service_name: str = answer(
        Text(values.SERVICE_NAME), "Name of the service, in lower-case words with dashes.", required=True
    )
    renamed_from: str | None = answer(Text(values.SERVICE_NAME), "The name it had before.", "none")
    integration: str = answer(
        Choice(("service", "image", "config", "environment", "other")),
        "A service with its own container, a layer on a stock service's image, configuration only, or an "
        "environment file alone; other writes nothing and names the TripleO mechanism to use.",
        default="service",
    )


class ServiceAnswers(_NameAnswers, image_parts.ImageAnswers):
    """One service."""

    images: list[image_parts.OneOfSeveralAnswers] = answer(
        ListOf(image_parts.OneOfSeveralAnswers.group),
        "Several stock images of integration: image, each with its own layer.",
        "one",
        traits=Trait.OF_IMAGE,
    )
    command: OrHeat[str] | None = answer(
        shared_shapes.or_heat(Text(values.COMMAND)),
        "What the container runs when there is no launcher script.",
        "/usr/bin/<service_name>",
        traits=Trait.OF_CONTAINER | Trait.WITH_HEAT,
    )
    roles: list[str] = answer(
        ListOf(Text(values.ROLE), 1, True), "Roles that run the service.", default=["Controller"]
    )
    privileged: OrHeat[bool] = answer(
        shared_shapes.or_heat(Boolean()),
        "Run the container privileged.",
        default=False,
        traits=Trait.OF_CONTAINER | Trait.WITH_HEAT,
    )
    cap_add: OrHeat[list[Any]] = answer(
        shared_shapes.or_heat(ListOf(shared_shapes.or_heat(Text(container_values.CAPABILITY)), unique=True)),
        "Capabilities to add instead of privileged.",
        "none",
        traits=Trait.OF_CONTAINER | Trait.WITH_HEAT,
    )
    kernel_module: parts.KernelModuleAnswers | None = answer(
        parts.KernelModuleAnswers.group, "The kernel module that the service needs.", "none"
    )
    launcher_script: parts.LauncherScriptAnswers | None = answer(
        parts.LauncherScriptAnswers.group,
        "Script that prepares and then starts the command.",
        "as the kernel module asks",
        traits=Trait.OF_CONTAINER,
    )
    step: int = answer(
        shared_shapes.STEP,
        "Deployment step, 1 to 5, in which the service starts.",
        default=4,
        traits=Trait.OF_CONTAINER,
    )
    container: container_parts.ContainerAnswers = answer(
        container_parts.ContainerAnswers.group,
        "Settings of the service's main container.",
        "none",
        traits=Trait.OF_CONTAINER | Trait.WITH_HEAT | Trait.CONFIGURES,
    )
    containers: list[container_parts.FurtherContainerAnswers] = answer(
        ListOf(container_parts.FurtherContainerAnswers.group),
        "Further containers of the service.",
        "none",
        traits=Trait.OF_CONTAINER | Trait.WITH_HEAT | Trait.CONFIGURES,
    )
    kolla: container_parts.KollaAnswers = answer(
        container_parts.KollaAnswers.group,
        "What kolla does before it starts the command.",
        "none",
        traits=Trait.OF_CONTAINER | Trait.WITH_HEAT,
    )
    wraps: list[parts.WrapsAnswers] = answer(
        ListOf(parts.WrapsAnswers.group, 1, alone=True),
        "The stock service this one wraps (replaces and extends), or templates that it takes in.",
        "none",
        traits=Trait.OF_TEMPLATE | Trait.WITH_HEAT,
    )
    puppet_config: parts.PuppetConfigAnswers | None = answer(
        parts.PuppetConfigAnswers.group,
        "Configuration files that puppet writes.",
        "none",
        traits=Trait.OF_TEMPLATE | Trait.WITH_HEAT,
    )
    cinder_backends: dict[str, dict[str, Any]] = answer(
        parts.BACKENDS,
        "Backends of cinder-volume, and their options in cinder.conf. secrets is a list of the names of "
        "options that have no value here, such as [san_password]: the operator sets them.",
        "none",
        traits=Trait.CONFIGURES | Trait.BACKENDS,
    )
    manila_backends: dict[str, dict[str, Any]] = answer(
        parts.BACKENDS,
        "Backends of manila-share, and their options in manila.conf: share_driver, "
        "driver_handles_share_servers and more; secrets as in cinder_backends.",
        "none",
        traits=Trait.CONFIGURES | Trait.BACKENDS,
    )
    conditions: dict[str, Any] = answer(
        MapOf(values.CONDITION, shared_shapes.EXACT),
        "Conditions of the service template.",
        "none",
        traits=Trait.OF_TEMPLATE | Trait.WITH_HEAT,
    )
    parameters: dict[str, parts.ParameterAnswers] = answer(
        MapOf(values.HEAT_PARAMETER, parts.ParameterAnswers.group),
        "Heat parameters of the service.",
        "none",
        traits=Trait.OF_TEMPLATE,
    )
    config_settings: dict[str, Any] = answer(
        shared_shapes.HIERA,
        "Hieradata of the nodes that run the service.",
        "none",
        traits=Trait.OF_TEMPLATE | Trait.WITH_HEAT | Trait.CONFIGURES,
    )
    service_config_settings: dict[str, Any] = answer(
        shared_shapes.EXACT_MAP,
        "Hieradata for the nodes that run other services.",
        "none",
        traits=Trait.OF_TEMPLATE | Trait.WITH_HEAT | Trait.CONFIGURES,
    )
    firewall_rules: dict[str, dict[str, Any]] = answer(
        MapOf(values.FIREWALL_RULE, MapOf(values.FIREWALL_KEY, shared_shapes.EXACT)),
        "Rules by name, which begins with their place: a number below 998.",
        "none",
        traits=Trait.OF_TEMPLATE | Trait.WITH_HEAT,
    )
    host_directories: list[parts.HostDirectoryAnswers] = answer(
        ListOf(parts.HostDirectoryAnswers.group, unique=True),
        "Directories of the host, created before the containers start; mounted into and owned by them.",
        f"{HOST_LOGS}/<service_name>, with containers, besides others that are not for logs",
        traits=Trait.OF_TEMPLATE | Trait.WITH_HEAT,
    )
    metadata_settings: list[Any] | dict[str, Any] | None = answer(
        OneOf((shared_shapes.EXACT_LIST, shared_shapes.EXACT_MAP)),
        "The section metadata_settings of role_data.",
        "none",
        traits=Trait.OF_TEMPLATE | Trait.WITH_HEAT,
    )
    pre_deploy_step_tasks: list[Any] = tasks("Ansible tasks before the first step.")
    deploy_steps_tasks: list[Any] = tasks("Ansible tasks of each step, on the nodes.")
    external_deploy_tasks: list[Any] = tasks("Ansible tasks of each step, on the undercloud.")
    external_post_deploy_tasks: list[Any] = tasks("Ansible tasks after the last step, on the undercloud.")
    update_tasks: list[Any] = tasks("Ansible tasks of a minor update.")
    post_update_tasks: list[Any] = tasks("Ansible tasks after a minor update.")
    external_update_tasks: list[Any] = tasks("Ansible tasks of a minor update, on the undercloud.")
    upgrade_tasks: list[Any] = tasks("Ansible tasks of an upgrade.")
    pre_upgrade_rolling_tasks: list[Any] = tasks("Ansible tasks before an upgrade, node by node.")
    post_upgrade_tasks: list[Any] = tasks("Ansible tasks after an upgrade.")
    external_upgrade_tasks: list[Any] = tasks("Ansible tasks of an upgrade, on the undercloud.")
    fast_forward_upgrade_tasks: list[Any] = tasks("Ansible tasks of a fast-forward upgrade.")
    fast_forward_post_upgrade_tasks: list[Any] = tasks("Ansible tasks after a fast-forward upgrade.")
    scale_tasks: list[Any] = tasks("Ansible tasks when nodes are removed.")
    host_prep_tasks: list[Any] = answer(
        shared_shapes.ANY_LIST,
        "Ansible tasks before the containers start.",
        "none",
        traits=Trait.OF_TEMPLATE | Trait.WITH_HEAT,
    )
    environment: parts.EnvironmentAnswers = answer(
        parts.EnvironmentAnswers.group,
        "What the environment file sets besides.",
        "nothing",
        traits=Trait.CONFIGURES,
    )
    extra: parts.ExtraAnswers = answer(
        parts.ExtraAnswers.group,
        "What has no answer of its own, passed through as it is.",
        "nothing",
        traits=Trait.WITH_HEAT | Trait.CONFIGURES,
    )

    @property
    def may_load_modules(self) -> bool:
        """Whether it has the right to, or Heat works that out."""
        return bool(self.privileged) or may_hold(self.cap_add, "SYS_MODULE")


class RepositoryAnswers(DeclaredAnswers):
    """All answers."""

    schema: int = answer(Integer(SCHEMA, SCHEMA), "Version of the form of this file.", default=SCHEMA)
    repo_name: str | None = answer(
        Text(values.REPO_NAME),
        "Name of the repository and its directory.",
        "<vendor>-tripleo",
        traits=Trait.STORED,
    )
    vendor: str | None = answer(
        Text(values.TEXT), "The vendor, as people read it.", "the service's first word", traits=Trait.STORED
    )
    maintainer: str | None = answer(
        Text(values.TEXT), "Who maintains the images.", "the vendor", traits=Trait.FOLLOWS_DEFAULTS
    )
    release: str = answer(
        Choice((*RELEASES, *RHOSP), RHOSP_NUMBERS),
        "Release of TripleO, or version of RHOSP.",
        default=releases.DEFAULT,
    )
    distribution: str | None = answer(
        Choice(("rdo", "rhosp")),
        "Whose stock images the vendor's are built on.",
        "rdo; rhosp for a version of it",
        traits=Trait.STORED,
    )
    registry: str | None = answer(
        Text(places.REGISTRY),
        "Where the vendor's images are pushed and pulled, host or host:port.",
        "by release",
        traits=Trait.STORED | Trait.FOLLOWS_RELEASE,
    )
    namespace: str | None = answer(
        Text(places.NAMESPACE),
        "Namespace of the vendor's images.",
        "the vendor in lower case",
        traits=Trait.FOLLOWS_DEFAULTS,
    )
    base_registry: str | None = answer(
        Text(places.REGISTRY),
        "Registry of the stock images.",
        "by release and distribution",
        traits=Trait.FOLLOWS_DEFAULTS | Trait.FOLLOWS_RELEASE,
    )
    base_namespace: str | None = answer(
        Text(places.NAMESPACE),
        "Namespace of the stock images.",
        "by release and distribution",
        traits=Trait.FOLLOWS_DEFAULTS | Trait.FOLLOWS_RELEASE,
    )
    base_tag: str | None = answer(
        Text(places.TAG),
        "Tag of the stock images, in quotes.",
        "by release and distribution",
        traits=Trait.FOLLOWS_DEFAULTS | Trait.FOLLOWS_RELEASE,
    )
    ci: list[str] = answer(
        ListOf(Choice(("github", "gitlab", "zuul")), unique=True), "CI systems to write a job for.", "none"
    )
    keep: list[str] = answer(
        ListOf(Text(places.KEEP_PATTERN), unique=True),
        "Managed files that the vendor owns from now on, as patterns.",
        "none",
    )
    container_engine: str | None = answer(
        Choice(("docker", "podman")),
        "What builds and runs containers.",
        "docker until Rocky, then podman",
        traits=Trait.STORED | Trait.FOLLOWS_RELEASE,
    )
    single_node: bool = answer(
        Boolean(),
        "Whether all is one node, with the role Standalone; only that can use a registry at localhost.",
        default=False,
    )
    all_images: image_parts.AllImagesAnswers = answer(
        image_parts.AllImagesAnswers.group, "What the images of all services share.", "nothing"
    )
    services: list[ServiceAnswers] = answer(
        ListOf(ServiceAnswers.group, 1), "The services of this repository.", required=True
    )


SERVICE = ServiceAnswers.group
ANSWERS = RepositoryAnswers.group
