"""No path in the image names a version of Python.

Why: the path is another one in the next base image: 2.7 on RHEL 7, 3.6 on RHEL 8, 3.9 on RHEL 9. The copy
succeeds all the same, and the driver is never found. Where the base has not even that Python it is an error.

Bad::

    COPY vendorx /usr/lib/python2.7/site-packages/cinder/volume/drivers/vendorx

Good::

    COPY vendorx /tmp/vendorx
    RUN cp -r /tmp/vendorx "$(python3 -c 'import cinder; print(*cinder.__path__)')/volume/drivers/"

Source: 19 Dockerfiles of 10 of the 36 vendor integrations that were read; one has a path of python2.7 on
RHEL 8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold import releases
from scaffold.documents import Dockerfile
from scaffold.documents.reference import origins, reference
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository

PATH = re.compile(r"/lib(?:64)?/python(?P<major>\d)\.\d+/")
HINT = "let Python tell it: python3 -c 'import SERVICE; print(*SERVICE.__path__)'"


def check(dockerfile: Dockerfile, repository: Repository) -> Iterator[Finding]:
    """Compare each path with the Python of the base, where the base is known."""
    known = _pythons(dockerfile)
    for instruction in dockerfile.built:
        for place, match in instruction.find(PATH):
            python = f"python{match['major']}"
            wrong = known and python not in known
            message = f"the base has no {python}" if wrong else f"{match.group()} is of one Python only"
            hint = HINT.replace("python3", min(known, default="python3"))
            yield Finding(place, message, hint, Severity.ERROR if wrong else Severity.WARNING)


def _pythons(dockerfile: Dockerfile) -> set[str]:
    base = reference(dockerfile.base(dockerfile.layers[0])) if dockerfile.layers else reference("")
    return {releases.load(o.release).bases[o.version or "rdo"].python for o in origins(base)}


RULE = Rule(id="python-path", page=__doc__, files=Dockerfile, check=check, severity=Severity.WARNING)
