"""No path in the image names a version of Python, and what is run is the Python that the base has.

Why: the path is another one in the next base image: 2.7 on RHEL 7, 3.6 on RHEL 8, 3.9 on RHEL 9. The copy
succeeds all the same, and the driver is never found. Where the base has not that Python it is an error; so
is `python` on RHEL 8 and 9, where only `python3` is there, unless the build makes it.

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
from scaffold.documents.shell import Command, commands
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Place, Severity
from scaffold.lint.repository import Repository

PATH = re.compile(r"/lib(?:64)?/python(?P<version>\d\.\d+)/")
HINT = "let Python tell it: python3 -c 'import SERVICE; print(*SERVICE.__path__)'"
PROGRAMS = ("python", "python2", "python3")
MADE = re.compile(r"alternatives|ln -|\bpython-unversioned|\bpython3?6?(?=\s|$)|venv|rh-python|scl")


def check(dockerfile: Dockerfile, repository: Repository) -> Iterator[Finding]:
    """Compare each path and each program with the Python of the base, where the base is known."""
    bases = _bases(dockerfile)
    known = {base.python for base in bases}
    versions = {base.python_version for base in bases if base.python_version}
    made = False
    for instruction in dockerfile.built:
        for place, match in instruction.find(PATH):
            yield _path(place, match, known, versions)
        for command in commands(instruction):
            if known and not made and command.program in PROGRAMS:
                yield from _program(command, known)
            made = made or bool(command.program not in PROGRAMS and MADE.search(command.text))


def _path(place: Place, match: re.Match[str], known: set[str], versions: set[str]) -> Finding:
    version = match["version"]
    python = f"python{version[0]}"
    hint = HINT.replace("python3", min(known, default="python3"))
    if known and python not in known:
        return Finding(place, f"the base has no {python}", hint, Severity.ERROR)
    if versions and version not in versions:
        message = f"the base has Python {' or '.join(sorted(versions))}, not {version}"
        return Finding(place, message, hint, Severity.ERROR)
    return Finding(place, f"{match.group()} is of one Python only", hint)


def _program(command: Command, known: set[str]) -> Iterator[Finding]:
    """A Python that the base has not; `pip` is of no base, and packages bring it."""
    program = command.program
    lacks = (
        (program == "python" and known == {"python3"})
        or (program == "python2" and known == {"python3"})
        or (program == "python3" and known == {"python2"})
    )
    if lacks:
        yield Finding(command, f"the base has no {program}", f"run {min(known)}", Severity.ERROR)


def _bases(dockerfile: Dockerfile) -> list[releases.Base]:
    base = reference(dockerfile.base(dockerfile.layers[0])) if dockerfile.layers else reference("")
    return [releases.load(o.release).bases[o.version or "rdo"] for o in origins(base)]


RULE = Rule(id="python-path", page=__doc__, files=Dockerfile, check=check, severity=Severity.WARNING)
