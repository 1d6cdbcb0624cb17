"""A service has a service_name of small letters, digits and underscores.

Why: it becomes part of hieradata keys (`vendorx_agent_enabled`, `tripleo.vendorx_agent.firewall_rules`) and
of Ansible variables, and neither takes a dash. Without one the role's list of services cannot be built. A
template that only others nest needs none. One that its file's name is but for a slip is misspelt.

Bad::

    service_name: vendorx-agent

Good::

    service_name: vendorx_agent

Source: tools/yaml-validate.py, "service_name is required in role_data"; common/services/role.role.j2.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import ServiceTemplate, heat
from scaffold.documents.nodes import Scalar
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.unknown import is_slip


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at the name, where it is written out."""
    node = template.section("service_name")
    if isinstance(node, Scalar) and not re.fullmatch(r"[a-z][a-z0-9_]*", node.text):
        spelt = re.sub(r"\W+", "_", node.text).strip("_").lower()
        message = f"{node.text!r} is no service_name: small letters, digits and _ only"
        severity = Severity.WARNING if re.fullmatch(r"[\w-]+", node.text) else None
        yield Finding(node, message, f"service_name: {spelt}", severity)
    elif isinstance(node, Scalar):
        named = re.sub(r"\W+", "_", template.name.partition(".")[0])
        if is_slip(node.text, named):
            message = f"service_name is {node.text}, in a file called {template.name}"
            yield Finding(node, message, f"service_name: {named}", Severity.WARNING)
    missing = node is None and template.section("docker_config") and not heat.is_open(template.role_data)
    if missing and not repository.only_nested(template):
        yield Finding(template.root.table("outputs").keys["role_data"], "role_data has no service_name")


RULE = Rule(id="service-name", page=__doc__, files=ServiceTemplate, check=check)
