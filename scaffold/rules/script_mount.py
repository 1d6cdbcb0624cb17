"""A config script is mounted from the release's directory, under the name it is defined with.

Why: the host writes `vendorx.sh` to /var/lib/container-config-scripts/vendorx.sh (to Rocky
/var/lib/docker-config-scripts). A mount from elsewhere does not exist, and the container does not start; a
script that no container mounts is never run.

Bad, on Wallaby::

    - /var/lib/docker-config-scripts/vendorx_launcher.sh:/vendorx_launcher.sh:ro

Good::

    - /var/lib/container-config-scripts/vendorx_launcher.sh:/vendorx_launcher.sh:ro

Source: commits 160cddda3 and 860333cf3 of tripleo-heat-templates (10.4.0, 10.5.0),
common/deploy-steps-tasks.yaml.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from scaffold.documents import ServiceTemplate, heat
from scaffold.documents.wiring import brings_directory, script_name, scripts
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository, per_repository
from scaffold.unknown import did_you_mean


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Compare this template's mounts with all definitions, and its definitions with all mounts."""
    directory = repository.release.tripleo.config_scripts.directory
    defined = _defined(repository)
    stock = repository.stock.config_scripts
    # at run time, by one of them; or by what cannot be seen
    written = any(map(brings_directory, template.containers)) or _is_open(repository)
    for container in template.containers:
        for mount in container.mounts:
            name, parent = script_name(mount), PurePosixPath(mount.source).parent.as_posix()
            if name and repository.writes(mount.source):
                continue
            if name and parent != directory:
                message = f"{repository.release.title} keeps config scripts elsewhere than {parent}"
                yield Finding(mount, message, f"{directory}/{name}")
            elif name and name not in defined and name not in stock and not written:
                yield Finding(
                    mount, f"no config script is called {name}", did_you_mean(name, defined, cutoff=0.6)
                )
    yield from _unmounted(template, repository)


@per_repository
def _defined(repository: Repository) -> set[str]:
    return {name for each in repository.templates for name in each.config_scripts}


@per_repository
def _is_open(repository: Repository) -> bool:
    section = repository.release.tripleo.config_scripts.section
    return any(heat.is_open(each.section(section)) for each in repository.templates)


@per_repository
def _mounted(repository: Repository) -> tuple[set[str | None], bool]:
    """The scripts that containers mount, and whether one mounts the directory of all."""
    containers = [container for each in repository.templates for container in each.containers]
    return {script_name(mount) for mount in repository.mounts}, any(map(brings_directory, containers))


def _used(name: str, repository: Repository) -> bool:
    """Whether the text names the script elsewhere than where it is defined: a task of the host runs it."""
    return repository.mentions(name, r"(?<![\w.-])", r"(?![\w.-])") > 1


def _unmounted(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    mounted, whole = _mounted(repository)
    for script in scripts(template):
        unseen = whole or heat.is_open(template.section("docker_config")) or not template.containers
        if script.name not in mounted and not unseen and not _used(script.name, repository):
            yield Finding(script.key, f"no container mounts {script.name}", "mount it, or remove it")


RULE = Rule(id="script-mount", page=__doc__, files=ServiceTemplate, check=check, needs_release=True)
