"""The templates that a service takes in: a stock service in its place, and others beside it."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from scaffold.bases import BaseTemplate, Wrapped
from scaffold.catalogue import Catalogue
from scaffold.fields.parts import WrapsAnswers
from scaffold.model import VendorRepo
from scaffold.releases import cloud
from scaffold.tripleo.paths import SERVICE_TEMPLATES
from scaffold.tripleo.services import passed

RESOURCE = "StockService"


def replaces(one: WrapsAnswers) -> bool:
    """Whether a service replaces ONE that it wraps."""
    return one.service is not None if one.in_place is None else one.in_place


def in_place(wraps: Sequence[WrapsAnswers]) -> WrapsAnswers | None:
    """The one of WRAPS whose place is taken."""
    return next(filter(replaces, wraps), None)


def gives(one: WrapsAnswers, section: str) -> bool:
    """Whether SECTION of role_data is taken from ONE."""
    return not one.sections or section in one.sections


def given(wraps: Sequence[WrapsAnswers], section: str) -> bool:
    """Whether SECTION of role_data is taken from any of WRAPS."""
    return any(gives(one, section) for one in wraps)


def wrapped(repo: VendorRepo, asked: Sequence[WrapsAnswers], stock: Catalogue) -> Wrapped | None:
    """The stock service whose place is taken, of those that are ASKED."""
    one = in_place(asked)
    if one is None or one.service is None:
        return None
    pair = cloud.pair(repo.release.name, one.service)
    return Wrapped(
        service=one.service,
        path=_path(repo, one, stock),
        asked=one.template is not None,
        plain=list(pair.plain) if pair else [],
        pacemaker=pair.pacemaker if pair else "",
        chosen_by=list(pair.chosen_by) if pair else [],
    )


def bases(repo: VendorRepo, asked: Sequence[WrapsAnswers], stock: Catalogue) -> list[BaseTemplate]:
    """Every template that is taken in, in the order in which they are ASKED."""
    standard = {name: {"get_param": name} for name in passed(repo.release.tripleo.default_passwords)}
    found = []
    for number, one in enumerate(asked, 1):
        path = _path(repo, one, stock)
        type_ = posixpath.relpath(path, SERVICE_TEMPLATES) if path.endswith(".yaml") else path
        found.append(
            BaseTemplate(
                resource=RESOURCE if number == 1 else f"{RESOURCE}{number}",
                type=type_,
                path=path if path.endswith(".yaml") else "",
                sections=one.sections,
                properties=standard | one.properties,
            )
        )
    return found


def _path(repo: VendorRepo, one: WrapsAnswers, stock: Catalogue) -> str:
    """The template of ONE; of two that of a cloud with pacemaker, as production clouds are."""
    if one.template:
        return one.template
    service = one.service or ""
    pair = cloud.pair(repo.release.name, service)
    return pair.pacemaker if pair and not repo.all_in_one else stock.templates.get(service, "")
