"""A parameter that an environment file sets is spelt as a template declares it.

Why: Heat silently ignores a default of a parameter that no template declares, and the service runs
with its own default. A name that is near none of the repository's and of the release's may be that of another
vendor, and is not judged. One that an earlier release had is a warning.

Bad::

    parameter_defaults:
      VendorxSrever: vendorx.example.com

Good::

    parameter_defaults:
      VendorxServer: vendorx.example.com

Source: heat/engine/environment.py of openstack-heat (parameter_defaults); a stock environment of Train sets
CeilometerQdrPublisMetrics, those of Dell EMC SC set CinderScStorageProtocol.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from scaffold.catalogue import parameter_forms
from scaffold.catalogue import roles as stock_roles
from scaffold.documents import EnvironmentFile, Roles
from scaffold.documents.nodes import Scalar, Table, text_of
from scaffold.documents.reference import IMAGE_PARAMETER
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.releases import NAMES, load
from scaffold.unknown import meant, nearest

CUTOFF = 0.88


# a letter of a role's name too much, too little or another: no number, no word
ROLE_CUTOFF = 0.88


def check(environment: EnvironmentFile, repository: Repository) -> Iterator[Finding]:
    """Compare the names that are not declared with those that are, and are not set beside them."""
    given = {key.text for key, _, _ in environment.assignments()}
    unset = repository.parameters - given
    for key, value, _ in environment.assignments():
        if key.text in repository.parameters:
            continue
        if key.text.endswith("Parameter") and isinstance(value, Table) and value.pairs:
            message = f"no role's parameters are called {key.text}"
            yield Finding(key, message, meant(f"{key.text}s"))
        elif not IMAGE_PARAMETER.fullmatch(key.text):
            near = nearest(key.text, unset, CUTOFF)
            if near and _alike(key.text, near):
                yield Finding(key, f"no template declares {key.text}", meant(near))
            elif repository.release_name:
                yield from _stock(key, repository)


def _stock(key: Scalar, repository: Repository) -> Iterator[Finding]:
    """What is nearly a parameter of the release, or was one of an earlier one."""
    release, known = repository.release, parameter_forms(repository.release.name)
    if key.text in known or key.text in repository.stock.image_parameters:
        return
    message = f"no template of {release.title} declares {key.text}"
    of_roles, decided = _of_roles(key.text, repository)
    if of_roles or decided:
        if of_roles:
            yield Finding(key, message, meant(of_roles))
        return
    size, first = len(key.text), key.text[:1].lower()
    candidates = [name for name in known if abs(len(name) - size) <= 2 and name[:1].lower() == first]
    near = nearest(key.text, candidates, 0.93)
    same = next((name for name in candidates if name.lower() == key.text.lower()), "")
    earlier = [name for name in NAMES[: NAMES.index(release.name)] if key.text in parameter_forms(name)]
    if earlier:
        message = f"{release.title} declares {key.text} no more, {load(earlier[-1]).title} did"
        yield Finding(key, message, meant(near), Severity.WARNING)
    elif same or (near and _alike(key.text, near)):
        yield Finding(key, message, meant(same or near))


def _of_roles(name: str, repository: Repository) -> tuple[str, bool]:
    """The parameter of a role that NAME may stand for; and whether it is one of any role."""
    own = (text_of(role.get("name")) or "" for each in repository.of(Roles) for role in each.roles)
    roles = {*stock_roles(), *own}
    words = _words(repository.release.name)
    for word in words:
        role = name.removesuffix(word)
        if role != name and role[:1].isupper():
            near = nearest(role, roles, ROLE_CUTOFF) if role not in roles else ""
            odd = abs(len(role) - len(near)) <= 1 and re.sub("[a-z]", "", role) == re.sub("[a-z]", "", near)
            return (near + word if near and odd else "", True)
    for role in sorted(roles, key=len, reverse=True):
        if role and name.startswith(role):
            near = nearest(name.removeprefix(role), words, 0.85)
            return (role + near if near else "", bool(near))
    return "", False


@cache
def _words(release: str) -> tuple[str, ...]:
    """What the parameters of every role are called behind its name, the longest first."""
    known = parameter_forms(release)
    words = {name.removeprefix("Controller") for name in known if name.startswith("Controller")}
    return tuple(sorted((word for word in words if f"Compute{word}" in known), key=len, reverse=True))


def _alike(name: str, other: str) -> bool:
    """Whether letters differ: not a word more, nor the number of one in a series, as Vendorx2Server."""
    return abs(len(name) - len(other)) <= 2 and re.sub(r"\d+", "", name) != re.sub(r"\d+", "", other)


RULE = Rule(id="parameter-misspelt", page=__doc__, files=EnvironmentFile, check=check)
