"""The nested answers of a service: containers, installation, kernel module, kolla, parameters and more."""

from __future__ import annotations

from dataclasses import replace

from scaffold.fields import places, values
from scaffold.fields.shapes import (
    Boolean,
    Choice,
    Field,
    Free,
    Group,
    Integer,
    ListOf,
    MapOf,
    OneOf,
    Setting,
    Shape,
    Text,
)
from scaffold.tripleo import kolla
from scaffold.tripleo.containers import KEYS
from scaffold.tripleo.heat import PARAMETER_TYPES
from scaffold.tripleo.services import REGISTRY

TEXT = Text(values.TEXT)
LONG_TEXT = Text(values.LONG_TEXT)
YES_NO = Boolean()
STEP = Integer(1, 5)
ANY = Free(values.FREE_KEY, values.FREE_TEXT)
ANY_LIST = ListOf(ANY)
ANY_MAP = MapOf(values.FREE_KEY, ANY)
HEAT = MapOf(values.HEAT_FUNCTION, ANY, single=True)
HIERA = MapOf(values.HIERA_KEY, ANY)
PARAMETER_DEFAULTS = MapOf(values.HEAT_PARAMETER, ANY)


def or_heat(*shapes: Shape) -> OneOf:
    """SHAPES, or a function of Heat that gives such a value."""
    return OneOf((*shapes, HEAT))


def _list(shape: Shape, least: int = 0, unique: bool = False) -> ListOf:
    return ListOf(shape, least, unique)


