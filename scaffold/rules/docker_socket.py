"""No container gets the socket of the container engine.

Why: whoever can write to it starts a privileged container, and is root on the host. Where podman runs there
is no docker.sock at all, and the container does not start; an error where the release knows no such engine.
The containers that tag the image of a pacemaker bundle need it.

Bad::

    volumes:
      - /var/run/docker.sock:/var/run/docker.sock

Good::

    volumes:
      - /var/lib/vendorx:/var/lib/vendorx:z

Source: 15 templates of two of the 36 vendor integrations that were read; deployment/containers-common.yaml
of tripleo-heat-templates, ContainerCli.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import ServiceTemplate
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository

SOCKET = re.compile(r"/(?:var/)?run/(?:podman/)?(docker|podman|crio/crio|containerd/containerd)\.sock")


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at the source of each mount."""
    engines = repository.release.container_engines if repository.release_name else ("docker", "podman")
    for container in template.containers:
        for mount in container.mounts:
            socket = SOCKET.fullmatch(mount.source)
            if socket and socket[1] not in engines:
                message = f"{repository.release.title} has no {mount.source}: it runs {engines[0]}"
                yield Finding(mount, message, "leave it out", Severity.ERROR)
            elif socket and not (container.one_shot and container.name.endswith("_image_tag")):
                message = f"{mount.source} makes {container.name} root on the host"
                yield Finding(mount, message, "leave it out")


RULE = Rule(id="docker-socket", page=__doc__, files=ServiceTemplate, check=check, severity=Severity.WARNING)
