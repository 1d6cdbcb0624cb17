"""Services that change their names: the rendering under the old ones, and what becomes of each file of it.

Under the old names an update is a merge like any other. What it makes is then renamed as the two renderings
say, file by file and line by line, so that no name is ever searched for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import count
from typing import Any

from scaffold.answers import Answers
from scaffold.errors import AnswersError, Fault
from scaffold.fields import RepositoryAnswers, ServiceAnswers
from scaffold.merge import Names, Renames
from scaffold.model import ServiceName
from scaffold.render import joined, rendered
from scaffold.resolve import modelled
from scaffold.tree import File, Tree

Sides = tuple[Tree, Tree, Renames]


@dataclass(frozen=True)
class Renaming:
    """The services of ANSWERS that get other names.

    before: the new rendering as it would be under the old names. files: each path of it -> the path and file
    that it becomes. owners: path -> the index of the service that has it.
    """

    answers: Answers
    before: Tree
    files: Mapping[str, tuple[str, File]]
    owners: Mapping[str, int]
    names: Names

    def moves(self) -> dict[str, str]:
        """Path -> new path, of each file that goes elsewhere."""
        return {path: to for path, (to, _) in self.files.items() if path != to}

    def refused(self, path: str, message: str) -> AnswersError:
        """The error of a name that cannot change, for the file at PATH."""
        return AnswersError([self.answers.fault(("services", self.owners[path], "renamed_from"), message)])


def names(applied: Mapping[str, Any], answers: Answers) -> dict[str, str]:
    """The services of the answers APPLIED last that have other names in ANSWERS, as `renamed_from` says.

    Raises AnswersError for a name that would lead two ways.
    """
    before = {service.service_name: service for service in RepositoryAnswers(dict(applied)).services}
    asked = {service.service_name: service for service in RepositoryAnswers(answers.values).services}
    fresh = _fresh(before, asked)
    found: dict[str, str] = {}
    faults: list[Fault] = []
    for index, (new, service) in enumerate(asked.items()):
        old = fresh.get(new)
        if old in found:
            message = f"{old} is {found[old]} from now on; it cannot be {new} too"
        elif old and new in before and new not in fresh.values() and old in asked.keys() - fresh.keys():
            message = f"there are services {old} and {new} already, and both stay"
        elif old is None and _again(service, before, asked):
            message = "was followed before; take it out, run update, and then change the names once more"
        else:
            found |= {old: new} if old else {}
            continue
        faults.append(answers.fault(("services", index, "renamed_from"), message))
    if faults:
        raise AnswersError(faults, "take renamed_from out, or give it the name of a service that goes")
    return found


def _fresh(before: Mapping[str, ServiceAnswers], asked: Mapping[str, ServiceAnswers]) -> dict[str, str]:
    """New name -> old name of each service in ASKED that was not called so by an update before."""
    sources = {new: one.renamed_from or "" for new, one in asked.items()}
    said = {new: old for new, old in sources.items() if old in before and old != new}
    fresh = {new: old for new, old in said.items() if new not in before or before[new].renamed_from != old}
    while more := {new: old for new, old in said.items() if new in fresh.values() and new not in fresh}:
        fresh |= more  # who had the name gives it up now: this is another service
    return fresh


def _again(
    service: ServiceAnswers, before: Mapping[str, ServiceAnswers], asked: Mapping[str, ServiceAnswers]
) -> bool:
    """Whether SERVICE is what another one was BEFORE, and one is what it was: names exchanged once more."""
    old, same = before.get(service.renamed_from or ""), before.get(service.service_name)
    exchanged = any(_rest(one) == _rest(same) for one in asked.values())
    return bool(old and same) and _rest(service) == _rest(old) != _rest(same) and exchanged


def _rest(service: ServiceAnswers | None) -> dict[str, Any]:
    if service is None:
        return {}
    names = {*service.given(ServiceAnswers.service_name, ServiceAnswers.renamed_from)}
    return {key: value for key, value in service.plain.items() if key not in names}


def renaming(answers: Answers, renamed: Mapping[str, str]) -> Renaming:
    """What the services RENAMED, old name -> new name, are in a rendering of ANSWERS."""
    new = [service.service_name for service in RepositoryAnswers(answers.values).services]
    old = _old_names(new, renamed)
    before, after = (rendered(modelled(_called(answers, called))) for called in (old, new))
    before = [was if len(was) == len(now) else now for was, now in zip(before, after, strict=True)]
    files: dict[str, tuple[str, File]] = {}
    owners: dict[str, int] = {}
    for index, (was, now) in enumerate(zip(before, after, strict=True), -1):
        for path, to in zip(was, now, strict=True):
            owners[path] = index
            if (path, was[path]) != (to, now[to]):
                files[path] = (to, now[to])
    gone = {one for name, now in zip(old, new, strict=True) if name != now for one in _spelled(name)}
    spelled = frozenset(one for name in {*old, *new} for one in _spelled(name))
    return Renaming(answers, joined(before), files, owners, Names(frozenset(gone), spelled))


def _old_names(new: list[str], renamed: Mapping[str, str]) -> list[str]:
    """The name of each service before; a new one whose name another gives up has any that nobody has."""
    before = {to: name for name, to in renamed.items()}
    taken = {*new, *renamed}
    return [before.get(name) or (_unused(name, taken) if name in renamed else name) for name in new]


def _unused(name: str, taken: Set[str]) -> str:
    return next(one for number in count(2) if (one := f"{name}-{number}") not in taken)


def _called(answers: Answers, names: list[str]) -> Answers:
    named = zip(answers.values["services"], names, strict=True)
    services = [{**service, "service_name": name} for service, name in named]
    return Answers({**answers.values, "services": services}, {})


def _spelled(name: str) -> Iterator[bytes]:
    spelled = ServiceName.of(name)
    yield from (one.encode() for one in (spelled.kebab, spelled.snake, spelled.camel))


def fitted(renaming: Renaming, base: Tree, ours: Tree) -> Sides:
    """BASE, the rendering under the old names, and what becomes of it, for the vendor's files OURS.

    A file whose new place the vendor has another file in stays: what is at either place is then merged for
    what it is.
    """
    moves, stuck = renaming.moves(), set[str]()

    def taken(path: str) -> bool:
        """Whether OURS has a file at PATH that neither goes elsewhere nor away."""
        if path not in ours or (path in moves and path not in stuck):
            return False
        return path in renaming.before or ours[path] != base.get(path)

    while more := {path for path, to in moves.items() if path not in stuck and taken(to)}:
        stuck |= more
    ends = {moves[path]: renaming.files[path][1] for path in stuck}
    theirs = {path: file for path, file in renaming.before.items() if path not in stuck}
    files = {path: file for path, file in renaming.files.items() if path not in stuck}
    folders = dict(pair for path in files if (pair := _folder(path, files[path][0])))
    rest = {path: file for path, file in base.items() if path not in ends}
    return rest, theirs | ends, Renames(files, folders, renaming.names)


def _folder(path: str, to: str) -> tuple[str, str] | None:
    """The directory of a service that PATH leaves, and the one that TO is in; None where it leaves none."""
    old, new = path.split("/"), to.split("/")
    at = next((number for number, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), -1)
    return ("/".join(old[: at + 1]), "/".join(new[: at + 1])) if 0 <= at < len(old) - 1 else None
