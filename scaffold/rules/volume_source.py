"""What a container mounts of its host is there.

Why: from Stein on podman does not start a container whose source is missing ("statfs: no such file or
directory"); Docker makes an empty directory of it, and says nothing. The paths of the release's own services
are known, and what tasks, scripts and manifests of the repository name may be made by them.

Bad::

    host_prep_tasks: []
    docker_config:
      step_4:
        vendorx_agent:
          volumes:
            - /var/lib/vendorx/sockets:/run/vendorx:z

Good::

    host_prep_tasks:
      - file: {path: /var/lib/vendorx/sockets, state: directory}

Source: host_prep_tasks and volumes of the stock services (host_paths of scaffold/catalogue), and
scaffold/releases/host_paths.yaml; specgen of podman (podman issue 10471).
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import Dockerfile, Document, ServiceTemplate, heat
from scaffold.documents.nodes import Scalar, walk
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository, per_repository
from scaffold.lint.words import Words
from scaffold.tripleo.paths import mentioned, of_host

# packages rarely bring anything here that containers want
AREAS = ("/etc/", "/opt/", "/srv/", "/var/")
PROSE = (".md", ".rst", ".txt")
OF_HOSTS = ("_tasks", "step_config")  # sections of role_data


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at the sources of the volumes, each once."""
    engine = repository.answers.get("container_engine") or repository.release.container_engines[0]
    if not repository.complete or engine == "docker":
        return
    seen: set[str] = set()
    for container in template.containers:
        for mount in container.mounts:
            path = of_host(mount.source)
            if mount.source.startswith(AREAS) and path not in seen and not _is_there(path, repository):
                seen.add(path)
                message = (
                    f"{container.name} mounts {path}, which nothing makes: podman does not start it without"
                )
                yield Finding(mount, message, "make it in host_prep_tasks, or have the hosts bring it")


def _is_there(path: str, repository: Repository) -> bool:
    if repository.catalogue.has_path(path):
        return True
    return any(mentioned(path, text) for text in _said_of_hosts(repository).holding(path))


@per_repository
def _said_of_hosts(repository: Repository) -> Words:
    return Words(text for document in repository.documents for text in _of_hosts(document))


def _of_hosts(document: Document) -> Iterator[str]:
    """What the document says of nodes, and not of the inside of containers."""
    if isinstance(document, ServiceTemplate):
        sections = [one for name, one in heat.pairs(document.role_data) if name.text.endswith(OF_HOSTS)]
        for section in (*sections, document.resources):
            yield from (node.text for node in walk(section) if isinstance(node, Scalar))
    elif not isinstance(document, Dockerfile) and not document.path.endswith(PROSE):
        yield document.text


RULE = Rule(
    id="volume-source",
    page=__doc__,
    files=ServiceTemplate,
    check=check,
    severity=Severity.WARNING,
    needs_release=True,
)
