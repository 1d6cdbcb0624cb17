"""The release takes every key of a container, in the form that it has.

Why: what starts the containers ignores a key that it does not know: the capability is
not added, the misspelt `restrat` restarts nothing. A list where it takes a single text becomes part of the
command line as it is, and the container does not start.

Bad, on Rocky::

    vendorx_loader:
      cap_add: [SYS_MODULE]

Good::

    vendorx_loader:
      privileged: true

Source: the keys that paunch and tripleo_container_manage read at the tip of each release's branch, in
scaffold/releases/container_keys.yaml; paunch 2.5.3 and 3.2.2 know no cap_add, and to 4.5.2 it takes
security_opt as one text. What another release reads, or nobody, is a warning; so is what only the branch
takes.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import ServiceTemplate, heat
from scaffold.documents.heat import DocumentedContainer
from scaffold.documents.nodes import Items, Node, Scalar
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.releases import ContainerKeys, Release, container_keys
from scaffold.tripleo.heat import COMPUTED
from scaffold.unknown import STRICT, meant, nearest


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look every key up."""
    release = repository.release
    known = container_keys(release.name)
    for container in template.containers:
        yield from _single(container, release)
        for key, value in heat.pairs(container.node):
            if key.text not in known.read and key.text not in COMPUTED:
                found = _unread(key, value, container, release, known)
                yield from (
                    each for each in found if each.severity is None or not template.is_repeated(value)
                )


def _unread(
    key: Scalar, value: Node, container: DocumentedContainer, release: Release, known: ContainerKeys
) -> Iterator[Finding]:
    of_others = key.text in known.of_others
    near = nearest(key.text, known.read, cutoff=0.9 if of_others else STRICT)
    instead = known.instead.get(key.text, "")
    if of_others and (instead or not near):
        empty = isinstance(value, Items) and not value.nodes
        if not empty:
            message = f"{release.title} ignores {key.text} of {container.name}"
            yield Finding(key, message, instead, None if key.text == "cap_add" else Severity.WARNING)
    elif near:
        yield Finding(key, f"a container has no {key.text}", meant(near))
    else:
        message = f"nothing reads {key.text} of {container.name}"
        yield Finding(key, message, "leave it out", Severity.WARNING)


def _single(container: DocumentedContainer, release: Release) -> Iterator[Finding]:
    value = container.get("security_opt")
    if release.tripleo.security_opt_form == "string" and isinstance(value, Items):
        first = next((item.text for item in value if isinstance(item, Scalar)), "TEXT")
        severity = Severity.WARNING if "list" in release.tripleo.security_opt_also else None
        message = f"{release.title} takes security_opt as one text"
        yield Finding(value, message, f"security_opt: {first}", severity)


RULE = Rule(id="container-key", page=__doc__, files=ServiceTemplate, check=check, needs_release=True)
