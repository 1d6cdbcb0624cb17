"""FROM names a tag, and not latest.

Why: without a tag the image is another one tomorrow. In a namespace that several releases share, as
rhosp-rhel8 is, it is that of another release, whose drivers do not fit: an error. Where the namespace
belongs to one release it is a warning.

Bad::

    FROM registry.redhat.io/rhosp-rhel8/openstack-cinder-volume

Good::

    FROM registry.redhat.io/rhosp-rhel8/openstack-cinder-volume:16.2

Source: 27 Dockerfiles of 13 of the 36 vendor integrations that were read; the Red Hat catalogue,
rhosp-rhel8 and rhosp-rhel9.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import Dockerfile
from scaffold.documents.reference import origins, reference
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository


def check(dockerfile: Dockerfile, repository: Repository) -> Iterator[Finding]:
    """Look at each FROM that names an image and is known to its end."""
    for stage in dockerfile.stages:
        base = dockerfile.base(stage)
        image = reference(base)
        if not base or base == "scratch" or dockerfile.parent(stage) or "$" in base or image.digest:
            continue
        if image.tag in ("", "latest"):
            message = f"{base} has {'the tag latest' if image.tag else 'no tag'}"
            shared = len({origin.version for origin in origins(image)}) > 1
            severity = Severity.ERROR if shared else Severity.WARNING
            yield Finding(stage.start, message, "name the tag of the release, or a digest", severity)


RULE = Rule(id="from-tag", page=__doc__, files=Dockerfile, check=check)
