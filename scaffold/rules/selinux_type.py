"""The SELinux type that a task gives to a file of the host is one that there is.

Why: the file module refuses it, "Invalid argument", and the deployment stops at the first node.

Bad::

    file: {path: /var/lib/vendorx, state: directory, setype: container_file}

Good::

    file: {path: /var/lib/vendorx, state: directory, setype: container_file_t}

Source: host_prep_tasks of the stock services; container-selinux and selinux-policy of CentOS. Only what is
nearly one of the types that services use is judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import ServiceTemplate
from scaffold.documents.nodes import Scalar, Table, walk
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository
from scaffold.tripleo.paths import SELINUX_TYPES
from scaffold.unknown import did_you_mean


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at each setype in the tasks of a service."""
    if "setype" not in template.text:
        return
    for node in walk(template.role_data):
        value = node.get("setype") if isinstance(node, Table) else None
        if isinstance(value, Scalar) and value.text not in SELINUX_TYPES:
            hint = did_you_mean(value.text, SELINUX_TYPES, cutoff=0.85)
            if hint:
                yield Finding(value, f"SELinux has no type {value.text}", hint)


RULE = Rule(id="selinux-type", page=__doc__, files=ServiceTemplate, check=check)
