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

Source: paunch/builder/base.py ("is not a valid volume source"); load_config of set_configs.py of kolla, which
KOLLA_CONFIG and KOLLA_CONFIG_FILE lead elsewhere. Names that stock services define are known from
scaffold/catalogue; the configs of pacemaker's bundles are mounted by puppet-tripleo.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from scaffold.documents import ServiceTemplate, heat
from scaffold.documents.heat import DocumentedContainer, Mount
from scaffold.documents.wiring import (
    bypasses_kolla,
    kolla_mount,
    volumes_elsewhere,
)
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository, per_repository
from scaffold.tripleo import kolla, paths
from scaffold.unknown import STRICT, meant, nearest

DIRECTORY = paths.KOLLA_CONFIGS + "/"
PACEMAKER = re.compile(r"(^|/)pacemaker/|-pacemaker-|::pacemaker::|_bundle\b")


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Compare this template's mounts with all definitions, and its definitions with all mounts."""
    defined, known, closed = _kolla_files(repository)
    for container in template.containers:
        for mount in container.mounts:
            if closed and _of_kolla(mount) and mount.source not in known:
                near = _near(mount.source, defined)
                hint = meant(near)
                if not repository.writes(mount.source):
                    yield Finding(mount, f"no kolla_config defines {mount.source}", hint)
            elif _of_kolla(mount) and mount.target.startswith(DIRECTORY) and not _read(container):
                message = f"kolla_start reads {paths.KOLLA_CONFIG}, not {mount.target}"
                yield Finding(mount, message, f"{mount.source}:{paths.KOLLA_CONFIG}:ro")
    for path, (key, _) in template.kolla_files.items():
        if path.startswith(DIRECTORY) and path not in _mounted(repository) and not _open(template):
            yield Finding(key, f"no container mounts {path}", severity=Severity.WARNING)


@per_repository
def _kolla_files(repository: Repository) -> tuple[set[str], set[str], bool]:
    """The configs that templates define; those and the stock ones; whether these are all."""
    defined = {path for each in repository.templates for path in each.kolla_files}
    known = {*defined, *(DIRECTORY + name for name in repository.stock.kolla_files), paths.KOLLA_CONFIG}
    return (
        defined,
        known,
        not any(heat.is_open(each.section("kolla_config")) for each in repository.templates),
    )


@per_repository
def _mounted(repository: Repository) -> set[str]:
    """What containers mount, and what they mean where they misspell it, which is found there."""
    defined, known, _ = _kolla_files(repository)
    mounted = {mount.source for mount in repository.mounts if _of_kolla(mount)}
    return mounted | {_near(source, defined) for source in mounted - known}


def _read(container: DocumentedContainer) -> bool:
    """Whether kolla_start finds its config, or does not run, as far as can be seen."""
    environment = container.get("environment")
    elsewhere = {*kolla.ELSEWHERE} & container.environment.keys()
    return bool(kolla_mount(container) or elsewhere or heat.is_open(environment) or bypasses_kolla(container))


def _of_kolla(mount: Mount) -> bool:
    return mount.source.startswith(DIRECTORY) and mount.source.endswith(".json")


def _open(template: ServiceTemplate) -> bool:
    """Whether a container may hold more volumes than can be seen."""
    of_pacemaker = PACEMAKER.search(template.path) or PACEMAKER.search(template.text)
    hidden = of_pacemaker or heat.is_open(template.section("docker_config")) or not template.containers
    return bool(hidden) or any(volumes_elsewhere(container) for container in template.containers)


def _near(path: str, paths: set[str]) -> str:
    """The path whose file name is nearest; empty where none is near."""
    names = {PurePosixPath(each).name: each for each in paths}
    near = nearest(PurePosixPath(path).name, names, STRICT)
    return names[near] if near else ""


RULE = Rule(id="kolla-mount", page=__doc__, files=ServiceTemplate, check=check)
