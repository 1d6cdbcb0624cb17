"""A container that stays up has the volumes of ContainersCommon, where the template has that resource.

Why: they bring /etc/hosts, the time zone, the certificates of the cloud and /dev/log. Without them the
service finds no other node by name, trusts no internal TLS, and logs nothing to the host.

Bad::

    volumes:
      - /var/lib/kolla/config_files/vendorx_agent.json:/var/lib/kolla/config_files/config.json:ro

Good::

    volumes:
      list_concat:
        - {get_attr: [ContainersCommon, volumes]}
        - - /var/lib/kolla/config_files/vendorx_agent.json:/var/lib/kolla/config_files/config.json:ro

Source: deployment/containers-common.yaml of tripleo-heat-templates; 10 templates of two of the 36 vendor
integrations that were read declare ContainersCommon and do not use it.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import ServiceTemplate, heat
from scaffold.documents.wiring import is_daemon
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.tripleo.services import COMMON, COMMON_TEMPLATE

HINT = f"list_concat: [{{get_attr: [{COMMON}, volumes]}}, …]"


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at the containers that kolla_start runs, where the template has the resource."""
    if not any(kind.text.endswith(COMMON_TEMPLATE) for kind in template.nested()):
        return
    for container in template.containers:
        volumes = container.get("volumes")
        if is_daemon(container) and not container.is_open and not heat.is_open(volumes):
            message = f"{container.name} lacks the volumes of {COMMON}"
            yield Finding(volumes or container.key, message, HINT)


RULE = Rule(
    id="containers-common", page=__doc__, files=ServiceTemplate, check=check, severity=Severity.WARNING
)
