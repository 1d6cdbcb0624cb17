"""A task of Ansible has one module, with options that it takes, and keywords that there are.

Why: Ansible reads a playbook whole before it runs any of it. A keyword or module that there is not stops the
deployment on every node, an option that there is not when it comes to the task. Until Stein a module has no
name with dots.

Bad::

    host_prep_tasks:
      - name: create the directory of vendorx
        fiel: {path: /var/lib/vendorx, stat: directory}

Good::

    host_prep_tasks:
      - name: create the directory of vendorx
        file: {path: /var/lib/vendorx, state: directory}

Source: lib/ansible/parsing/mod_args.py and playbook/task.py of Ansible 2.9 ("couldn't resolve
module/action", "conflicting action statements", "is not a valid attribute for a Task"). A module that is not
nearly a known one may be the vendor's own, and is a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from scaffold.documents import ServiceTemplate
from scaffold.documents.nodes import Node, Scalar, Table, text_of
from scaffold.documents.tasks import Task, modules, tasks
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.releases import NAMES
from scaffold.releases.ansible import SINCE_COLLECTIONS, ansible
from scaffold.unknown import did_you_mean, there_is_no

OWN = "ansible.builtin."
LEGACY = "ansible.legacy."
CLOSE = 0.75
# what follows them is free text, or names that the caller chooses
FREE = {"command", "shell", "raw", "script", "meta", "set_fact", "add_host", "expect", "include", "setup",
        "include_vars", "include_tasks", "import_tasks", "import_playbook", "import_role",
        "include_role"}  # fmt: skip
# whose options these take too, since they hand them on
HANDED_ON = {"service": ("systemd",), "package": ("dnf", "yum")}
PAIR = re.compile(r"(?:^|\s)(\w+)=([^\s{]*)(?=\s|$)")


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at every task that is written out."""
    dotted = repository.release_name not in NAMES[: NAMES.index(SINCE_COLLECTIONS)]
    for task in tasks(template):
        yield from _task(task, dotted)


def _task(task: Task, dotted: bool) -> Iterator[Finding]:
    found = [(key, value) for key, value in modules(task) if not key.text.startswith("with_")]
    known = [(key, value) for key, value in found if _is_module(key.text)]
    for key, _ in modules(task):
        if not _is_module(key.text):
            yield _unknown(key, alone=len(found) == 1 and not task.is_block)
        elif "." in key.text and not dotted:
            short = key.text.rpartition(".")[2]
            yield Finding(key, f"this Ansible knows no collections: {key.text}", f"write {short}")
    if len(known) > 1:
        (first, _), (second, _) = known[:2]
        yield Finding(second, f"a task has one module, and this one has {first.text} and {second.text}")
    elif known:
        yield from _options(*known[0])
    elif not found and not task.is_block and not {"action", "local_action"} & task.node.entries.keys():
        yield Finding(task.node, "this task has no module")


def _is_module(name: str) -> bool:
    """Whether it is a module, or may be one of a collection."""
    short = name.removeprefix(OWN).removeprefix(LEGACY)
    return short in ansible().modules or ("." in short and not name.startswith((OWN, LEGACY)))


def _unknown(key: Scalar, alone: bool) -> Finding:
    known = ansible()
    short = key.text.removeprefix(OWN)
    hint = (
        did_you_mean(short, known.keywords | known.loops | known.options.keys(), CLOSE)
        or did_you_mean(short, known.modules, CLOSE)
    )  # fmt: skip
    severity = Severity.WARNING if alone and not hint else None
    return Finding(key, there_is_no("keyword or module of Ansible", key.text), hint, severity)


def _options(key: Scalar, value: Node) -> Iterator[Finding]:
    """What the module does not take, where it is one of Ansible's own."""
    module = key.text.removeprefix(OWN).removeprefix(LEGACY)
    known = ansible().options
    if module not in known or module in FREE:
        return
    handed_on = (known[each] for each in HANDED_ON.get(module, ()))
    options = {name: values for each in (*handed_on, known[module]) for name, values in each.items()}
    for name, text, place in _given(value):
        if name not in options:
            hint = did_you_mean(name, options)
            severity = None if hint else Severity.WARNING
            yield Finding(place, there_is_no(f"option of {module}", name), hint, severity)
        elif text is not None and _is_wrong(text, name, options):
            yield Finding(place, f"{module} takes no {name} {text!r}", did_you_mean(text, options[name]))


def _is_wrong(text: str, name: str, options: Mapping[str, Sequence[str]]) -> bool:
    return bool(text and options[name] and "{{" not in text and text not in options[name])


def _given(value: Node) -> Iterator[tuple[str, str | None, Scalar]]:
    """Each option: its name, its value where that is a text, and where it stands."""
    if isinstance(value, Table):
        yield from ((key.text, text_of(node), key) for key, node in value.pairs)
    elif isinstance(value, Scalar) and "{{" not in value.text:
        yield from ((match[1], match[2], value) for match in PAIR.finditer(value.text))


RULE = Rule(id="task-keyword", page=__doc__, files=ServiceTemplate, check=check)
