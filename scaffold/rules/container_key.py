"""The release takes every key of a container, in the form that it has.

Why: what starts the containers passes over a key that it does not know, without a word: the capability is
not added. A list where it takes a single text becomes part of the command line as it is, and the container
does not start.

Bad, on Rocky::

    vendorx_loader:
      cap_add: [SYS_MODULE]

Good::

    vendorx_loader:
      privileged: true

Source: paunch/builder/compose1.py of paunch 2.5.3 and 3.2.2 knows no cap_add; it and podman.py of 4.5.2
take security_opt as one text.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import ServiceTemplate
from scaffold.documents.heat import Container
from scaffold.documents.nodes import Items, Scalar
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository
from scaffold.releases import Release


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at the keys whose knowledge came with a release."""
    for container in template.containers:
        added = container.get("cap_add")
        empty = isinstance(added, Items) and not added.nodes
        if added is not None and not empty and not repository.release.capabilities:
            message = f"{repository.release.title} passes over cap_add of {container.name}"
            yield Finding(added, message, "privileged: true")
        yield from _single(container, repository.release)


def _single(container: Container, release: Release) -> Iterator[Finding]:
    value = container.get("security_opt")
    if release.security_opt_form == "string" and isinstance(value, Items):
        first = next((item.text for item in value if isinstance(item, Scalar)), "TEXT")
        yield Finding(value, f"{release.title} takes security_opt as one text", f"security_opt: {first}")


RULE = Rule(id="container-key", page=__doc__, files=ServiceTemplate, check=check, needs_release=True)
