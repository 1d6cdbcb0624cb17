"""What each container of role_data is started with, held to what the release takes.

`check` sees what stands in a template; here is what Heat made of it, wherever it came from.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scaffold.releases import Release, container_keys
from scaffold.tripleo.containers import FORMS_IN_WORDS, KEYS, NAMESPACES, STAYING, fits, mixed
from scaffold.tripleo.paths import bound
from scaffold.unknown import STRICT, after, did_you_mean, nearest
from scaffold.verify.locating import KeyPath

# what podman takes besides; Source: podman-run(1)
_OF_ITS_OWN = {"net": ("private", "slirp4netns", "podman"), "pid": ("private",), "ipc": ("private",)}
OF_ANOTHER = ("container:", "ns:", "slirp4netns:")  # another container's, or a file
STEP = re.compile(r"step_[1-5]")
UNIT = re.compile(r"tripleo_(.+?)(_healthcheck)?(\.\w+)?")


@dataclass(frozen=True)
class Started:
    """How the containers of a service are started in a release, by an engine, beside other CONTAINERS."""

    release: Release
    engine: str
    containers: Collection[str]

    def wrong(self, docker_config: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
        """The place below docker_config, and what is wrong there."""
        for step, named in docker_config.items():
            if not STEP.fullmatch(str(step)):
                yield (step,), f"containers of {step} are never started: the steps are step_1 to step_5"
            for name, running in named.items() if isinstance(named, dict) else ():
                if isinstance(running, dict):
                    yield from self._container(step, name, running)
                else:
                    yield (step, name), f"{name} is {running!r}, and no container"

    def _container(self, step: str, name: str, running: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
        for found in (self._keys, self._words, self._ends, self._units, self._volumes):
            for key, saw in found(running):
                yield (step, name, key), f"{name}: {saw}"

    def _keys(self, running: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Keys that nothing reads, and values of another form."""
        known = container_keys(self.release.name)
        if not running.get("image") and running.get("action") != "exec":
            yield "image", "it has no image"
        for key, value in running.items():
            form = known.forms.get(key, "")
            near = nearest(key, known.read, STRICT)
            if key not in known.read | known.of_others and near:
                yield key, f"nothing reads {key}{after(did_you_mean(key, known.read))}"
            elif form and value is not None and not fits(form, value):
                yield key, f"{key} is {value!r}, and must be {FORMS_IN_WORDS[form]}"

    def _words(self, running: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Values that are none of the few that there are."""
        for key, own in _OF_ITS_OWN.items():
            value, words = running.get(key), (*NAMESPACES[key], *own)
            if value and str(value) not in words and not str(value).startswith(OF_ANOTHER):
                yield key, f"there is no {key} {value}{after(did_you_mean(str(value), words))}"
        restart, known = running.get("restart"), KEYS["restart"].values
        if isinstance(restart, str) and restart and restart.partition(":")[0] not in known:
            yield "restart", f"there is no restart {restart}{after(did_you_mean(restart, known))}"
        if "healthcheck" in running and running["healthcheck"] is not None:
            check = running["healthcheck"]
            if not isinstance(check, dict) or not check.get("test"):
                yield "healthcheck", f"the healthcheck has no test: {check}"

    def _ends(self, running: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """What the deployment waits for, and is started again when it ends."""
        if running.get("detach") is False and running.get("restart") in STAYING:
            yield (
                "detach",
                "the deployment waits for its end, and it is started again: restart with detach: false",
            )

    def _units(self, running: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Units of containers that there are none of."""
        units = running.get("depends_on")
        for unit in units if isinstance(units, list) else []:
            match = UNIT.fullmatch(str(unit))
            if match and match[1] not in self.containers:
                names = [f"tripleo_{name}.service" for name in self.containers]
                yield "depends_on", f"there is no unit {unit}{after(did_you_mean(str(unit), names, STRICT))}"

    def _volumes(self, running: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Volumes that the engine refuses, or takes for something else."""
        volumes = running.get("volumes")
        for volume in volumes if isinstance(volumes, list) else []:
            if not isinstance(volume, str):
                yield "volumes", f"the volume {volume!r} is no text"
            elif not volume.startswith("/"):
                yield "volumes", f"{volume}: its source is no absolute path"
            elif ":" in volume and not bound(volume):
                yield "volumes", f"{volume}: its place in the container is no absolute path"
            elif reason := mixed(self.engine, volume):
                yield "volumes", f"{volume}: {reason}"
