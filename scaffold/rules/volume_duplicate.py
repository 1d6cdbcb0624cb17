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

What ContainersCommon mounts under a condition, as internal TLS, is a warning.

Source: containers-common.yaml of each release (scaffold/catalogue); 10 templates of two of the 36 vendor
integrations that were read; pkg/specgen/generate of podman, volume/mounts of moby ("Duplicate mount point").
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import ServiceTemplate, heat
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
        common = dict(_common(template, container.get("volumes"), repository))
        seen: list[tuple[Scalar, Branches]] = []
        for node, branches in _volumes(container.get("volumes"), ()):
            if _target(node) in common:
                yield _shared(container.name, node, common[_target(node)])
                continue
            for other, others in seen:
                if _target(node) and _target(node) == _target(other) and not _exclusive(branches, others):
                    same = node.text == other.text
                    what = f"{node.text} twice" if same else f"two volumes at {_target(node)}"
                    message = f"{container.name} mounts {what}"
                    hint = f"line {other.line} mounts it already"
                    yield Finding(node, message, hint, Severity.WARNING if same else None)
                    break
            seen.append((node, branches))


def _common(
    template: ServiceTemplate, volumes: Node | None, repository: Repository
) -> Iterator[tuple[str, str]]:
    """What the container has of ContainersCommon in any case: path and condition."""
    for part in heat.parts(volumes):
        call = heat.function(part)
        words = [text_of(word) for word in call[1].nodes] if call and isinstance(call[1], Items) else []
        kind = (
            template.resources.get(words[0] or "", "type")
            if call and call[0] == "get_attr" and words
            else None
        )
        if (text_of(kind) or "").endswith(COMMON_TEMPLATE) and len(words) == 2:
            yield from repository.common_mounts.get(words[1] or "", {}).items()


def _shared(container: str, node: Scalar, condition: str) -> Finding:
    where = f" where {condition}" if condition else ""
    message = f"{container} mounts two volumes at {_target(node)}{where}"
    hint = f"{COMMON} mounts it already; leave it out, or mount it at another path"
    return Finding(node, message, hint, Severity.WARNING if condition else None)


def _target(node: Scalar) -> str:
    parts = node.text.split(":")
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
