"""No container gets the whole file system of the host.

Why: every secret of the node is then in the container, /etc/shadow and the keys of all services among them,
and unless it is read-only the host is the container's.

Bad::

    volumes:
      - /:/host

Good::

    volumes:
      - /var/lib/vendorx:/var/lib/vendorx:z

Source: a template of one of the 36 vendor integrations that were read.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import ServiceTemplate
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at the source of each mount."""
    for container in template.containers:
        for mount in container.mounts:
            if not mount.source.strip("/"):
                message = f"{container.name} gets the whole file system of the host"
                yield Finding(mount, message, "mount the directories that it needs")


RULE = Rule(id="root-mount", page=__doc__, files=ServiceTemplate, check=check, severity=Severity.WARNING)
