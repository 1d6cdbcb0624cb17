"""The command of a container names the place where its config script is mounted.

Why: a command that is not there ends the container at once: "exec: no such file". Script key, mount source,
mount target and kolla command are four places for one name.

Bad::

    command: /vendorx_launcher.sh
    volumes:
      - /var/lib/container-config-scripts/vendorx_launcher.sh:/launcher.sh:ro

Good::

    command: /vendorx_launcher.sh
    volumes:
      - /var/lib/container-config-scripts/vendorx_launcher.sh:/vendorx_launcher.sh:ro

Source: start.sh of kolla (docker/base) and of tripleo-common execs the command as it is written; so does the
container engine. neutron_ovs_agent_launcher.sh of tripleo-heat-templates is wired so.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from scaffold.documents import ServiceTemplate
from scaffold.documents.wiring import brings_directory, program, script_name
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository
from scaffold.unknown import STRICT, nearest


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Follow each container's program to its mounts."""
    for container in template.containers:
        wanted = program(container, template)
        mounts = container.mounts
        if not wanted or not wanted.startswith("/") or any(mount.target == wanted for mount in mounts):
            continue
        name = PurePosixPath(wanted).name
        mount = next(
            (mount for mount in mounts if script_name(mount) and _meant(name, mount.target, mount.source)),
            None,
        )
        if mount:
            yield Finding(
                mount,
                f"{container.name} runs {wanted}, and this is mounted at {mount.target}",
                f"{mount.source}:{wanted}:ro",
            )
        elif name in template.config_scripts and not brings_directory(container):
            yield Finding(
                container.key,
                f"{container.name} runs {wanted}, which no volume brings",
                f"mount the config script {name} at {wanted}",
            )


def _meant(name: str, target: str, source: str) -> bool:
    names = (PurePosixPath(target).name, PurePosixPath(source).name)
    return bool(nearest(name, names, STRICT))


RULE = Rule(id="script-target", page=__doc__, files=ServiceTemplate, check=check)
