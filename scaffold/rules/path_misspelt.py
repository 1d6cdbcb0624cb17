"""A path in a makefile, a script or a deploy command is not one of the repository, misspelt.

Why: make, the shell and `openstack overcloud deploy` stop at a file that is not there. A path that is nothing
like one of the repository's may lie elsewhere, and is not judged.

Bad, where environments/vendorx.yaml is there::

    openstack overcloud deploy --templates -e ~/templates/environments/vendrox.yaml

Good::

    openstack overcloud deploy --templates -e ~/templates/environments/vendorx.yaml

Source: the files of the repository itself. Numbers are no slips: rhosp16.1 and rhosp16.2 are two directories.
What a README says is a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from scaffold.documents import Document
from scaffold.documents.builds import PROSE
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity, Spot
from scaffold.lint.repository import Repository, per_repository
from scaffold.unknown import Slips, meant

NAMES = re.compile(r"(GNUm|M|m)akefile|.*\.(mk|sh|bash|md|rst|adoc|txt)")
PATH = re.compile(r"(?<![\w.~$/:-])(?:[~$\w{}.-]*/)+\w[\w.-]*\w(?![\w/-])")
DIGITS = re.compile(r"\d+")
LONGEST = 500  # of a line


def check(document: Document, repository: Repository) -> Iterator[Finding]:
    """Compare the last two parts of each path with those of the repository."""
    if repository.alone or type(document) is not Document or not NAMES.fullmatch(document.name):
        return
    slips, known = _tails(repository)
    prose = document.name.endswith(PROSE)
    for number, line in enumerate(document.lines, 1):
        for match in PATH.finditer(line) if len(line) <= LONGEST and "/" in line else ():
            tail = "/".join(match.group().split("/")[-2:])
            near = slips.of(tail) if tail not in known else ""
            if near and _differ(tail, near) and not repository.lies(document.resolve(match.group())):
                place, severity = Spot(number, match.start() + 1), Severity.WARNING if prose else None
                yield Finding(place, f"there is no {match.group()}", meant(near), severity)


def _differ(tail: str, near: str) -> bool:
    """Whether more differs than numbers, large letters, `-` and `_`, or a plural: what two names may have."""
    if DIGITS.findall(tail) != DIGITS.findall(near):
        return False
    return _spelt(tail) != _spelt(near)


def _spelt(path: str) -> str:
    return re.sub(r"s(?=[-/.]|$)", "", path.lower().replace("_", "-"))


@per_repository
def _tails(repository: Repository) -> tuple[Slips, Mapping[str, None]]:
    """The last two parts of each path of the repository: those that are long enough to be told apart."""
    known = {
        f"{directory.rpartition('/')[2]}/{name}": None
        for directory, names in repository.paths.items()
        for name in names
        if directory and len(name) > 3
    }
    return Slips(known), known


RULE = Rule(id="path-misspelt", page=__doc__, files=Document, check=check)
