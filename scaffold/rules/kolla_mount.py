"""A kolla config that is mounted is defined, and one that is defined is mounted.

Why: a source that does not exist stops the container before it starts; a config that no container mounts
does nothing. Most often one of the two names is misspelt.

Bad::

    kolla_config:
      /var/lib/kolla/config_files/vendorx_agent.json: {command: /usr/bin/vendorx-agent}
    docker_config:
      step_4:
        vendorx_agent:
          volumes:
            - /var/lib/kolla/config_files/vendorx.json:/var/lib/kolla/config_files/config.json:ro

Good::

    - /var/lib/kolla/config_files/vendorx_agent.json:/var/lib/kolla/config_files/config.json:ro

Source: paunch/builder/base.py ("is not a valid volume source"); KOLLA_CONFIG_FILE in set_configs.py of
kolla. Names that stock services define are known from scaffold/catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from scaffold.documents import ServiceTemplate, heat
from scaffold.documents.heat import Mount
from scaffold.documents.wiring import KOLLA_DIRECTORY, KOLLA_TARGET, kolla_mount, volumes_elsewhere
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity, nearest
from scaffold.lint.repository import Repository


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Compare this template's mounts with all definitions, and its definitions with all mounts."""
    defined = {path for each in repository.templates for path in each.kolla_files}
    stock = repository.catalogue.taken.kolla_files if repository.release_name else frozenset()
    known = {*defined, *(KOLLA_DIRECTORY + name for name in stock), KOLLA_TARGET}
    closed = not any(heat.is_open(each.section("kolla_config")) for each in repository.templates)
    for container in template.containers:
        for mount in container.mounts:
            if closed and _of_kolla(mount) and mount.source not in known:
                near = _near(mount.source, defined)
                hint = f"did you mean {near}?" if near else ""
                yield Finding(mount, f"no kolla_config defines {mount.source}", hint)
            elif _of_kolla(mount) and mount.target.startswith(KOLLA_DIRECTORY) and not kolla_mount(container):
                message = f"kolla_start reads {KOLLA_TARGET}, not {mount.target}"
                yield Finding(mount, message, f"{mount.source}:{KOLLA_TARGET}:ro")
    mounted = {mount.source for mount in repository.mounts if _of_kolla(mount)}
    meant = {_near(source, defined) for source in mounted - known}  # told where it is mounted
    for path, (key, _) in template.kolla_files.items():
        if path.startswith(KOLLA_DIRECTORY) and path not in mounted | meant and not _open(template):
            yield Finding(key, f"no container mounts {path}", severity=Severity.WARNING)


def _of_kolla(mount: Mount) -> bool:
    return mount.source.startswith(KOLLA_DIRECTORY) and mount.source.endswith(".json")


def _open(template: ServiceTemplate) -> bool:
    """Whether a container may hold more volumes than can be seen."""
    hidden = heat.is_open(template.section("docker_config")) or not template.containers
    return hidden or any(volumes_elsewhere(container) for container in template.containers)


def _near(path: str, paths: set[str]) -> str:
    """The path whose file name is nearest; empty where none is near."""
    names = {PurePosixPath(each).name: each for each in paths}
    near = nearest(PurePosixPath(path).name, names)
    return names[near] if near else ""


RULE = Rule(id="kolla-mount", page=__doc__, files=ServiceTemplate, check=check)
