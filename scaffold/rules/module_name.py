"""A kernel module has one name: where it is loaded, where it is awaited, and in ExtraKernelModules.

Why: a launcher that waits for `/sys/module/dpdk_modul` never goes on, and a name in ExtraKernelModules that
no package brings stops the deployment. Two names that differ by one slip are one module, misspelt.

Bad::

    modprobe dpdk_module
    while ! [ -d /sys/module/dpdk_modul ]; do sleep 1; done

Good::

    modprobe dpdk_module
    while ! [ -d /sys/module/dpdk_module ]; do sleep 1; done

Source: modprobe(8): "-" and "_" are the same in the name of a module, and nothing else is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scaffold.documents import Document, EnvironmentFile
from scaffold.documents.nodes import Table
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Spot
from scaffold.lint.repository import Repository, per_repository
from scaffold.tripleo.paths import LOADED_MODULES
from scaffold.unknown import Slips, meant

SEEN = re.compile(
    rf"{LOADED_MODULES}/(?P<seen>[A-Za-z][\w-]+)"
    r"|\b(?:modprobe|modinfo)(?:[ \t]+[^\s;&|]+)*?[ \t]+(?P<loaded>[A-Za-z][\w-]*)"
    r"(?=[ \t]*(?:[;&|)\n\"'`]|$))",
    re.MULTILINE,
)
WORDS = ("modprobe", "modinfo", LOADED_MODULES)
PARAMETER = "ExtraKernelModules"
SHORTEST = 4


@dataclass(frozen=True)
class Named:
    """A module's name, where it stands."""

    name: str
    place: Spot


def check(document: Document, repository: Repository) -> Iterator[Finding]:
    """Compare the names in this file with those that the repository has more often."""
    counts, slips = _names(repository)
    for each in _in(document) if slips else ():
        near = slips.of(each.name) if slips and len(each.name) >= SHORTEST else ""
        if near and counts[near] > counts[each.name]:
            yield Finding(each.place, f"the module {each.name} is {near} elsewhere", meant(near))


@per_repository
def _names(repository: Repository) -> tuple[Mapping[str, int], Slips | None]:
    counts = Counter(each.name for document in repository.documents for each in _in(document))
    return counts, Slips(counts) if len(counts) > 1 else None


def _in(document: Document) -> Iterator[Named]:
    if isinstance(document, EnvironmentFile):
        for key, value, _ in document.assignments():
            if key.text == PARAMETER and isinstance(value, Table):
                yield from (Named(_spelt(name.text), Spot(name.line, name.column)) for name, _ in value.pairs)
    if any(word in document.text for word in WORDS):
        for number, line in enumerate(document.lines, 1):
            for match in SEEN.finditer(line) if len(line) < 1000 else ():
                kind = "seen" if match["seen"] else "loaded"
                yield Named(_spelt(match[kind]), Spot(number, match.start(kind) + 1))


def _spelt(name: str) -> str:
    return name.replace("-", "_")


RULE = Rule(id="module-name", page=__doc__, files=Document, check=check)
