"""Packages are installed by what the base image has, and without a question.

Why: CentOS and RHEL 7 have yum and no dnf; no base of TripleO has apt-get, apk or microdnf. And nobody is
there to answer: without -y the package manager asks, takes the end of its input for no, and the build stops.

Bad::

    FROM registry.redhat.io/rhosp13/openstack-cinder-volume:13.0
    RUN dnf install vendorx-driver && dnf clean all

Good::

    FROM registry.redhat.io/rhosp13/openstack-cinder-volume:13.0
    RUN yum install -y vendorx-driver && yum clean all

Source: yum(8) and dnf(8), --assumeyes; the package managers of the bases, in scaffold/releases. On RHEL 8
and 9 `yum` is a link to dnf.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold import releases
from scaffold.documents import Dockerfile
from scaffold.documents.reference import origins, reference
from scaffold.documents.shell import Command, commands
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository

OTHERS = ("apt-get", "apt", "apk", "zypper", "microdnf")
ASKING = {"install", "localinstall", "groupinstall", "reinstall", "update", "upgrade", "update-minimal",
          "upgrade-minimal", "distro-sync", "downgrade", "builddep", "remove", "erase", "swap"}  # fmt: skip
ANSWERED = re.compile(r"-[a-zA-Z]*y[a-zA-Z]*|--assumeyes|--assume-yes|--assumeno|--downloadonly|--yes")
ASSUMED = re.compile(r"\bassumeyes\b|\byes\s*(?:'[^']*'|\"[^\"]*\")?\s*\|")


def check(dockerfile: Dockerfile, repository: Repository) -> Iterator[Finding]:
    """Look at the commands of the image's own stages."""
    managers = _managers(dockerfile)
    assumed = bool(ASSUMED.search(dockerfile.text))
    brought: set[str] = set()
    for instruction in dockerfile.built:
        for command in commands(instruction):
            program = command.program
            if managers and program not in brought and _lacks(program, managers):
                manager = min(managers)
                yield Finding(
                    command, f"the base has no {program}", f"{manager} {' '.join(command.words[1:3])}"
                )
            elif program in ("dnf", "yum", "microdnf"):
                if not assumed and _asks(command):
                    yield Finding(command, f"{program} asks, and nobody answers", _answering(command))
                brought |= {*command.operands}


def _managers(dockerfile: Dockerfile) -> set[str]:
    base = reference(dockerfile.base(dockerfile.layers[0])) if dockerfile.layers else reference("")
    return {releases.load(o.release).bases[o.version or "rdo"].package_manager for o in origins(base)}


def _lacks(program: str, managers: set[str]) -> bool:
    return program in OTHERS or (program == "dnf" and managers == {"yum"})


def _asks(command: Command) -> bool:
    operands = command.operands
    return bool(operands and operands[0] in ASKING) and not any(map(ANSWERED.fullmatch, command.words))


def _answering(command: Command) -> str:
    return f"{command.program} {command.operands[0]} -y …"


RULE = Rule(id="package-install", page=__doc__, files=Dockerfile, check=check)
