"""What several rehearsals share: one Heat process, and the overlays and role_data that were made already.

with Session() as session:
    laid = session.overlay(repo, release)      # templates and repository as they meet at deployment
    data = session.role_data(repo, release, "acme-agent", environments=["environments/acme.yaml"])

A service is named by its template (docker/services/acme-agent.yaml is "acme-agent": the environment must then
register it), by its name in the registry ("OS::TripleO::Services::Kernel"), or by the path of a template.
Everything is kept by content: asking twice costs nothing, and a changed repository is seen.
"""

from __future__ import annotations

import copy
import json
import os
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

import yaml

from scaffold.releases import Release
from scaffold.scratch import scratch
from scaffold.verify import install, trees
from scaffold.verify.confinement import Confinement
from scaffold.verify.containers.store import ContainerStore
from scaffold.verify.heat_process import HeatProcess, HeatRefused

CONTROL = """\
heat_template_version: queens
parameters:
  RoleName: {type: string, default: ""}
  RoleParameters: {type: json, default: {}}
  ServiceData: {type: json, default: {}}
  ServiceNetMap: {type: json, default: {}}
  EndpointMap: {type: json, default: {}}
  DefaultPasswords: {type: json, default: {}}
outputs: {role_data: {value: {service_name: control}}}
"""


class NotRegistered(Exception):
    """No environment registers the template of a service."""


class Session:
    """A directory, a Heat process and a container store of its own, all gone when it is closed.

    With ALLOW_CODE what the repositories hold is executed like any program of the caller's.
    """

    def __init__(self, *, allow_code: bool = False) -> None:
        self.confinement = Confinement(allow_code)
        self._directory = ExitStack()
        self.path = self._directory.enter_context(scratch(_beside(), "rehearsal-"))
        self._heat = HeatProcess(self.path)
        self.containers = ContainerStore(self.path / "containers", allow_code=allow_code)
        self._overlays: dict[tuple[str, ...], Path] = {}
        self._answers: dict[str, dict[str, Any] | HeatRefused] = {}

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop Heat, the containers and the registry, and remove the overlays."""
        try:
            self.containers.close()
        finally:
            self._heat.close()
            self._directory.close()

    def overlay(self, repo: Path, release: Release, place: trees.Relocation = trees.in_place) -> Path:
        """The processed templates of a release with the repository laid over them."""
        return self._laid(repo, "processed", trees.tree(release), place)

    def unprocessed(self, repo: Path, release: Release) -> Path:
        """The templates of a release as they ship, with the repository laid over them."""
        return self._laid(repo, "source", trees.source(release), trees.in_place)

    def _laid(self, repo: Path, kind: str, templates: Path, place: trees.Relocation) -> Path:
        key = (kind, str(templates), place.__name__, trees.digest(repo))
        if key not in self._overlays:
            target = self.path / f"{templates.name}-{len(self._overlays)}"
            self._overlays[key] = trees.lay(repo, templates, target, place)
        return self._overlays[key]

    def role_data(
        self, repo: Path, release: Release, service: str, *, environments: Sequence[str], **options: Any
    ) -> dict[str, Any]:
        """The role_data of a service as Heat hands it on. `options`: see programs/heat_engine.py.

        ENVIRONMENTS are paths in the repository. Raises HeatRefused, and NotRegistered where none of them
        names the template.
        """
        laid = self.overlay(repo, release)
        if service.endswith(".yaml"):
            wanted = str(laid / service)
        elif service.startswith("OS::"):
            wanted = service
        else:
            wanted = registered(laid, environments, service)
        if "beside" in options:
            options["beside"] = [registered(laid, environments, other) for other in options["beside"]]
        paths = [str(laid / name) for name in environments]
        job = {"tree": str(laid), "service": wanted, "environments": paths, **options}
        key = json.dumps(job, sort_keys=True)
        if key not in self._answers:
            try:
                self._answers[key] = self._heat.role_data(job)
            except HeatRefused as refusal:
                self._answers[key] = refusal
        answer = self._answers[key]
        if isinstance(answer, HeatRefused):
            raise answer
        return copy.deepcopy(answer)  # the caller's own

    def control(self, release: Release) -> str:
        """What Heat has against a template that has no fault; nothing where it is sound."""
        template = self.path / "control.yaml"
        template.write_text(CONTROL)
        tree = str(trees.tree(release))
        try:
            self._heat.role_data(
                {"tree": tree, "service": str(template), "environments": [], "via": "service"}
            )
        except HeatRefused as refusal:
            return str(refusal)
        return ""


def _beside() -> Path:
    """Where the trees are, so that an overlay can be hard links; elsewhere for want of rights."""
    beside = install.cache_directory()
    try:
        beside.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        return Path(tempfile.gettempdir())
    return beside if os.access(beside, os.W_OK) else Path(tempfile.gettempdir())


def registered(laid: Path, environments: Sequence[str], service: str) -> str:
    """The name under which an environment registers the template of a service; raises NotRegistered."""
    template = laid / f"docker/services/{service}.yaml"
    for name in environments:
        path = laid / name
        registry = (yaml.safe_load(path.read_text()) or {}).get("resource_registry") or {}
        for type_, target in registry.items():
            if isinstance(target, str) and Path(os.path.normpath(path.parent / target)) == template:
                return str(type_)
    where = ", ".join(environments)
    raise NotRegistered(f"{where}: docker/services/{service}.yaml is not in a resource_registry")
