"""The labels name no other release than the one of the stock image.

Why: the operator chooses the image by what its labels say, and the certification lists it so. A driver for
another release fails at its imports.

Bad::

    FROM registry.redhat.io/rhosp13/openstack-horizon:13.0
    LABEL description="Plugin for Red Hat OpenStack Platform 14.0"

Good::

    LABEL description="Plugin for Red Hat OpenStack Platform 13"

Source: 4 Dockerfiles of two of the 36 vendor integrations that were read: version "14.0" on rhosp13,
rhosp18 on 17.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold import releases
from scaffold.documents import Dockerfile
from scaffold.documents.labels import Label, labels
from scaffold.documents.reference import Origin, origins, reference
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository

VERSION = re.compile(
    r"\b(?:rh|red ?hat )?(?:osp|openstack(?: platform)?)[ -]?(?:v|version |release )?"
    r"(1[0-9])(\.[0-9])?(?![\d.]*\d)",
    re.IGNORECASE,
)
NAME = re.compile(rf"\b(?:tripleo|openstack|release)[ -]?({'|'.join(releases.NAMES)})\b", re.IGNORECASE)
LIKE_RHOSP = re.compile(r"1[345]\.0|16\.[0-2]|17\.[01]|18\.0")


def check(dockerfile: Dockerfile, repository: Repository) -> Iterator[Finding]:
    """Compare every release that a label names with those that the base can be of."""
    if not dockerfile.layers:
        return
    bases = tuple(origins(reference(dockerfile.base(dockerfile.layers[0]))))
    versions = {origin.version for origin in bases if origin.version}
    names = {origin.release for origin in bases}
    for label in labels(dockerfile):
        wrong = next(iter(_other_versions(label, versions)), None) if versions else None
        other = next((m[1] for m in NAME.finditer(label.value) if names and m[1].lower() not in names), wrong)
        if other:
            yield Finding(label, f"the label {label.key} says {other}, FROM is {_of(bases)}")


def _other_versions(label: Label, versions: set[str]) -> Iterator[str]:
    if label.key == "version" and LIKE_RHOSP.fullmatch(label.value) and not _fits(label.value, versions):
        yield label.value
    for match in VERSION.finditer(label.value):
        named = match[1] + (match[2] or "")
        if not _fits(named, versions):
            yield named


def _fits(named: str, versions: set[str]) -> bool:
    """Whether a version is one of these, where both say as much: 16 is 16.1, and 13.0 is 13."""
    return any(f"{each}.".startswith(f"{named}.") or f"{named}.".startswith(f"{each}.") for each in versions)


def _of(bases: tuple[Origin, ...]) -> str:
    versions = sorted({f"RHOSP {origin.version}" for origin in bases if origin.version})
    titles = dict.fromkeys(releases.load(origin.release).title for origin in bases)
    return " or ".join(versions or titles)


RULE = Rule(id="label-release", page=__doc__, files=Dockerfile, check=check, severity=Severity.WARNING)
