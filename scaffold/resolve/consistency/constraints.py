"""The constraints across answers: what cannot work together is refused with the reason and the fix."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.answers import Answers
from scaffold.answers.partial import as_far_as_known
from scaffold.errors import Fault
from scaffold.resolve.consistency import (
    builds,
    by_role,
    containers,
    images,
    languages,
    modules,
    names,
    overlaps,
    sources,
    template,
    values,
)
from scaffold.resolve.consistency.subject import RepositoryConstraint, ServiceConstraint, Subject, Whole

OF_REPOSITORY: tuple[RepositoryConstraint, ...] = (
    sources.distribution,
    sources.registry,
    sources.container_engine,
    values.told,
    names.shared,
    overlaps.overlaps,
    overlaps.hidden,
    images.tags,
    images.shared,
)
OF_SERVICE: tuple[ServiceConstraint, ...] = (
    values.passwords,
    values.references,
    values.declared,
    values.backends,
    values.parameters,
    *by_role.OF_SERVICE,
    values.maps,
    *images.OF_SERVICE,
    *builds.OF_SERVICE,
    *languages.OF_SERVICE,
    *template.OF_SERVICE,
    names.taken,
    overlaps.registered,
    *containers.OF_SERVICE,
    *modules.OF_SERVICE,
)


def faults(answers: Answers) -> Iterator[Fault]:
    """Yield a fault for every constraint that ANSWERS break, as far as these are known."""
    whole = Whole(answers)
    yield from of_repository(whole)
    yield from as_far_as_known(_of_services(whole))


def _of_services(whole: Whole) -> Iterator[Fault]:
    for service in whole.services:
        yield from of_service(service)


def of_repository(whole: Whole) -> Iterator[Fault]:
    """Yield the faults of the repository itself, and between its services."""
    for constraint in OF_REPOSITORY:
        yield from as_far_as_known(constraint(whole))


def of_service(service: Subject) -> Iterator[Fault]:
    """Yield the faults between the answers of SERVICE, its release and the stock services."""
    nothing = list(as_far_as_known(values.nothing_to_write(service)))
    yield from nothing
    for constraint in () if nothing else OF_SERVICE:
        yield from as_far_as_known(constraint(service))
