"""FROM uses only variables that an ARG before the first FROM declares, and holds no placeholder.

Why: any other variable is empty there, one that ENV sets or that a stage declares too, and the build stops
at an invalid name. The same happens with a `<tag>` that was never filled in.

Bad::

    FROM registry.redhat.io/rhosp13/openstack-cinder-volume:${TAG}

Good::

    ARG TAG=13.0
    FROM registry.redhat.io/rhosp13/openstack-cinder-volume:${TAG}

Source: Dockerfile reference, "Understand how ARG and FROM interact"; 15 Dockerfiles of two integrations
cannot be built as they are: 14 have `<tag>`, one uses three undeclared variables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import Dockerfile
from scaffold.documents.dockerfile import variables
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository

PREDEFINED = {
    f"{which}{part}" for which in ("TARGET", "BUILD") for part in ("PLATFORM", "OS", "ARCH", "VARIANT")
}
PLACEHOLDER = re.compile(r"<[^<>\s]*>|@[A-Z_]+@")


def check(dockerfile: Dockerfile, repository: Repository) -> Iterator[Finding]:
    """Look at the image of each FROM."""
    for stage in dockerfile.stages:
        for name in dict.fromkeys(variables(stage.source)):
            if name not in dockerfile.arguments and name not in PREDEFINED:
                place = next((line for line, _ in stage.start.find(rf"\$\{{?{name}\b")), stage.start)
                yield Finding(place, f"no ARG before FROM declares {name}", f"ARG {name}=… in front of FROM")
        placeholders = list(stage.start.find(PLACEHOLDER))
        if placeholders:
            named = " and ".join(dict.fromkeys(match.group() for _, match in placeholders))
            verb = "was" if " and " not in named else "were"
            yield Finding(placeholders[0][0], f"{named} {verb} never filled in", "write the value, or an ARG")


RULE = Rule(id="from-variable", page=__doc__, files=Dockerfile, check=check)
