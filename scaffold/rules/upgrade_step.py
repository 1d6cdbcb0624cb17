"""Each upgrade task says at which step it runs, and no task waits for a step that never comes.

Why: the tasks of a service run once for every step, 0 to 5. A task without a guard stops or removes its
service six times; and Ansible evaluates the conditions in order, so the step comes first. Without `|int` a
number is compared with text, and the task never runs; nor does it at step 6. What only looks or remembers may
run at every step.

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
should be evaluated first"); common/deploy-steps.j2 loops over the steps: deploy_steps_max and
upgrade_steps_max are 6, and range ends before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import ServiceTemplate, heat
from scaffold.documents.nodes import Items, Node, Scalar, Table, walk
from scaffold.documents.tasks import tasks
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository

SECTIONS = ("upgrade_tasks", "update_tasks")
STEP = re.compile(r"\bstep\s*\|\s*int\b")
GUARD = re.compile(r"\bstep\s*\|\s*int\s*(?:\)\s*)?[=<>!]")
COMPARED = re.compile(r"\bstep\s*\|\s*int\s*(?P<how>==|>=|>)\s*(?P<number>\d+)")
QUOTED = re.compile(r"\bstep\s*\|\s*int\s*(?:[=!]=|[<>]=?)\s*['\"]\d")
LAST = 5
MORE_STEPS = "fast_forward_"
TEXT = re.compile(r"\bstep\s*(?:[=!]=|[<>]=?)\s*\d|\b\d\s*(?:[=!]=|[<>]=?)\s*step\b(?!\s*\|)")
# what only looks, remembers, or makes what is so already; includes bring tasks with steps of their own
HARMLESS = {"set_fact", "debug", "include_vars", "stat", "fail", "assert", "setup", "slurp", "find",
            "wait_for", "service_facts", "package_facts", "hiera", "copy", "template", "file", "lineinfile",
            "blockinfile", "ini_file", "meta", "pause", "include_role", "import_role", "include_tasks",
            "import_tasks", "include"}  # fmt: skip
ABSENT = re.compile(r"^(?!.*(?:\.pid|\.lock|\.sock|/run/)).*\babsent\b")
COMMANDS = {"command", "shell", "raw", "script"}
CHANGES = re.compile(
    r"\b(stop|start|restart|reload|disable|enable|mask|kill|pkill|killall|rm|rmdir|mv|cp|chown|chmod|ln|dd|mkfs"
    r"|remove|delete|erase|install|update|upgrade|create|set|unset|run|exec|ifup|ifdown|reboot|sync|migrate|truncate"
    r"|sed|tee|modprobe|rmmod)\b|>"
)


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at the tasks that are written out; those of other sections may run at every step."""
    for each in tasks(template):
        if not each.section.startswith(MORE_STEPS):
            yield from _never(each.node)
    for section in SECTIONS:
        for task in heat.items(template.section(section)):
            if isinstance(task, Table) and "name" in task:
                yield from _task(task)


def _task(task: Table) -> Iterator[Finding]:
    conditions = _conditions(task.get("when"))
    if any(_is_never(text) for text in conditions):
        return  # said already
    if not any(STEP.search(text) for text in conditions):
        # the tasks of a block, or those that only look, may do without
        if not _is_harmless(task) and not _guarded_inside(task):
            yield Finding(task, "this task runs at every step", "when: step|int == 1", Severity.WARNING)
    elif isinstance(task.get("when"), Items) and not STEP.search(conditions[0]):
        message = "the step is not the first condition"
        yield Finding(task.keys["when"], message, "put step|int == N first", Severity.WARNING)


def _never(task: Table) -> Iterator[Finding]:
    conditions = _conditions(task.get("when"))
    if any(TEXT.search(text) or QUOTED.search(text) for text in conditions):
        message = "this task runs at no step: step is text, and no number"
        yield Finding(task.keys["when"], message, "when: step|int == 1", Severity.WARNING)
    elif any(_is_never(text) for text in conditions):
        message = f"this task runs at no step: the last one is {LAST}"
        yield Finding(task.keys["when"], message, "when: step|int == 1", Severity.WARNING)


def _is_never(text: str) -> bool:
    late = (
        any(int(match["number"][:9]) > LAST - (match["how"] == ">") for match in COMPARED.finditer(text))
        and " or " not in text
    )
    return late or bool(TEXT.search(text) or QUOTED.search(text))


def _is_harmless(task: Table) -> bool:
    """Whether the task may run six times: it looks, remembers, or states what is to be."""
    modules = {key.removeprefix("ansible.builtin."): value for key, value in task.entries.items()}
    absent = any(ABSENT.search(_text(value)) for name, value in modules.items() if name == "file")
    if (HARMLESS & modules.keys() and not absent) or _text(modules.get("check_mode")).lower() in (
        "true",
        "yes",
    ):
        return True
    if any("show" in _text(heat.entry(value, "state")) for value in modules.values()):
        return True
    asks = "register" in modules or "changed_when" in modules
    commands = [_text(value) for name, value in modules.items() if name in COMMANDS]
    return asks and bool(commands) and not any(CHANGES.search(_quiet(text)) for text in commands)


def _text(node: Node | None) -> str:
    return " ".join(each.text for each in walk(node) if isinstance(each, Scalar))


def _quiet(command: str) -> str:
    """The command without what throws its output away."""
    return re.sub(r"[12&]?>\s*(?:/dev/null|&[12])", "", command)


def _conditions(when: Node | None) -> list[str]:
    nodes = when.nodes if isinstance(when, Items) else (when,)
    return [node.text for node in nodes if isinstance(node, Scalar)] or [""]


def _guarded_inside(task: Table) -> bool:
    block = task.get("block")
    inner = [item for item in block if isinstance(item, Table)] if isinstance(block, Items) else []
    return bool(inner) and all(
        GUARD.search(" ".join(_conditions(item.get("when")))) or _is_harmless(item) or _guarded_inside(item)
        for item in inner
    )


RULE = Rule(id="upgrade-step", page=__doc__, files=ServiceTemplate, check=check, severity=Severity.WARNING)
