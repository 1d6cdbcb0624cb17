"""COPY and ADD take files from the build context, not from outside of it.

Why: only the context is sent to the builder. `../file` stops the build, or is looked for in the context
itself.

Bad::

    COPY ../vendorx-driver.rpm /tmp/

Good::

    COPY vendorx-driver.rpm /tmp/

Source: Dockerfile reference, COPY ("forbidden path outside the build context"); buildah refuses it, BuildKit
takes the dots away and looks in the context. 6 Dockerfiles of one of the 36 vendor integrations that were
read cannot be built.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from scaffold.documents import Dockerfile
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository


def check(dockerfile: Dockerfile, repository: Repository) -> Iterator[Finding]:
    """Look at every source that is no URL and no other stage's."""
    for instruction in dockerfile.instructions:
        if instruction.name in ("COPY", "ADD") and "from" not in instruction.flags:
            for source in instruction.arguments[:-1]:
                path = posixpath.normpath(source)
                if "://" not in source and (path == ".." or path.startswith("../")):
                    message = f"{source} lies outside the build context"
                    yield Finding(instruction, message, "put the file into the directory of the Dockerfile")


RULE = Rule(id="copy-outside", page=__doc__, files=Dockerfile, check=check)
