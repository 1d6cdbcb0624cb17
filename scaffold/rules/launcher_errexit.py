"""A script that prepares something before it execs the daemon stops where that fails.

Why: without `set -e` a launcher goes on when modprobe, cp or mkdir has failed, and starts a daemon that
cannot work; the container counts as started, and the cause is in no log.

Bad::

    #!/bin/bash
    modprobe dpdk_module
    exec /usr/bin/vendorx-agent

Good::

    #!/bin/bash
    set -euo pipefail
    modprobe dpdk_module
    exec /usr/bin/vendorx-agent

Source: POSIX, `set -e`; the scripts of kolla's images begin with `set -o errexit`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import ServiceTemplate
from scaffold.documents.script import SHEBANG
from scaffold.documents.wiring import runs
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository

STOPS = re.compile(r"^\s*set\s+(?:-\w*e|-o\s+errexit)|^#!.*\s-\w*e", re.MULTILINE)
PREPARES = re.compile(
    r"^(?:/\S*/)?(?:modprobe|insmod|depmod|cp|mv|ln|install|mkdir|chown|chmod|mount|tar|sysctl|ip|iptables)\b"
)
HANDLED = re.compile(r"\|\||&&")


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at the scripts that containers run."""
    seen: set[str] = set()
    for container in template.containers:
        script = runs(container, template)
        if script and script.name not in seen and SHEBANG.match(script.content or ""):
            seen.add(script.name)
            if not STOPS.search(script.content or "") and any(map(_fails_silently, script.statements)):
                message = f"{script.name} goes on where something fails"
                yield Finding(script.key, message, "set -euo pipefail, behind the first line")


def _fails_silently(statement: str) -> bool:
    return bool(PREPARES.match(statement)) and not HANDLED.search(statement)


RULE = Rule(
    id="launcher-errexit", page=__doc__, files=ServiceTemplate, check=check, severity=Severity.WARNING
)
