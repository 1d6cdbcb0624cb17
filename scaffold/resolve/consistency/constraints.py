"""The constraints across answers: what cannot work together is refused with the reason and the fix."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold import releases
from scaffold.answers import Answers
from scaffold.answers.partial import as_far_as_known
from scaffold.errors import Fault
from scaffold.resolve.consistency import images, modules, sources
from scaffold.resolve.consistency.subject import RepositoryConstraint, ServiceConstraint, Subject, Whole
from scaffold.resolve.platforms import Platform, platform

OF_REPOSITORY: tuple[RepositoryConstraint, ...] = (
    sources.distribution,
    sources.registry,
    sources.container_engine,
    images.tags,
    images.shared,
)
OF_SERVICE: tuple[ServiceConstraint, ...] = (*images.OF_SERVICE, *modules.OF_SERVICE)


def faults(answers: Answers) -> Iterator[Fault]:
    """Yield a fault for every constraint that ANSWERS break, as far as these are known.

    What is said once for several images is judged with each of them, and wrong once.
    """
    whole = Whole(answers)
    yield from dict.fromkeys((*of_repository(whole), *as_far_as_known(_of_services(whole))))


def _of_services(whole: Whole) -> Iterator[Fault]:
    for service in whole.services:
        yield from of_service(service)


def of_repository(whole: Whole) -> Iterator[Fault]:
    """Yield the faults of the repository itself, and between its services."""
    for constraint in (*OF_REPOSITORY, *_platform(whole).of_repository):
        yield from as_far_as_known(constraint(whole))


def of_service(service: Subject) -> Iterator[Fault]:
    """Yield the faults between the answers of SERVICE, its release and the stock services."""
    own = _platform(service.whole)
    nothing = list(as_far_as_known(own.nothing_to_write(service)))
    yield from nothing
    for constraint in () if nothing else (*OF_SERVICE, *own.of_service):
        yield from as_far_as_known(constraint(service))


def _platform(whole: Whole) -> Platform:
    """The platform that the answers are for; that of the default where their release is not known."""
    return platform(whole.release if whole.knows_release else releases.load(releases.DEFAULT))
