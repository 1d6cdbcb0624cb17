"""A command is a program and its arguments: no shell reads it.

Why: kolla_start, paunch and tripleo_container_manage split it at blanks. The program gets `&&`, `|` or `>` as
an argument, and what stands behind it too; nothing is redirected, and no second program is run.

Bad::

    command: /usr/bin/vendorx-agent > /var/log/vendorx/agent.log

Good::

    command: /vendorx_launcher.sh  # of container_config_scripts, or docker_config_scripts to Rocky

Source: docker/base/start.sh of kolla (exec $CMD); paunch/builder/base.py; container_config of
tripleo_container_manage. A command that starts a shell, or
bootstrap_host_exec, is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from scaffold.documents import ServiceTemplate, heat
from scaffold.documents.nodes import Items, Node, Scalar
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository
from scaffold.tripleo.containers import ON_ONE_NODE

OPERATORS = ("&&", "||", "|", ";", "&", ">", ">>", "<", "2>", "2>&1", "&>", "1>")
SHELLS = ("bash", "sh", "dash", "ksh")


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at the commands of containers and of their kolla configs."""
    commands = [container.get("command") for container in template.containers]
    commands += [heat.entry(value, "command") for _, value in template.kolla_files.values()]
    for command in commands:
        for one in heat.choices(command):
            words = _words(one)
            of_shell = any(PurePosixPath(word).name in (*SHELLS, ON_ONE_NODE) for word in words)
            if not of_shell and "-exec" not in words:
                operator = next((word for word in words if word in OPERATORS), "")
                if operator:
                    message = f"the program gets {operator} as an argument: no shell reads the command"
                    yield Finding(one, message, "write a config script, and name that")


def _words(command: Node) -> list[str]:
    if isinstance(command, Scalar):
        return command.text.split()
    return [node.text for node in command if isinstance(node, Scalar)] if isinstance(command, Items) else []


RULE = Rule(id="command-shell", page=__doc__, files=ServiceTemplate, check=check)
