"""Every answer: its name, its shape, what it is for and where its default comes from."""

from __future__ import annotations

from scaffold import releases
from scaffold.fields import image_parts, parts, places, values
from scaffold.fields.shapes import Boolean, Choice, Field, Group, Integer, ListOf, MapOf, OneOf, Text
from scaffold.tripleo.paths import HOST_LOGS

SCHEMA = 1
RELEASES = releases.NAMES
RHOSP = tuple(releases.RHOSP)
# as numbers, without quotes; not 16.0 and 17.0, which as numbers are 16 and 17
RHOSP_NUMBERS = tuple(float(one) if "." in one else int(one) for one in RHOSP if not one.endswith(".0"))

SERVICE = Group(
    {
        "service_name": Field(
            Text(values.SERVICE_NAME), "Name of the service, in lower-case words with dashes.", required=True
        ),
        "renamed_from": Field(Text(values.SERVICE_NAME), "The name it had before.", "none"),
        "integration": Field(
            Choice(("service", "image", "config", "other")),
            "A service with its own container, a layer on a stock service's image, or configuration only; "
            "other writes nothing and names the TripleO mechanism to use.",
            default="service",
        ),
        **image_parts.IMAGE,
        "images": Field(
            image_parts.SEVERAL_IMAGES,
            "Several stock images of integration: image, each with its own layer.",
            "one",
        ),
        "command": Field(
            parts.or_heat(Text(values.COMMAND)),
            "What the container runs when there is no launcher script; a function of Heat may work it out.",
            "/usr/bin/<service_name>",
        ),
        "roles": Field(
            ListOf(Text(values.ROLE), 1, True),
            "Roles that run the service.",
            default=["Controller"],
        ),
        "privileged": Field(Boolean(), "Run the container privileged.", "false"),
        "cap_add": Field(
            ListOf(Text(values.CAPABILITY), unique=True),
            "Capabilities to add instead of privileged.",
            "none",
        ),
        "kernel_module": Field(parts.KERNEL_MODULE, "The kernel module that the service needs.", "none"),
        "launcher_script": Field(
            parts.LAUNCHER_SCRIPT,
            "Script that prepares and then starts the command.",
            "as the kernel module asks",
        ),
        "step": Field(parts.STEP, "Deployment step, 1 to 5, in which the service starts.", default=4),
        "container": Field(parts.CONTAINER, "Settings of the service's main container.", "none"),
        "containers": Field(ListOf(parts.FURTHER_CONTAINER), "Further containers of the service.", "none"),
        "kolla": Field(parts.KOLLA, "What kolla does before it starts the command.", "none"),
        "wraps": Field(parts.WRAPS, "The stock service this one wraps (replaces and extends).", "none"),
        "puppet_config": Field(parts.PUPPET_CONFIG, "Configuration files that puppet writes.", "none"),
        "cinder_backends": Field(
            parts.CINDER_BACKENDS,
            "Backends of cinder-volume, and their options in cinder.conf. secrets is a list of the names of "
            "options that have no value here, such as [san_password]: the operator sets them.",
            "none",
        ),
        "conditions": Field(
            MapOf(values.CONDITION, parts.ANY), "Conditions of the service template.", "none"
        ),
        "parameters": Field(
            MapOf(values.HEAT_PARAMETER, parts.PARAMETER), "Heat parameters of the service.", "none"
        ),
        "config_settings": Field(parts.HIERA, "Hieradata of the nodes that run the service.", "none"),
        "service_config_settings": Field(
            parts.ANY_MAP, "Hieradata for the nodes that run other services.", "none"
        ),
        "firewall_rules": Field(
            MapOf(values.TEXT, parts.ANY_MAP), "Rules by name, such as '110 vendorx agent'.", "none"
        ),
        "host_directories": Field(
            ListOf(Text(places.HOST_DIRECTORY), unique=True),
            "Directories of the host, created before the containers start; mounted into and owned by them.",
            f"{HOST_LOGS}/<service_name>, with containers, besides others that are not for logs",
        ),
        "metadata_settings": Field(
            OneOf((parts.ANY_LIST, parts.ANY_MAP)), "The section metadata_settings of role_data.", "none"
        ),
        **{name: Field(parts.ANY_LIST, doc, "none") for name, doc in parts.TASKS.items()},
        "host_prep_tasks": Field(parts.ANY_LIST, "Ansible tasks before the containers start.", "none"),
        "environment": Field(parts.ENVIRONMENT, "What the environment file sets besides.", "nothing"),
        "extra": Field(parts.EXTRA, "What has no answer of its own, passed through as it is.", "nothing"),
    }
)
ANSWERS = Group(
    {
        "schema": Field(Integer(SCHEMA, SCHEMA), "Version of the form of this file.", str(SCHEMA)),
        "repo_name": Field(
            Text(values.REPO_NAME), "Name of the repository and its directory.", "<vendor>-tripleo"
        ),
        "vendor": Field(Text(values.TEXT), "The vendor, as people read it.", "the service name's first word"),
        "maintainer": Field(Text(values.TEXT), "Who maintains the images.", "the vendor"),
        "release": Field(
            Choice((*RELEASES, *RHOSP), RHOSP_NUMBERS),
            "Release of TripleO, or version of RHOSP.",
            default=releases.DEFAULT,
        ),
        "registry": Field(
            Text(places.REGISTRY),
            "Where the vendor's images are pushed and pulled, host or host:port.",
            "by release",
        ),
        "distribution": Field(
            Choice(("rdo", "rhosp")),
            "Whose stock images the vendor's are built on.",
            "rdo; rhosp for a version of it",
        ),
        "namespace": Field(
            Text(places.NAMESPACE), "Namespace of the vendor's images.", "the vendor in lower case"
        ),
        "base_registry": Field(
            Text(places.REGISTRY), "Registry of the stock images.", "by release and distribution"
        ),
        "base_namespace": Field(
            Text(places.NAMESPACE), "Namespace of the stock images.", "by release and distribution"
        ),
        "base_tag": Field(
            Text(places.TAG), "Tag of the stock images, in quotes.", "by release and distribution"
        ),
        "ci": Field(
            ListOf(Choice(("github", "gitlab", "zuul")), unique=True),
            "CI systems to write a job for.",
            "none",
        ),
        "keep": Field(
            ListOf(Text(places.KEEP_PATTERN), unique=True),
            "Managed files that the vendor owns from now on, as patterns.",
            "none",
        ),
        "container_engine": Field(
            Choice(("docker", "podman")),
            "What builds and runs containers.",
            "docker until Rocky, then podman",
        ),
        "single_node": Field(
            Boolean(), "Whether all is one node, which alone can use a registry at localhost.", "false"
        ),
        "services": Field(ListOf(SERVICE, 1), "The services of this repository.", required=True),
    }
)
