"""A RUN that installs packages removes the package manager's cache.

Why: what a layer leaves stays in the image, however much a later layer removes: some hundred megabytes that
every node pulls.

Bad::

    RUN dnf install -y vendorx-driver

Good::

    RUN dnf install -y vendorx-driver \\
        && dnf clean all

Source: 37 Dockerfiles of 10 of the 36 vendor integrations that were read; hadolint DL3032 and DL3040.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import Dockerfile
from scaffold.documents.shell import Command, commands
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository

MANAGERS = ("dnf", "yum", "microdnf")
INSTALLING = {"install", "localinstall", "groupinstall", "reinstall", "update", "upgrade", "update-minimal",
              "upgrade-minimal", "distro-sync", "builddep", "module"}  # fmt: skip
CACHE = re.compile(r"/var/cache(/(dnf|yum))?(/|\*|$)")


def check(dockerfile: Dockerfile, repository: Repository) -> Iterator[Finding]:
    """Look at each RUN of the image; what other stages leave is not shipped."""
    for instruction in dockerfile.built:
        found = list(commands(instruction))
        installing = next((each for each in found if _installs(each)), None)
        mounted = CACHE.search(instruction.flags.get("mount", "").partition("target=")[2])
        if installing and not mounted and not any(_cleans(each) for each in found):
            manager = installing.program
            yield Finding(installing, f"the cache of {manager} stays in the image", f"&& {manager} clean all")


def _installs(command: Command) -> bool:
    return command.program in MANAGERS and any(word in INSTALLING for word in command.operands[:2])


def _cleans(command: Command) -> bool:
    if command.program == "rm":
        return any(CACHE.search(word) for word in command.operands)
    return command.program in MANAGERS and {"clean", "all"} <= {*command.operands}


RULE = Rule(id="package-cache", page=__doc__, files=Dockerfile, check=check, severity=Severity.WARNING)
