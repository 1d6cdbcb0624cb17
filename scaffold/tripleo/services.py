"""The template of a composable service: names in the registry, parameters, resources, sections, hieradata.

Which release reads a section of role_data stands in `scaffold.releases.role_data`.

Source: tripleo-heat-templates 8.4.1 to 14.3.0: common/services/role.role.j2.yaml (puppet/role.role.j2.yaml to
Stein), deployment/containers-common.yaml, deployment/README.rst.
"""

from __future__ import annotations

import re

REGISTRY = "OS::TripleO::Services::"  # what roles ask the resource registry for
DISABLED = "OS::Heat::None"  # what the registry says of a service that is off

DEFAULT_PASSWORDS = "DefaultPasswords"  # which ServiceChain passes to Victoria
DEPLOY_IDENTIFIER = "DeployIdentifier"  # runs one-shots again at each deployment

_RULES = re.compile(r"tripleo[.:]+(?P<name>\w[\w-]*?)[.:]+firewall_rules")

COMMON = "ContainersCommon"  # the resource that has the volumes of every container
COMMON_TEMPLATE = "containers-common.yaml"
ROLE_VALUES = "RoleParametersValue"  # the resource that has what roles set for themselves
OPTIONAL_VOLUMES = "OptVolumes"  # what the parameters end in that give volumes to stock containers

# of each entry of metadata_settings, which extraconfig/nova_metadata/krb-service-principals reads
PRINCIPAL = ("service", "network", "type")

SCRIPT_SECTIONS = ("docker_config_scripts", "container_config_scripts")  # to Rocky, from Stein
CONTAINER_SECTIONS = ("kolla_config", "docker_config")


def passed(default_passwords: bool) -> tuple[str, ...]:
    """The parameters that ServiceChain passes to every service, in the order in which a template has them."""
    passwords = (DEFAULT_PASSWORDS,) if default_passwords else ()
    return ("EndpointMap", "ServiceData", "ServiceNetMap", *passwords, "RoleName", "RoleParameters")


EXTRA_CONFIG = re.compile("ExtraConfig$|^controllerExtraConfig$")  # parameters that are hieradata of roles
# options of the services' configuration files: section/option -> {value: …}
CONFIG_HASH = re.compile(r"(?P<name>\w+)::config::(?P=name)(_\w+)?_config")
CINDER_CONFIG = "cinder::config::cinder_config"
ENABLED_BACKENDS = "cinder_user_enabled_backends"

PARAMETERS = passed(default_passwords=False)  # in every release


LAST_RULE = "999 drop all"  # of the firewall, whose rules stand in the order of their names


def is_reached(rule: str) -> bool:
    """Whether a RULE of the firewall, by its name, stands before the one that drops all."""
    return rule[:1].isdigit() and rule < LAST_RULE


def firewall_key(service_name: str) -> str:
    """The hieradata of a service that hold its firewall rules, where role_data has no section for them."""
    return f"tripleo.{service_name}.firewall_rules"


def ruled(key: str) -> str:
    """The service, with underscores, whose firewall rules the hiera key KEY holds; or nothing."""
    match = _RULES.fullmatch(key)
    return match["name"].replace("-", "_") if match else ""
