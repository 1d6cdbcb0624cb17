"""Add a service to a vendor repository, and take one away."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from scaffold import answers as answers_file
from scaffold import fields
from scaffold.answers import NOTHING, AnswersDocument
from scaffold.answers.faults import misplaced
from scaffold.answers.nodes import AnswerMap, AnswerNode, AnswerScalar
from scaffold.commands.update import Request, printed, updated
from scaffold.errors import AnswersError, Fault, ScaffoldError, WrongUse
from scaffold.unknown import hint, there_is_no
from scaffold.updating.applied import Applied, refuse_foreign

MISSING = "missing: which service is to be added?"


def add(repo: Path, answers: str | None, settings: Sequence[str], request: Request, *, as_json: bool) -> int:
    """Add the services that ANSWERS, SETTINGS or replies describe to the vendor repository REPO."""
    given = _listed(NOTHING if answers is None else answers_file.read(answers))
    document = given.with_settings(settings)
    fresh = document.services
    named = fresh and all(map(_name, fresh))
    asks = len(fresh) < 2 and not named and request.ask and sys.stdin.isatty()

    def target(applied: Applied) -> AnswersDocument:
        refuse_foreign(applied.root, applied.answers, "add")
        if not named and not asks:
            raise AnswersError(
                [*document.faults, *_elsewhere(document), Fault("", "service_name", MISSING)],
                "give --answers FILE or --set service_name=NAME",
            )
        known = applied.answers.services
        for name in {_name(one) for one in known} & {_name(one) for one in fresh if named}:
            hint = f"vendor-scaffold update --set services.{name}.KEY=VALUE changes it"
            raise WrongUse(f"there is a service {name} already", hint)
        whole = applied.answers.with_services((*known, *fresh))
        whole = AnswersDocument(whole.root, (*whole.faults, *document.faults, *_elsewhere(document)))
        if not asks:
            return whole
        from scaffold.asking import ask_service

        return ask_service(whole, len(known))

    return printed(updated(repo, request, target, title="add"), as_json)


def remove(repo: Path, names: Sequence[str], request: Request, *, as_json: bool) -> int:
    """Take the services NAMES out of the vendor repository REPO, all or none.

    Files that were edited stay, and are listed.
    """

    def target(applied: Applied) -> AnswersDocument:
        refuse_foreign(applied.root, applied.answers, "remove")
        services = applied.answers.services
        known = [_name(node) for node in services]
        unknown = [name for name in names if name not in known]
        if unknown:
            missing = "\n".join(there_is_no("service", name, "here") for name in unknown)
            raise WrongUse(missing, hint(unknown[0], known))
        rest = [node for node in services if _name(node) not in names]
        if not rest:
            only = f"{known[0]} is the only service" if len(known) == 1 else "these are all services"
            raise ScaffoldError(f"{only} of this repository", "a repository has at least one")
        return applied.answers.with_services(rest)

    return printed(updated(repo, request, target, title="remove"), as_json)


def _listed(document: AnswersDocument) -> AnswersDocument:
    """DOCUMENT with its service in a list, where it is the answers of one service and nothing around it."""
    root = document.root
    if not isinstance(root, AnswerMap) or "service_name" not in root.entries:
        return document
    whole = [key for key in root.entries if key in fields.ANSWERS.fields]
    service = root.only([key for key in root.entries if key not in whole])
    return AnswersDocument(root.only(whole), document.faults).with_services([service])


def _elsewhere(document: AnswersDocument) -> Iterator[Fault]:
    """What DOCUMENT says that is no answer of a service."""
    root = document.root
    for key, place in root.keys.items() if isinstance(root, AnswerMap) else ():
        if key not in fields.ANSWERS.fields:
            yield Fault(str(place), key, misplaced(key, fields.ANSWERS))
        elif key not in ("schema", "services"):
            told = f"is an answer of the whole repository: vendor-scaffold update --set {key}=VALUE"
            yield Fault(str(place), key, told)


def _name(node: AnswerNode) -> str:
    named = node.entries.get("service_name") if isinstance(node, AnswerMap) else None
    return named.written if isinstance(named, AnswerScalar) else ""
