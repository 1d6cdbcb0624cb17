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

import difflib
from collections.abc import Iterator

from scaffold.documents import ServiceTemplate, heat
from scaffold.documents.wiring import KOLLA_DIRECTORY, KOLLA_TARGET
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Compare this template's mounts with all definitions, and its definitions with all mounts."""
    defined = {path for each in repository.templates for path in each.kolla_files}
    stock = repository.catalogue.taken.kolla_files if repository.release_name else frozenset()
    known = {*defined, *(KOLLA_DIRECTORY + name for name in stock), KOLLA_TARGET}
    closed = not any(heat.is_open(each.section("kolla_config")) for each in repository.templates)
    for container in template.containers:
        for mount in container.mounts:
            of_kolla = mount.source.startswith(KOLLA_DIRECTORY) and mount.source.endswith(".json")
            if of_kolla and mount.source not in known and closed:
                yield Finding(mount, f"no kolla_config defines {mount.source}", _near(mount.source, defined))
    mounted = {mount.source for mount in repository.mounts}
    for path, (key, _) in template.kolla_files.items():
        if path.startswith(KOLLA_DIRECTORY) and path not in mounted and not _open(template):
            yield Finding(key, f"no container mounts {path}", _near(path, mounted), Severity.WARNING)


def _open(template: ServiceTemplate) -> bool:
    """Whether a container may hold more volumes than can be seen, other than those of ContainersCommon."""
    section = template.section("docker_config")
    return heat.is_open(section) or not template.containers


def _near(path: str, names: set[str]) -> str:
    near = difflib.get_close_matches(path, names, n=1, cutoff=0.8)
    return f"did you mean {near[0]}?" if near else ""


RULE = Rule(id="kolla-mount", page=__doc__, files=ServiceTemplate, check=check)
