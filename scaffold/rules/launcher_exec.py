"""The launcher of a container that stays up ends by becoming the daemon: exec.

Why: when the script ends, the container ends, and `restart: always` restarts it in a loop. The launcher
of the TripleO guide runs modprobe and nothing else. Without `exec` the shell stays in between and no signal
reaches the daemon.

Bad::

    #!/bin/bash
    modprobe dpdk_module

Good::

    #!/bin/bash
    modprobe dpdk_module
    exec /usr/bin/vendorx-agent

Source: dumb-init --single-child in the ENTRYPOINT of kolla's base image passes signals to one process only;
tripleo-docs, 3rd_party.rst at cd3a8cb.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import ServiceTemplate
from scaffold.documents.wiring import DocumentedScript, runs
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository

ENDING = re.compile(
    r"(/\S*/)?(modprobe|insmod|depmod|rmmod|sysctl|echo|printf|mkdir|chown|chmod|touch|ln|cp|true|exit)\b"
)
# what may be the daemon itself, or wait for it
RUNS = re.compile(
    r"^(?:\S+=\S*\s+)*/(?!\S*/?(?:modprobe|insmod|depmod|rmmod|sysctl)\b)\S+|\b(?:while|until|wait|sleep|tail)\b|&$"
)
EXEC = re.compile(r"\bexec\s+[^\s<>&]")
SHELL = re.compile(r"#!\s*\S*(/|env\s+)(ba|da|k|z)?sh\b")


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at the script of each container that is restarted, or not a one-shot."""
    for container in template.containers:
        script = runs(container, template)
        if (
            script
            and not container.one_shot
            and _is_shell(script)
            and not EXEC.search("\n".join(script.statements))
        ):
            last = script.statements[-1] if script.statements else ""
            if not last or (ENDING.match(last) and not any(map(RUNS.search, script.statements))):
                yield Finding(
                    script.key,
                    f"{container.name} ends when {script.name} ends",
                    "end it with exec and the daemon (a loader: exec sleep infinity)",
                )
            else:
                hint = "exec the daemon" if ENDING.match(last) else f"exec {last}"
                yield Finding(script.key, f"{script.name} does not exec the daemon", hint, Severity.WARNING)


def _is_shell(script: DocumentedScript) -> bool:
    content = (script.content or "").lstrip()
    return bool(content) and (not content.startswith("#!") or bool(SHELL.match(content)))


RULE = Rule(id="launcher-exec", page=__doc__, files=ServiceTemplate, check=check)
