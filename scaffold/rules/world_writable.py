"""No file of the image is world-writable: no chmod 777.

Why: any process in the container may then change the program or its configuration, that of another user
too. The owner is what was wrong.

Bad::

    RUN chmod -R 777 /var/lib/vendorx

Good::

    RUN chown -R cinder:cinder /var/lib/vendorx && chmod 0750 /var/lib/vendorx

Source: 4 Dockerfiles of one of the 36 vendor integrations that were read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import Dockerfile
from scaffold.documents.shell import commands
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository

OCTAL = re.compile(r"[0-7]{3,5}")
SYMBOLIC = re.compile(r"[ugoa]*[oa][ugoa]*[+=][rxXst]*w[rwxXst]*")
HINT = "chown it to the user of the service, and chmod 0750"


def check(dockerfile: Dockerfile, repository: Repository) -> Iterator[Finding]:
    """Look at each chmod, and at --chmod of COPY and ADD."""
    for instruction in dockerfile.built:
        mode = instruction.flags.get("chmod", "")
        if _open(mode):
            yield Finding(instruction, f"mode {mode} lets everybody write", HINT)
        for command in commands(instruction):
            modes = command.words[1:] if command.program == "chmod" else ()
            wrong = next((word for word in modes if _open(word)), None)
            if wrong:
                yield Finding(command, f"mode {wrong} lets everybody write", HINT)


def _open(mode: str) -> bool:
    if OCTAL.fullmatch(mode):
        sticky = len(mode) > 3 and int(mode[-4]) & 1  # as that of /tmp
        return bool(int(mode[-1]) & 2) and not sticky
    return any(SYMBOLIC.fullmatch(part) for part in mode.split(",")) and "t" not in mode


RULE = Rule(id="world-writable", page=__doc__, files=Dockerfile, check=check, severity=Severity.WARNING)
