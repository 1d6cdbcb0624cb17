"""What is legal in the answers, and probably not meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scaffold import catalogue
from scaffold.model import VendorRepo
from scaffold.unknown import unknown


def needless(repo: VendorRepo) -> Iterator[str]:
    """Yield a note for each parameter that the environment file of REPO sets to its own default."""
    for service in repo.services:
        declared = service.template.parameters if service.template else {}
        for name, value in repo.environment.parameter_defaults.items():
            if "default" in declared.get(name, {}) and declared[name]["default"] == value:
                yield (
                    f"the environment file sets {name} to its default, over what an earlier file of the "
                    "operator's says: leave it out of environment.parameter_defaults"
                )


def unusual(roles: Iterable[str]) -> Iterator[str]:
    """Yield a note for each of ROLES that no roles file of TripleO has."""
    for role in dict.fromkeys(roles):
        if role not in catalogue.roles():
            yield unknown("role", role, catalogue.roles(), "in any roles file of TripleO")
