"""What a rendered tripleo-heat-templates tree mounts: what all containers share, and paths of hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scaffold.tripleo import paths
from scaffold.tripleo.heat import COMPUTED, JOINING

ITEM = re.compile(r"\{\{ *item(\.path)? *\}\}")
OF_BUNDLES = "pacemaker_"  # outputs for containers that only pacemaker's own bundles have
PLACE = re.compile(r"/[^:{}<>$]*")


def common(template: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Output -> volume -> the condition under which containers-common.yaml has it; empty for always."""
    outputs = template["outputs"].items()
    found = {name: dict(_volumes(one["value"], template.get("parameters", {}), "")) for name, one in outputs}
    return {name: volumes for name, volumes in found.items() if volumes and not name.startswith(OF_BUNDLES)}


def _volumes(node: Any, parameters: Mapping[str, Any], condition: str) -> Iterator[tuple[str, str]]:
    match node:
        case {"if": [str(name), *branches]}:
            for branch in branches:
                yield from _volumes(branch, parameters, name)
        case {"list_join": [":", [*words]]}:
            texts = [
                word if isinstance(word, str) else parameters[word["get_param"]]["default"] for word in words
            ]
            yield ":".join(texts), condition
        case dict() if len(node) == 1 and JOINING.get(next(iter(node))) == "list":
            for part in next(iter(node.values())):
                yield from _volumes(part, parameters, condition)
        case list():
            for part in node:
                yield from _volumes(part, parameters, condition)
        case str() if node.startswith("/") and ":" in node:
            yield node, condition


def directories(section: Any) -> Iterator[str]:
    """The directories that the host_prep_tasks of SECTION make, as far as their paths are written out."""
    for task in _tasks(section):
        module = task.get("file") or task.get("ansible.builtin.file")
        if isinstance(module, dict) and module.get("state") == "directory":
            path = module.get("path") or module.get("dest")
            if isinstance(path, str) and ITEM.fullmatch(path):
                yield from _places([task.get("with_items"), task.get("loop")])
            else:
                yield from _places(path)


def sources(volumes: Any) -> Iterator[str]:
    """The paths of the host that VOLUMES of a container name."""
    return _places(volumes)


def _places(node: Any) -> Iterator[str]:
    """Every path that NODE holds, of a volume its source."""
    if isinstance(node, str):
        path, _, rest = node.partition(":")
        if PLACE.fullmatch(path) and (not rest or rest.startswith("/")):
            yield paths.of_host(path)
    elif isinstance(node, dict) and node.keys().isdisjoint(COMPUTED):
        yield from _places([*node.values()])
    elif isinstance(node, list):
        for item in node:
            yield from _places(item)


def _tasks(node: Any) -> Iterator[dict[str, Any]]:
    """Every task of Ansible in NODE, through the functions of Heat and blocks."""
    if isinstance(node, list):
        for item in node:
            yield from _tasks(item)
    elif isinstance(node, dict):
        inner = [one for key, one in node.items() if key in ("block", "if", *JOINING)]
        yield from _tasks(inner)
        if not inner:
            yield node
