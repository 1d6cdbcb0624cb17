"""A container that stays up has a health check. Run only when it is selected.

Why: a daemon that hangs looks healthy to `podman ps` and to the operator's monitoring. Many stock services
have no check either, so that this is a matter of taste.

Bad::

    vendorx_agent:
      restart: always

Good::

    vendorx_agent:
      restart: always
      healthcheck:
        test: /openstack/healthcheck

Source: 61 templates of 7 of the 36 vendor integrations that were read have none; healthcheck/ of
tripleo-common.
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
        if is_daemon(container) and container.get("healthcheck") is None and not container.is_open:
            yield Finding(
                container.key, f"{container.name} has no health check", "healthcheck: {test: COMMAND}"
            )


RULE = Rule(
    id="healthcheck-missing",
    page=__doc__,
    files=ServiceTemplate,
    check=check,
    severity=Severity.WARNING,
    opt_in=True,
)
