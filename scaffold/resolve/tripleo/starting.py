"""What each container starts with: it is recreated only where its own entry in docker_config changes.

The kolla config and the config scripts are files of the host, which the entry merely mounts, and
TRIPLEO_CONFIG_HASH covers what puppet writes alone. So a variable of the container holds the digest of
them, which Heat works out of the same lines by their YAML anchors.

Source: common/container-puppet.py of tripleo-heat-templates; delete_updated of paunch; the filter
needs_delete of tripleo-ansible.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from scaffold.model import Container


def starts_with(
    containers: Iterable[Container], directory: str, scripts: Iterable[str]
) -> dict[str, list[str]]:
    """Container: the keys of role_data for what it starts with. DIRECTORY: where hosts keep the SCRIPTS."""
    known = frozenset(scripts)
    found = {container.name: [*_of(container, directory, known)] for container in containers}
    return {name: keys for name, keys in found.items() if keys}


def _of(container: Container, directory: str, scripts: frozenset[str]) -> Iterator[str]:
    if container.kolla_command:
        yield container.kolla_config
    for volume in container.volumes:
        if isinstance(volume, str):
            parent, name = posixpath.split(volume.partition(":")[0])
            if parent == directory and name in scripts:
                yield name


def anchors(started: dict[str, list[str]]) -> dict[str, str]:
    """The YAML anchor of everything that containers start with, each its own; by its key in role_data."""
    found: dict[str, str] = {}
    for key in (key for keys in started.values() for key in keys):
        name = re.sub(r"[^A-Za-z0-9_-]", "_", posixpath.basename(key))
        while key not in found and name in found.values():
            name += "_"
        found.setdefault(key, name)
    return found
