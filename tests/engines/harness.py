"""Generated repositories held against the engines of TripleO.

The fixtures of conftest.py are the methods of `Engines`:

    def test_agent(tht_tree, overlay, resolve, yaml_validate):
        repo = Path("examples/agent/acme-agent")
        release = release_of(repo)                              # what .vendor-scaffold/answers.yaml says

        data = resolve(repo, release, "acme-agent")             # through the Controller's role chain
        assert data["service_names"] == ["acme_agent"]
        assert data["docker_config"]["step_4"]["acme_agent"]["privileged"] is True

        resolve(repo, release, "acme-agent", role="Compute", role_parameters={...}, parameters={...})
        resolve(repo, release, "OS::TripleO::Services::Kernel") # a stock service, under the repository's
                                                                # environment (ExtraKernelModules ...)
        with pytest.raises(Refused, match="Parameter"):         # what Heat would not have, in its words
            resolve(broken, release, "acme-agent")

        found = yaml_validate(repo, release)                    # the release's own tools/yaml-validate.py
        assert not found.errors and not found.warnings

        overlay(repo, release) / "environments/acme-agent.yaml" # tree and repository as they meet at
        tht_tree(release) / "deployment"                        # deployment; the tree alone

A service is named by its template (`docker/services/acme-agent.yaml` is "acme-agent": an environment of the
repository must then register it) or by its name in the registry. The environment is `environments/<name of
the repository>.yaml`, or the only one there is, or what `environments=[...]` lists.

Overlays and role_data are kept for the session, by content: asking twice costs nothing, a changed repository
is seen. Never write into a tree or an overlay: their files are hard links to those of the cache.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from . import install

OVERLAID = ("docker", "environments")  # the directories of a repository that are copied onto the tree
NOT_NEEDED = shutil.ignore_patterns("releasenotes", "*.egg-info", "ChangeLog", "AUTHORS")
# Up to Train yaml-validate.py looks for container services in docker/services/, where a vendor leaves them
# (the stock ones moved away with Stein, and it is blind to those); from 12.2.0 on in deployment/ only.
VALIDATED_IN_PLACE = ("queens", "rocky", "stein", "train")
ERROR = re.compile(r"ERROR|Mismatched parameter definitions found|[\w.]+Error:")  # and tracebacks
HEAT_PATIENCE = 400  # seconds; the engine itself gives up on a stack after 300


class Refused(Exception):
    """Heat, or its client, refused a template. `stage`: client, create, stack or output."""

    def __init__(self, stage: str, reason: str) -> None:
        super().__init__(f"{stage}: {reason}")
        self.stage = stage
        self.reason = reason


@dataclass(frozen=True)
class Validation:
    """What yaml-validate.py found: errors anywhere, and warnings about files of the repository."""

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def release_of(repo: Path) -> str:
    """The release that a generated repository was made for."""
    answers = yaml.safe_load((repo / ".vendor-scaffold/answers.yaml").read_text())
    return str(answers["release"])


def services_of(repo: Path) -> list[str]:
    """The services that a repository has a template for."""
    return sorted(path.stem for path in (repo / "docker/services").glob("*.yaml"))


class HeatEngine:
    """One heat_engine.py process, started when the first job comes and stopped by close()."""

    def __init__(self, directory: Path) -> None:
        self._stderr = directory / "heat-engine.stderr"
        self._process: subprocess.Popen[str] | None = None

    def answer(self, job: dict[str, Any]) -> dict[str, Any]:
        """The engine's answer to a job."""
        process = self._process or self._start()
        assert process.stdin
        assert process.stdout
        alarm = threading.Timer(HEAT_PATIENCE, process.kill)
        alarm.start()
        try:
            print(json.dumps(job), file=process.stdin, flush=True)
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            alarm.cancel()
        if not line:
            self.close()
            raise RuntimeError(f"the Heat engine is gone:\n{self._stderr.read_text()[-4000:]}")
        result: dict[str, Any] = json.loads(line)
        return result

    def close(self) -> None:
        """No more jobs."""
        process, self._process = self._process, None
        if not process:
            return
        assert process.stdin
        assert process.stdout
        with process.stdout:
            try:
                process.stdin.close()
                process.wait(30)
            except (BrokenPipeError, subprocess.TimeoutExpired):
                process.kill()
                process.wait()

    def _start(self) -> subprocess.Popen[str]:
        script = Path(__file__).with_name("heat_engine.py")
        with self._stderr.open("w") as stderr:
            self._process = subprocess.Popen(
                [install.heat_python(), script],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )
        return self._process


