"""The configuration that puppet writes for a service is the one that its containers mount.

Why: puppet writes to /var/lib/config-data/puppet-generated/<config_volume>. A container that mounts another
name gets an empty directory, or does not start.

Bad::

    puppet_config:
      config_volume: vendorx
    docker_config:
      step_4:
        vendorx_agent:
          volumes:
            - /var/lib/config-data/puppet-generated/vendorx_agent:/var/lib/kolla/config_files/src:ro

Good::

    - /var/lib/config-data/puppet-generated/vendorx:/var/lib/kolla/config_files/src:ro

Source: common/container-puppet.py (docker/docker-puppet.py to Rocky) of tripleo-heat-templates.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from scaffold.documents import ServiceTemplate, heat
from scaffold.documents.nodes import Items, text_of
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository, per_repository
from scaffold.tripleo.heat import FUNCTIONS
from scaffold.tripleo.paths import PUPPET_GENERATED
from scaffold.unknown import STRICT, did_you_mean

DIRECTORY = PUPPET_GENERATED + "/"
# Source: docker-puppet.py and container_puppet_config.py; privileged from Stein on
KEYS = ("config_volume", "step_config", "config_image", "puppet_tags", "volumes", "privileged")


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Only where no container mounts the service's own volume, and one mounts a volume that nobody writes."""
    yield from _keys(template)
    volume = _volume(template)
    mounts = [mount for container in template.containers for mount in container.mounts]
    named = {
        mount: mount.source.removeprefix(DIRECTORY).split("/")[0]
        for mount in mounts
        if mount.source.startswith(DIRECTORY)
    }
    if not volume or volume in named.values():
        return
    volumes = _volumes(repository)
    for mount, name in named.items():
        if name not in volumes and (
            difflib.SequenceMatcher(None, name, volume).ratio() >= 0.6 or name in volume
        ):
            right = mount.source.replace(DIRECTORY + name, DIRECTORY + volume, 1)
            yield Finding(mount, f"puppet writes {volume}, not {name}", right)


@per_repository
def _volumes(repository: Repository) -> set[str | None]:
    return {*(_volume(each) for each in repository.templates), *repository.stock.config_volumes}


def _keys(template: ServiceTemplate) -> Iterator[Finding]:
    for key, value in heat.pairs(template.section("puppet_config")):
        if key.text not in (*KEYS, *FUNCTIONS):
            near = did_you_mean(key.text, KEYS, STRICT)
            if near:
                yield Finding(key, f"puppet_config has no {key.text}", near)
        elif key.text == "puppet_tags" and isinstance(value, Items):
            yield Finding(value, "puppet_tags is one text", "puppet_tags: a,b")


def _volume(template: ServiceTemplate) -> str | None:
    return text_of(heat.entry(template.section("puppet_config"), "config_volume"))


RULE = Rule(id="config-volume", page=__doc__, files=ServiceTemplate, check=check)
