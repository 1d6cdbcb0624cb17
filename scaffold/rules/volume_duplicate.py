"""A container mounts one thing at one place.

Why: the container engine refuses two volumes with the same target ("duplicate mount destination"), and the
container does not start. The very same volume twice is taken by some versions, and says nothing.

Bad::

    volumes:
      - /etc/vendorx:/etc/vendorx:ro
      - /var/lib/vendorx/etc:/etc/vendorx

or, since every container has that of ContainersCommon::

    volumes:
      list_concat:
        - {get_attr: [ContainersCommon, volumes]}
        - - /var/lib/vendorx/hosts:/etc/hosts:ro

Good::

    volumes:
      - /etc/vendorx:/etc/vendorx:ro

What ContainersCommon mounts only under a condition, as internal TLS, is a warning.

Source: containers-common.yaml of each release (scaffold/catalogue); 10 templates of two of the 36 vendor
integrations that were read; pkg/specgen/generate of podman, volume/mounts of moby ("Duplicate mount point").
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import ServiceTemplate, heat
from scaffold.documents.heat import DocumentedContainer
from scaffold.documents.nodes import Items, Node, Scalar, text_of
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.tripleo.paths import normal
from scaffold.tripleo.services import COMMON, COMMON_TEMPLATE

Branches = tuple[tuple[Node, int], ...]


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Compare the targets of the volumes that a container can have at the same time."""
    for container in template.containers:
        common = {target(volume): (volume, when) for volume, when in _common(template, container, repository)}
        seen: list[tuple[Scalar, Branches]] = []
        for node, branches in _volumes(container.get("volumes"), ()):
            if target(node.text) in common:
                yield _shared(container.name, node, *common[target(node.text)])
                continue
            for other, others in seen:
                if target(node.text) == target(other.text) and not _exclusive(branches, others):
                    same = node.text == other.text
                    what = f"{node.text} twice" if same else f"two volumes at {target(node.text)}"
                    message = f"{container.name} mounts {what}"
                    hint = f"line {other.line} mounts it already"
                    yield Finding(node, message, hint, Severity.WARNING if same else None)
                    break
            seen.append((node, branches))


def _common(
    template: ServiceTemplate, container: DocumentedContainer, repository: Repository
) -> Iterator[tuple[str, str]]:
    """What the container has of ContainersCommon in any case: volume and condition."""
    for part in heat.parts(container.get("volumes")):
        call = heat.function(part)
        words = [text_of(word) or "" for word in call[1].nodes] if call and isinstance(call[1], Items) else []
        if call and call[0] == "get_attr" and len(words) == 2:
            kind = text_of(template.resources.get(words[0], "type")) or ""
            known = repository.common_mounts if kind.endswith(COMMON_TEMPLATE) else {}
            yield from known.get(words[1], {}).items()


def _shared(container: str, node: Scalar, volume: str, condition: str) -> Finding:
    where = f" where {condition}" if condition else ""
    what = f"{node.text} twice" if node.text == volume else f"two volumes at {target(node.text)}"
    hint = f"{COMMON} mounts it already; leave it out, or mount it at another path"
    lenient = condition or node.text == volume
    return Finding(node, f"{container} mounts {what}{where}", hint, Severity.WARNING if lenient else None)


def target(volume: str) -> str:
    """Where a container sees VOLUME."""
    parts = volume.split(":")
    return normal(parts[1] if len(parts) > 1 else parts[0])


def _exclusive(branches: Branches, others: Branches) -> bool:
    """Whether the two stand in different branches of one `if`."""
    return any(a is b and i != j for a, i in branches for b, j in others)


def _volumes(node: Node | None, branches: Branches) -> Iterator[tuple[Scalar, Branches]]:
    call = heat.function(node)
    if call and call[0] == "if" and isinstance(call[1], Items):
        for index, branch in enumerate(call[1].nodes[1:]):
            yield from _volumes(branch, (*branches, (call[1], index)))
    elif call and call[0] == "list_concat":
        yield from _volumes(call[1], branches)
    elif isinstance(node, Items):
        for item in node:
            yield from _volumes(item, branches)
    elif isinstance(node, Scalar) and node.is_text and node.text:
        yield node, branches


RULE = Rule(id="volume-duplicate", page=__doc__, files=ServiceTemplate, check=check)
