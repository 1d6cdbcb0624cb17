"""Add a service to a vendor repository, and take one away."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from scaffold import answers as answers_file
from scaffold.answers import NOTHING, Document
from scaffold.answers.nodes import Node, Scalar, Table
from scaffold.commands.update import Request, printed, updated
from scaffold.errors import AnswersError, Fault, ScaffoldError, WrongUse
from scaffold.updating.applied import Applied


def add(repo: Path, answers: str | None, settings: Sequence[str], request: Request, *, as_json: bool) -> int:
    """Add the services that ANSWERS, SETTINGS or replies describe to the vendor repository REPO."""
    document = (answers_file.read(answers) if answers else NOTHING).with_settings(settings)
    fresh = document.services or ([document.root] if _names_a_service(document.root) else [])
    asks = not fresh and request.ask and sys.stdin.isatty()
    if not fresh and not asks:
        raise AnswersError(
            [Fault("", "service_name", "missing: which service is to be added?")],
            "give --answers FILE or --set service_name=NAME",
        )

    def target(applied: Applied) -> Document:
        whole = applied.answers.with_services((*applied.answers.services, *fresh))
        whole = Document(whole.root, (*whole.faults, *document.faults))
        if not asks:
            return whole
        from scaffold.asking import ask_service

        return ask_service(whole)

    return printed(updated(repo, request, target, title="add"), as_json)


def remove(repo: Path, service: str, request: Request, *, as_json: bool) -> int:
    """Take SERVICE out of the vendor repository REPO; files that were edited stay, and are listed."""

    def target(applied: Applied) -> Document:
        services = applied.answers.services
        rest = [node for node in services if _name(node) != service]
        if len(rest) == len(services):
            known = ", ".join(_name(node) for node in services)
            raise WrongUse(f"there is no service {service} here", f"the services are: {known}")
        if not rest:
            raise ScaffoldError(
                f"{service} is the only service of this repository", "a repository has at least one"
            )
        return applied.answers.with_services(rest)

    return printed(updated(repo, request, target, title="remove"), as_json)


def _names_a_service(node: Node) -> bool:
    return isinstance(node, Table) and "service_name" in node.entries


def _name(node: Node) -> str:
    named = node.entries.get("service_name") if isinstance(node, Table) else None
    return named.written if isinstance(named, Scalar) else ""
