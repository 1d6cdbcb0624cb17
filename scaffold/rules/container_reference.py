"""A container that another one names is there.

Why: systemd waits for nothing where depends_on names no unit, and the order that was wanted is not kept. The
step fails where volumes_from or `action: exec` names no container.

Bad::

    vendorx_agent:
      depends_on: [tripleo_vendorx_loadr.service]

Good::

    vendorx_agent:
      depends_on: [tripleo_vendorx_loader.service]

Source: utils/systemd.py and builder/base.py of paunch; tripleo_container_manage of tripleo-ansible. Only a
name that is nearly one of the repository's containers is judged in depends_on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import ServiceTemplate, heat
from scaffold.documents.nodes import Items, Scalar
from scaffold.lint import Rule, sums
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository
from scaffold.unknown import STRICT, meant, nearest

UNIT = re.compile(r"(tripleo_)(\w+?)((?:_healthcheck)?(?:\.\w+)?)")


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at the three keys that name containers."""
    own, stock = sums.container_names(repository), repository.catalogue.taken.containers
    for container in template.containers:
        for item in heat.texts(container.get("depends_on")):
            unit = UNIT.fullmatch(item.text)
            if unit and unit[2] not in own and unit[2] not in stock:
                near = nearest(unit[2], own, STRICT)
                if near:
                    hint = meant(f"{unit[1]}{near}{unit[3]}")
                    yield Finding(item, f"no container makes the unit {item.text}", hint)
        names = [*heat.texts(container.get("volumes_from"))]
        command = container.get("command")
        if container.text("action") == "exec" and isinstance(command, Items):
            names += [node for node in command.nodes[:1] if isinstance(node, Scalar)]
        for name in names:
            container_name = name.text.split(":")[0]
            if container_name not in own and container_name not in stock and repository.complete:
                near = nearest(name.text, own, STRICT)
                if near:
                    yield Finding(name, f"there is no container {name.text}", meant(near))


RULE = Rule(id="container-reference", page=__doc__, files=ServiceTemplate, check=check, needs_release=True)
