"""Each upgrade task says at which step it runs.

Why: the tasks of a service run once for every step, 0 to 5. A task without a guard stops or removes its
service six times; and Ansible evaluates the conditions in order, so the step comes first.

Bad::

    upgrade_tasks:
      - name: Stop vendorx
        service: {name: vendorx, state: stopped}

Good::

    upgrade_tasks:
      - name: Stop vendorx
        when: step|int == 1
        service: {name: vendorx, state: stopped}

Source: validate_upgrade_tasks of tools/yaml-validate.py of tripleo-heat-templates ("'step|int ==' condition
should be evaluated first"); common/deploy-steps.j2 loops over the steps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import ServiceTemplate, heat
from scaffold.documents.nodes import Items, Node, Scalar, Table
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository

SECTIONS = ("upgrade_tasks", "update_tasks")
STEP = re.compile(r"\bstep\s*\|\s*int\b")
GUARD = re.compile(r"\bstep\s*\|\s*int\s*[=<>!]")
HARMLESS = {"set_fact", "debug", "include_vars", "stat", "fail", "assert", "ansible.builtin.set_fact"}


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at the tasks that are written out."""
    for section in SECTIONS:
        for task in heat.items(template.section(section)):
            if isinstance(task, Table) and "name" in task:
                yield from _task(task)


def _task(task: Table) -> Iterator[Finding]:
    conditions = _conditions(task.get("when"))
    if not any(STEP.search(text) for text in conditions):
        # the tasks of a block, or those that only look, may do without
        if not HARMLESS & task.entries.keys() and not _guarded_inside(task):
            yield Finding(task, "this task runs at every step", "when: step|int == 1", Severity.WARNING)
    elif isinstance(task.get("when"), Items) and not STEP.search(conditions[0]):
        message = "the step is not the first condition"
        yield Finding(task.keys["when"], message, "put step|int == N first", Severity.WARNING)


def _conditions(when: Node | None) -> list[str]:
    nodes = when.nodes if isinstance(when, Items) else (when,)
    return [node.text for node in nodes if isinstance(node, Scalar)] or [""]


def _guarded_inside(task: Table) -> bool:
    block = task.get("block")
    inner = [item for item in block if isinstance(item, Table)] if isinstance(block, Items) else []
    return bool(inner) and all(GUARD.search(" ".join(_conditions(item.get("when")))) for item in inner)


RULE = Rule(id="upgrade-step", page=__doc__, files=ServiceTemplate, check=check, severity=Severity.WARNING)
