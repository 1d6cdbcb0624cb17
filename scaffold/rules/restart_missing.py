"""A container that stays up sets `restart: always`.

Why: without it the daemon does not come back when it ends, nor when the host is started again. A container
that runs once says `detach: false`, and the step waits for it.

Bad::

    vendorx_agent:
      image: {get_param: ContainerVendorxAgentImage}
      net: host

Good::

    vendorx_agent:
      image: {get_param: ContainerVendorxAgentImage}
      net: host
      restart: always

Source: 23 templates of 4 of the 36 vendor integrations that were read; paunch and tripleo_container_manage
pass `restart` on, or start no service for the container.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import ServiceTemplate
from scaffold.documents.wiring import is_daemon
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at each container that kolla_start runs, and that is not waited for."""
    for container in template.containers:
        if is_daemon(container) and container.get("restart") is None and not container.is_open:
            yield Finding(
                container.key,
                f"{container.name} is not restarted",
                "restart: always; once only: detach: false",
            )


RULE = Rule(id="restart-missing", page=__doc__, files=ServiceTemplate, check=check, severity=Severity.WARNING)
