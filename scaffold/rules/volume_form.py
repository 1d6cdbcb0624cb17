"""A volume is `/path/on/the/host:/path/in/the/container`, and options that the container engine knows.

Why: the engine refuses any other, and the container does not start. A blank behind the colon makes a map of
it. Volumes for stock containers, in parameters like CinderVolumeOptVolumes, have the same form.

Bad::

    volumes:
      - var/lib/vendorx:/var/lib/vendorx:r0

Good::

    volumes:
      - /var/lib/vendorx:/var/lib/vendorx:ro

Source: docker-run(1) and podman-run(1), --volume; linuxValidMountMode of docker 1.13, ParseVolume of podman.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import EnvironmentFile, ServiceTemplate, YamlDocument, heat
from scaffold.documents.nodes import Items, Node, Scalar, Table
from scaffold.lint import Rule, sums
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository
from scaffold.tripleo.containers import mixed
from scaffold.tripleo.heat import FUNCTIONS
from scaffold.tripleo.services import OPTIONAL_VOLUMES


def check(document: YamlDocument, repository: Repository) -> Iterator[Finding]:
    """Look at the volumes of containers, and at those for stock containers."""
    if isinstance(document, ServiceTemplate):
        for container in document.containers:
            volumes = container.get("volumes")
            if isinstance(volumes, Scalar) and volumes.text:
                yield Finding(volumes, f"volumes of {container.name} must be a list", f"- {volumes.text}")
            yield from _listed(volumes, repository)
    elif isinstance(document, EnvironmentFile):
        for name, value, _ in document.assignments():
            if name.text.endswith(OPTIONAL_VOLUMES):
                yield from _listed(value, repository)


def _listed(volumes: Node | None, repository: Repository) -> Iterator[Finding]:
    for item in heat.items(volumes):
        if isinstance(item, Scalar) and "{" not in item.text and item.text:
            yield from _text(item, repository)
        elif isinstance(item, Table):
            for key, value in item.pairs:
                if key.text not in FUNCTIONS and key.text.startswith("/") and isinstance(value, Scalar):
                    message = "the blank behind the colon makes a map of the volume"
                    yield Finding(key, message, f"{key.text}:{value.text}")
        elif isinstance(item, Items):
            yield Finding(item, "a list stands where a volume belongs")


def _text(item: Scalar, repository: Repository) -> Iterator[Finding]:
    parts = item.text.split(":")
    source, target = parts[0], parts[1] if len(parts) > 1 else ""
    if "/" in source and not source.startswith(("/", "./", "../")):
        yield Finding(item, f"{source} is no path of the host", f"/{item.text}")
    elif target and not target.startswith("/"):
        hint = f"{source}:/{':'.join(parts[1:])}"
        yield Finding(item, f"{target} is no path in the container", hint if "/" in target else "")
    elif len(parts) > 3:
        options = ",".join(dict.fromkeys(parts[2:]))
        yield Finding(item, f"{item.text} has too many parts", f"{source}:{target}:{options}")
    elif len(parts) == 3 and parts[2]:
        reasons = [mixed(engine, item.text) for engine in sums.engines(repository)]
        if all(reasons):
            message, _, hint = reasons[0].partition("; ")
            yield Finding(item, message, hint)


RULE = Rule(id="volume-form", page=__doc__, files=YamlDocument, check=check, needs_release=True)
