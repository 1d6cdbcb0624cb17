"""A variable that a task uses is set: by its loop, or by what an earlier task registers.

Why: Ansible stops at an undefined variable, on the nodes and in the middle of a deployment. `item` is there
only in a task with a loop. A name that is not nearly one of the template's own may come from elsewhere, and
is not judged.

Bad::

    - file: {path: "{{ itme }}", state: directory}
      with_items: [/var/lib/vendorx]

Good::

    - file: {path: "{{ item }}", state: directory}
      with_items: [/var/lib/vendorx]

Source: Ansible, "The task includes an option with an undefined variable"; loop_control in its guide of loops.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import ServiceTemplate
from scaffold.documents.nodes import Scalar, Table, walk
from scaffold.documents.tasks import Task, tasks
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository
from scaffold.unknown import Slips, meant, nearest

ITEM = "item"
LIKE_ITEM = 0.7
SHORTEST = 5  # two short names are alike by chance
# what is no variable in an expression
WORDS = {"and", "or", "not", "in", "is", "if", "else", "elif", "for", "true", "false", "none",
         "True", "False", "None", "defined", "undefined", "set", "endif", "endfor", "loop", "items",
         "item"}  # fmt: skip
ASSIGNED = re.compile(r"(?<![\w.])([A-Za-z_]\w*)['\"]?\s*[:=](?!=)|\{%-?\s*(?:for|set)\s+(\w+)")
INNER = re.compile(r"\{%-?\s*(?:for|set)\b|\bfor\b")


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at each task's variables, with those that the tasks of the template set."""
    found = list(tasks(template))
    own = {name for task in found for name in _sets(task.node)}
    assigned = {name for match in ASSIGNED.finditer(template.text) for name in match.groups("")}
    slips = Slips(own)
    for task in found:
        for name, place in dict.fromkeys(task.uses()):
            near = "" if name in assigned else _meant(name, task, own, slips)
            if near or (name == ITEM and _is_lost(task, place)):
                message = f"nothing sets the variable {name}" if near else "no loop of this task sets item"
                hint = meant(near) if near else _without(task)
                yield Finding(place, message, hint)


def _meant(name: str, task: Task, own: set[str], slips: Slips) -> str:
    """The variable that NAME is nearly, where nothing sets NAME."""
    if name in WORDS or name in own:
        return ""
    near = nearest(name, [task.loop_variable], LIKE_ITEM) if task.loop else ""
    if not near and len(name) >= SHORTEST:
        near = slips.of(name)
    return near


def _is_lost(task: Task, place: Scalar) -> bool:
    sets = task.loop and task.loop_variable == ITEM
    return not sets and not INNER.search(place.text) and not _includes(task)


def _includes(task: Task) -> bool:
    """Whether the text is for another file, whose loop sets it."""
    return any(name.endswith(("include_vars", "_role", "copy", "template")) for name in task.node.entries)


def _without(task: Task) -> str:
    if task.loop:
        return f"its loop sets {task.loop_variable}"
    return "with_items: [...]"


def _sets(task: Table) -> Iterator[str]:
    """The variables that a task sets for those behind it."""
    for key, value in task.pairs:
        if key.text in ("register", "loop_control"):
            yield from (node.text for node in walk(value) if isinstance(node, Scalar))
        elif key.text in ("vars", "set_fact", "ansible.builtin.set_fact") and isinstance(value, Table):
            yield from value.entries


RULE = Rule(id="task-variable", page=__doc__, files=ServiceTemplate, check=check)