class Engines:
    """Everything, for one session: close() it in the end."""

    def __init__(self) -> None:
        install.cache().mkdir(parents=True, exist_ok=True)
        # beside the trees, so that an overlay can be hard links
        self._directory = tempfile.TemporaryDirectory(prefix="session-", dir=install.cache())
        self._path = Path(self._directory.name)
        self._heat = HeatEngine(self._path)
        self._overlays: dict[tuple[str, ...], Path] = {}
        self._answers: dict[str, dict[str, Any]] = {}

    def close(self) -> None:
        """Stop Heat and remove the overlays."""
        self._heat.close()
        self._directory.cleanup()

    def tree(self, release: str) -> Path:
        """The processed templates of a release."""
        return install.tree(release)

    def overlay(self, repo: Path, release: str) -> Path:
        """The tree with docker/ and environments/ of the repository laid over it, as for a deployment."""
        return self._lay(repo, release, "deploy", lambda path: path)

    def resolve(
        self,
        repo: Path,
        release: str,
        service: str,
        *,
        environments: Sequence[str] | None = None,
        **options: Any,
    ) -> dict[str, Any]:
        """The role_data of a service as Heat hands it on, or Refused. `options`: see heat_engine.py."""
        laid = self.overlay(repo, release)
        names = [f"environments/{_environment(repo)}"] if environments is None else environments
        wanted = service if service.startswith("OS::") else _registered(laid, names, service)
        paths = [str(laid / name) for name in names]
        job = {"tree": str(laid), "service": wanted, "environments": paths, **options}
        key = json.dumps(job, sort_keys=True)
        if key not in self._answers:
            self._answers[key] = self._heat.answer(job)
        answer = self._answers[key]
        if not answer["ok"]:
            raise Refused(answer["stage"], answer["error"])
        data: dict[str, Any] = json.loads(json.dumps(answer["role_data"]))  # the caller's own
        return data

    def yaml_validate(self, repo: Path, release: str) -> Validation:
        """What the release's own tools/yaml-validate.py says of its tree with the repository in it.

        It runs over the whole tree: on a single file it complains about the endpoint maps that it did not
        see, and it cannot notice a parameter whose definition differs from that of the stock templates. Its
        exit status is not looked at. From Ussuri on a service template is moved to deployment/<service>/,
        under a name by which the tool knows a container service: as deep as docker/services/, so relative
        paths hold.
        """
        place = _in_place if release in VALIDATED_IN_PLACE else _in_deployment
        laid = self._lay(repo, release, "validate", place)
        script = Path(__file__).with_name("tht_validate.py")
        done = subprocess.run(
            [install.tools_python(), "-W", "ignore", script, "-q", "."],
            cwd=laid,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        own = ["./" + place(PurePosixPath(path)).as_posix() for path in _overlaid(repo)]
        return _judge(done.stdout, own)

    def _lay(
        self, repo: Path, release: str, kind: str, place: Callable[[PurePosixPath], PurePosixPath]
    ) -> Path:
        files = _overlaid(repo)
        key = (release, kind, repo.name, _digest(files))
        if key not in self._overlays:
            target = self._path / f"{release}-{len(self._overlays)}"
            shutil.copytree(self.tree(release), target, copy_function=_link, ignore=NOT_NEEDED)
            for path, source in files.items():
                laid = target / place(PurePosixPath(path))
                laid.parent.mkdir(parents=True, exist_ok=True)
                laid.unlink(missing_ok=True)  # it may be a hard link into the cache
                shutil.copy2(source, laid)
            self._overlays[key] = target
        return self._overlays[key]


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copy2(source, target)


def _overlaid(repo: Path) -> dict[str, Path]:
    """The files that a deployment copies onto the tree, by their path in both."""
    found = (path for name in OVERLAID for path in sorted((repo / name).rglob("*")) if path.is_file())
    return {path.relative_to(repo).as_posix(): path for path in found}


def _digest(files: dict[str, Path]) -> str:
    digest = hashlib.sha256()
    for path, source in files.items():
        digest.update(f"{path}\0{hashlib.sha256(source.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _in_place(path: PurePosixPath) -> PurePosixPath:
    return path


def _in_deployment(path: PurePosixPath) -> PurePosixPath:
    if path.parent != PurePosixPath("docker/services") or path.suffix != ".yaml":
        return path
    return PurePosixPath("deployment", path.stem, f"{path.stem}-container-puppet.yaml")


def _environment(repo: Path) -> str:
    """The environment file of a repository: of its own name, or the only one."""
    names = sorted(path.name for path in (repo / "environments").glob("*.yaml"))
    own = f"{repo.name}.yaml"
    if own in names:
        return own
    if len(names) != 1:
        raise LookupError(f"{repo}/environments: no {own}, and not a single other one: {names}")
    return names[0]


def _registered(laid: Path, environments: Sequence[str], service: str) -> str:
    """The name under which an environment registers the template of a service."""
    template = laid / f"docker/services/{service}.yaml"
    for name in environments:
        path = laid / name
        registry = (yaml.safe_load(path.read_text()) or {}).get("resource_registry") or {}
        for type_, target in registry.items():
            if isinstance(target, str) and Path(os.path.normpath(path.parent / target)) == template:
                return str(type_)
    where = ", ".join(environments)
    raise LookupError(f"{where}: docker/services/{service}.yaml is not in a resource_registry")


def _judge(output: str, own: Sequence[str]) -> Validation:
    """The errors and warnings in what yaml-validate.py printed."""
    head, _, failed = output.partition("Validation failed on:\n")
    lines = head.splitlines()
    errors = [line for line in lines if ERROR.match(line)]
    errors += [f"validation failed on {name}" for name in dict.fromkeys(failed.splitlines())]
    finished = re.search(r"^Mismatched parameter definitions: \d+$", output, re.MULTILINE)
    if not finished or (not failed and "Validation successful!" not in output):
        errors.append(f"yaml-validate.py did not finish: {output[-2000:]}")
    about_own = [line for line in lines if line.startswith("Warning") and any(name in line for name in own)]
    return Validation(errors, about_own)
