"""The image holds the licences of what it adds, in /licenses.

Why: Red Hat's certification refuses an image without the directory.

Bad::

    FROM registry.redhat.io/rhosp-rhel8/openstack-cinder-volume:16.2
    RUN dnf install -y vendorx-driver && dnf clean all

Good::

    COPY licenses /licenses

Source: check HasLicense of Red Hat's openshift-preflight; 34 Dockerfiles of 6 of the 36 vendor integrations
that were read have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import Dockerfile
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository

DIRECTORY = re.compile(r"(?:^|[\s\"'=,{])/?licenses(?![\w.-])")


def check(dockerfile: Dockerfile, repository: Repository) -> Iterator[Finding]:
    """Look for an instruction that fills the directory."""
    filling = (each for each in dockerfile.built if each.name in ("COPY", "ADD", "RUN", "WORKDIR"))
    if dockerfile.layers and not any(
        DIRECTORY.search(
            f"{each.arguments[-1]} " if each.name in ("COPY", "ADD") and each.arguments else each.text
        )
        for each in filling
    ):
        yield Finding(dockerfile.layers[-1].start, "the image has no /licenses", "COPY licenses /licenses")


RULE = Rule(id="image-licenses", page=__doc__, files=Dockerfile, check=check, severity=Severity.WARNING)
