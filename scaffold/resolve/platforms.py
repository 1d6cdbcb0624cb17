"""What the platform of a release makes of answers; a platform more is an entry more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from scaffold.fields import ServiceAnswers
from scaffold.model import VendorRepo
from scaffold.releases import Release
from scaffold.resolve.completing import Defaulted
from scaffold.resolve.consistency.subject import RepositoryConstraint, ServiceConstraint
from scaffold.resolve.tripleo import constraints, notes, service


@dataclass(frozen=True)
class Platform:
    """What one platform decides.

    placed: a service, on the roles that it has where none are named. modelled: the repository that complete
    answers ask for. nothing_to_write: the fault of a service that is none here. of_repository, of_service:
    what cannot work together here, and may elsewhere. notes: what is legal, and probably not meant.
    """

    placed: Callable[[ServiceAnswers, Release], ServiceAnswers]
    modelled: Callable[[Defaulted, list[ServiceAnswers]], VendorRepo]
    nothing_to_write: ServiceConstraint
    of_repository: tuple[RepositoryConstraint, ...]
    of_service: tuple[ServiceConstraint, ...]
    notes: Callable[[VendorRepo], Iterator[str]]


PLATFORMS: Mapping[str, Platform] = {
    "tripleo": Platform(
        placed=service.placed,
        modelled=service.modelled,
        nothing_to_write=constraints.nothing_to_write,
        of_repository=constraints.OF_REPOSITORY,
        of_service=constraints.OF_SERVICE,
        notes=notes.notes,
    ),
}


def platform(release: Release) -> Platform:
    """What the platform of RELEASE makes of answers."""
    return PLATFORMS[release.platform]
