"""A container that runs bootstrap_host_exec runs as root.

Why: bootstrap_host_exec runs a command on one node of all that hold a service, as for a change of a database.
It asks the hieradata of the host which node that is, and root alone can read them: as another user it fails,
on every node. The checks of tripleo-heat-templates refuse it too.

Bad::

    vendorx_db_sync:
      command: /usr/bin/bootstrap_host_exec vendorx_agent vendorx-manage db sync
      detach: false

Good::

    vendorx_db_sync:
      command: /usr/bin/bootstrap_host_exec vendorx_agent vendorx-manage db sync
      user: root
      detach: false

Source: tools/yaml-validate.py of tripleo-heat-templates; scripts/bootstrap_host_exec of tripleo-common.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import ServiceTemplate
from scaffold.documents.nodes import Node, Scalar, walk
from scaffold.documents.wiring import command
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository
from scaffold.tripleo.containers import ON_ONE_NODE


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at what each container runs, itself or by kolla."""
    for container in template.containers:
        user = container.get("user")
        if user is None and container.is_open:
            continue
        named = user.text if isinstance(user, Scalar) else ""
        if (user is None or named) and named != "root" and _once(command(container, template)):
            message = f"{container.name} runs {ON_ONE_NODE}, and not as root"
            yield Finding(user or container.key, message, "user: root")


def _once(node: Node | None) -> bool:
    scalars = (each for each in walk(node) if isinstance(each, Scalar)) if node is not None else ()
    return any(ON_ONE_NODE in scalar.text for scalar in scalars)


RULE = Rule(id="bootstrap-root", page=__doc__, files=ServiceTemplate, check=check)