_CONTAINER: dict[str, Field] = {
    "command": Field(
        or_heat(Text(values.ARGUMENT), _list(or_heat(Text(values.ARGUMENT)), 1)),
        "What the container runs, as one text or as a list of arguments; either may be a function of Heat.",
        kolla.START,
    ),
    "user": Field(Text(values.USER), "User name or number that the container runs as.", "the image's own"),
    "net": Field(Choice(KEYS["net"].values), "Network of the container.", "host"),
    "pid": Field(Choice(KEYS["pid"].values), "Process namespace of the container.", "its own"),
    "ipc": Field(Choice(KEYS["ipc"].values), "IPC namespace of the container.", "its own"),
    "privileged": Field(YES_NO, "Whether the container may do all that root on the host may do.", "false"),
    "cap_add": Field(
        _list(Text(values.CAPABILITY), unique=True),
        "Linux capabilities of a container that is not privileged.",
        "none",
    ),
    "volumes": Field(
        _list(or_heat(Text(places.VOLUME)), unique=True),
        "Further volumes, source:path:options or a function of Heat, after those that all containers share.",
        "none",
    ),
    "environment": Field(
        MapOf(values.ENVIRONMENT_NAME, or_heat(Setting(values.SETTING))),
        "Environment variables of the container; a value may be a function of Heat.",
        f"{kolla.STRATEGY} alone",
    ),
    "detach": Field(YES_NO, "False for a one-shot that the deployment waits for.", "true"),
    "restart": Field(Choice(KEYS["restart"].values), "When the container is restarted.", "always"),
    "start_order": Field(
        Integer(0, 1000), "Order among the containers of a step; the lowest starts first.", "that of TripleO"
    ),
    "healthcheck": Field(
        Group(
            {
                "test": Field(
                    or_heat(LONG_TEXT), "Command that succeeds while the container is well.", required=True
                )
            }
        ),
        "How podman or docker finds out whether the container is well.",
        "none",
    ),
    "ulimit": Field(_list(Text(values.ULIMIT)), "Limits, as name=soft or name=soft:hard.", "none"),
    "security_opt": Field(_list(TEXT), "Security options such as label=disable.", "none"),
    "depends_on": Field(_list(Text(values.UNIT)), "systemd units that must run before this one.", "none"),
}
KOLLA = Group(
    {
        "config_files": Field(
            _list(
                Group(
                    {
                        "source": Field(Text(places.ABSOLUTE_PATH), "Path to copy from.", required=True),
                        "dest": Field(Text(places.ABSOLUTE_PATH), "Path to copy to.", required=True),
                        "owner": Field(Text(values.OWNER), "Owner of the copy, user or user:group.", "kept"),
                        "perm": Field(Text(places.PERM), 'Mode of the copy, like "0600".', "kept"),
                        "merge": Field(YES_NO, "Whether directories are merged.", "false"),
                        "optional": Field(YES_NO, "Whether the source may be missing.", "false"),
                        "preserve_properties": Field(YES_NO, "Whether owner and mode are kept.", "false"),
                    }
                )
            ),
            "Files that kolla copies into place when the container starts.",
            "none",
        ),
        "permissions": Field(
            _list(
                Group(
                    {
                        "path": Field(Text(places.ABSOLUTE_PATH), "Path in the container.", required=True),
                        "owner": Field(Text(values.OWNER), "Its owner, user or user:group.", required=True),
                        "perm": Field(Text(places.PERM), 'Its mode, like "0755".', "kept"),
                        "recurse": Field(YES_NO, "Whether all below it follows.", "false"),
                    }
                )
            ),
            "Owners that kolla sets when the container starts.",
            "none",
        ),
    }
)
# the main container runs the service's command and stays
CONTAINER = Group({key: field for key, field in _CONTAINER.items() if key not in ("command", "detach")})
FURTHER_CONTAINER = Group(
    {
        "name": Field(Text(values.CONTAINER_NAME), "Name of the container.", required=True),
        "step": Field(STEP, "Deployment step, 1 to 5, in which it starts.", "the service's step"),
        "image": Field(
            Text(places.IMAGE), "Its image, registry/namespace/name:tag.", "the service's own image"
        ),
        "kolla": Field(KOLLA, "What kolla does before it starts the command.", "none"),
        **_CONTAINER,
        "restart": replace(_CONTAINER["restart"], origin="always; where detach is false, none"),
    }
)
KERNEL_MODULE = Group(
    {
        "name": Field(Text(values.KERNEL_MODULE), "Name of the module, as modprobe takes it.", required=True),
        "delivery": Field(
            Choice(("host", "container")),
            "Who loads the module: the host or the container.",
            "container where the service has one, else host",
        ),
        "loader": Field(
            Choice(("same", "separate")),
            "Whether the application's container loads it or a separate one at an earlier step.",
            "separate",
        ),
        "source": Field(Choice(("host", "image")), "Where the module's file comes from.", default="host"),
        "scope": Field(
            Choice(("role", "all")),
            "Whether the hosts of the service's roles load it, or those of every role.",
            default="role",
        ),
        "install": Field(
            Choice(("image", "deployment", "none")),
            "How the host gets the module: in the overcloud image before the deployment (virt-customize), by "
            "ExtraKernelPackages during it, or by means of the operator's own.",
            "image where files or packages are named",
        ),
        "packages": Field(
            _list(Text(places.PACKAGE), unique=True), "Packages of the host that hold the module.", "none"
        ),
        "rpm_files": Field(
            _list(Text(places.RPM_FILE), unique=True), "RPM files that hold the module, in host/.", "none"
        ),
        "repo_files": Field(
            _list(Text(places.REPO_FILE), unique=True),
            "Repository files for the host, in host/, which the vendor brings.",
            "none",
        ),
        "repository": Field(
            Group(
                {
                    "baseurl": Field(Text(places.URL), "Where its packages are.", required=True),
                    "gpgkey": Field(Text(places.URL), "The key that signs its packages.", required=True),
                }
            ),
            "Package repository of the module; its repository file is written.",
            "none",
        ),
        "dkms": Field(YES_NO, "Whether the packages build the module with DKMS.", "false"),
    },
    shorthand="name",
)
PUPPET_CONFIG = Group(
    {
        "step_config": Field(
            Text(values.FREE_TEXT), "The manifest that writes the configuration files.", required=True
        ),
        "config_volume": Field(
            Text(values.CONFIG_VOLUME), "Name of what is written.", "the service name with underscores"
        ),
        "puppet_tags": Field(
            _list(Text(values.PUPPET_TAG), unique=True),
            "Resource types to apply besides file, concat, file_line, augeas and cron.",
            "none",
        ),
        "config_image": Field(
            Text(places.BASE_IMAGE),
            "The image that puppet runs in: a name of the catalogue, or registry/namespace/name:tag.",
            "the service's own image",
        ),
        "volumes": Field(_list(Text(places.VOLUME), unique=True), "Volumes of puppet's container.", "none"),
    },
    shorthand="step_config",
)
WRAPS = Group(
    {
        "service": Field(Text(values.STOCK_SERVICE), "The stock service, as in CinderVolume.", required=True),
        "template": Field(
            Text(places.TEMPLATE), "Its template in tripleo-heat-templates.", "the release's registry"
        ),
    },
    shorthand="service",
)
CINDER_BACKENDS = MapOf(
    values.BACKEND,
    # secrets: the options that the operator sets
    MapOf(values.OPTION, OneOf((Setting(values.SETTING), _list(Text(values.OPTION), 1, unique=True)))),
)
TASKS = {
    "pre_deploy_step_tasks": "Ansible tasks before the first step.",
    "deploy_steps_tasks": "Ansible tasks of each step, on the nodes.",
    "external_deploy_tasks": "Ansible tasks of each step, on the undercloud.",
    "external_post_deploy_tasks": "Ansible tasks after the last step, on the undercloud.",
    "update_tasks": "Ansible tasks of a minor update.",
    "post_update_tasks": "Ansible tasks after a minor update.",
    "external_update_tasks": "Ansible tasks of a minor update, on the undercloud.",
    "upgrade_tasks": "Ansible tasks of an upgrade.",
    "pre_upgrade_rolling_tasks": "Ansible tasks before an upgrade, node by node.",
    "post_upgrade_tasks": "Ansible tasks after an upgrade.",
    "external_upgrade_tasks": "Ansible tasks of an upgrade, on the undercloud.",
    "fast_forward_upgrade_tasks": "Ansible tasks of a fast-forward upgrade.",
    "fast_forward_post_upgrade_tasks": "Ansible tasks after a fast-forward upgrade.",
    "scale_tasks": "Ansible tasks when nodes are removed.",
}
LAUNCHER_SCRIPT = Group(
    {
        "name": Field(Text(places.FILE_NAME), "File name of the script.", required=True),
        "exec": Field(Text(values.COMMAND), "What the script runs at its end.", "the service's command"),
    },
    shorthand="name",
)
PARAMETER = Group(
    {
        "type": Field(
            Choice(PARAMETER_TYPES),
            "Type of the Heat parameter.",
            required=True,
        ),
        "default": Field(ANY, "Its default; without one the operator must set it.", "none"),
        "description": Field(LONG_TEXT, "What it is for.", "the parameter's name in words"),
        "hidden": Field(
            YES_NO, "Whether Heat hides its value.", "true where the name ends like a password's"
        ),
        "constraints": Field(ANY_LIST, "Constraints of Heat.", "none"),
        "role_specific": Field(YES_NO, "Whether each role may have its own value.", "false"),
    }
)
ENVIRONMENT = Group(
    {
        "parameter_defaults": Field(PARAMETER_DEFAULTS, "Heat parameters and their values.", "none"),
        "role_parameters": Field(
            MapOf(values.ROLE, PARAMETER_DEFAULTS), "Heat parameters of single roles.", "none"
        ),
        "extra_config": Field(HIERA, "Hieradata of the environment file.", "none"),
        "resource_registry": Field(
            MapOf(values.REGISTRY_NAME, Text(places.REGISTERED)),
            "Hooks, and other templates of stock services: name, and template as seen from the top of the "
            "templates, which this repository is laid over.",
            "none",
        ),
        "disabled_services": Field(
            _list(Text(values.DISABLED_SERVICE), unique=True),
            f"Stock services that this one replaces, as {REGISTRY}Name.",
            "none",
        ),
    }
)
EXTRA = Group(
    {
        "container": Field(ANY_MAP, "Further keys of the main container.", "none"),
        "role_data": Field(ANY_MAP, "Further sections of role_data.", "none"),
        "dockerfile": Field(_list(Text(values.DOCKERFILE_LINE)), "Further lines of the Dockerfile.", "none"),
    }
)
