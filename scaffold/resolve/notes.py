"""What is legal in the answers, and probably not meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scaffold import catalogue
from scaffold.answers.wording import did_you_mean


def unusual(roles: Iterable[str]) -> Iterator[str]:
    """Yield a note for each of ROLES that no roles file of TripleO has."""
    for role in dict.fromkeys(roles):
        if role not in catalogue.roles():
            yield f"no roles file of TripleO has a role {role}{did_you_mean(role, catalogue.roles())}"
