"""A package repository that the build needs is not left in the image.

Why: every later `dnf` in the image or on a layer of it asks the vendor's server, which the operator's network
may not reach; and packages of the service may come from there one day.

Bad::

    COPY vendorx.repo /etc/yum.repos.d/
    RUN dnf install -y vendorx-driver && dnf clean all

Good::

    COPY vendorx.repo /etc/yum.repos.d/
    RUN dnf install -y vendorx-driver && dnf clean all && rm /etc/yum.repos.d/vendorx.repo

Source: 21 Dockerfiles of two of the 36 vendor integrations that were read leave it, 19 remove it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePosixPath

from scaffold.documents import Dockerfile
from scaffold.documents.dockerfile import Instruction
from scaffold.documents.shell import Command, commands
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Place, Severity
from scaffold.lint.repository import Repository

DIRECTORY = re.compile(r"/etc/yum\.repos\.d(?:/([^\s\"';]*))?")


@dataclass(frozen=True)
class Added:
    """A repository: the file that it is, empty where that is not known."""

    name: str
    place: Place


def check(dockerfile: Dockerfile, repository: Repository) -> Iterator[Finding]:
    """Follow the repositories through the instructions: added, removed or switched off."""
    there: list[Added] = []
    for instruction in dockerfile.built:
        there += _copied(instruction)
        for command in commands(instruction):
            there += _written(command)
            there = [each for each in there if not _removes(command, each)]
    for each in there:
        name = each.name or "a package repository"
        yield Finding(
            each.place, f"{name} stays in the image", f"rm /etc/yum.repos.d/{each.name or '….repo'}"
        )


def _copied(instruction: Instruction) -> Iterator[Added]:
    words = instruction.arguments
    target = DIRECTORY.match(words[-1]) if words and instruction.name in ("COPY", "ADD") else None
    if target:
        names = [target[1]] if target[1] else [PurePosixPath(word).name for word in words[:-1]]
        yield from (Added(name, instruction) for name in names)


def _written(command: Command) -> Iterator[Added]:
    """What curl, wget, cp, mv, tee and > write; and what config-manager adds."""
    if any(word.startswith(("--add-repo", "addrepo")) for word in command.words):
        yield Added("", command)
    elif command.program in ("curl", "wget", "cp", "mv", "tee") or ">" in command.text:
        target = DIRECTORY.search(command.text)
        if target and (target[1] or command.program in ("cp", "mv", "wget")):
            yield Added(target[1] or "", command)


def _removes(command: Command, added: Added) -> bool:
    if command.program in ("dnf", "yum", "yum-config-manager") and any(
        word.startswith(("--disable", "--set-disabled")) and word.partition("=")[0] != "--disablerepo"
        for word in command.words
    ):
        return "install" not in command.words
    if command.program in ("rm", "unlink"):
        paths = [match for word in command.operands if (match := DIRECTORY.match(word))]
        return any(not path[1] or not added.name or _matches(added.name, path[1]) for path in paths)
    moved = added.name and command.program in ("sed", "mv") and DIRECTORY.search(command.text)
    return bool(moved and added.place is not command and added.name in command.text)


def _matches(name: str, pattern: str) -> bool:
    """Whether the shell's pattern means the name; one pair of braces is understood."""
    front, brace, rest = pattern.partition("{")
    inner, _, behind = rest.partition("}")
    return any(fnmatch(name, f"{front}{part}{behind}") for part in (inner.split(",") if brace else [""]))


RULE = Rule(id="repository-file", page=__doc__, files=Dockerfile, check=check, severity=Severity.WARNING)
