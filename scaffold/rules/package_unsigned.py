"""The signatures of packages are checked.

Why: whoever changes the package on the server, or between it and the builder, runs code as root in the
image, and on the host where the repository file goes there.

Bad::

    [vendorx]
    baseurl=https://downloads.example.com/el8
    gpgcheck=0

Good::

    [vendorx]
    baseurl=https://downloads.example.com/el8
    gpgcheck=1
    gpgkey=https://downloads.example.com/RPM-GPG-KEY-vendorx

Source: 9 repository files and scripts of the 36 vendor integrations that were read; dnf.conf(5), gpgcheck.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import Dockerfile, Document
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity, Spot
from scaffold.lint.repository import Repository

SWITCHED_OFF = re.compile(
    r"(?:(?<!\w)|(?<=\\n))gpgcheck\s*=\s*(?:0|no|false)\b|--nogpgcheck\b", re.IGNORECASE
)


def check(document: Document, repository: Repository) -> Iterator[Finding]:
    """Look at the lines of repository files, Dockerfiles and scripts."""
    if not isinstance(document, Dockerfile) and not document.name.endswith((".repo", ".sh")):
        return
    for number, line in enumerate(document.lines, 1):
        match = SWITCHED_OFF.search(line)
        if match and not line.lstrip().startswith("#"):
            message = f"{match.group()}: any package is taken"
            yield Finding(Spot(number, match.start() + 1), message, "gpgcheck=1 and gpgkey=URL")


RULE = Rule(id="package-unsigned", page=__doc__, files=Document, check=check, severity=Severity.WARNING)
