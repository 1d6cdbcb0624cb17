"""kolla: its own set_configs.py runs the kolla_config of every container in a throw-away root."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaffold.model import Service
from scaffold.releases import engine_versions
from scaffold.tripleo.kolla import PREFIX, SET_CONFIGS, START, VARIABLES
from scaffold.tripleo.paths import KOLLA_CONFIG, KOLLA_CONFIGS
from scaffold.verify import controls, install, processes
from scaffold.verify.confinement import below
from scaffold.verify.engines import heat
from scaffold.verify.findings import EngineFinding, Result
from scaffold.verify.kolla_users import kolla_files, kolla_users
from scaffold.verify.needs import Needs
from scaffold.verify.rehearsal import Rehearsal

MOUNTED = KOLLA_CONFIGS + "/"  # what lies here comes from the host, by a mount
UNKNOWN_USER = re.compile(r"name not found: '([^']*)'")


@dataclass(frozen=True)
class KollaStart:
    """A container that kolla starts: where role_data describes it, and the file of its config on the host."""

    service: Service
    step: str
    name: str
    running: Mapping[str, Any]
    file: str

    @property
    def keys(self) -> tuple[str, ...]:
        """Its place below role_data."""
        return "docker_config", self.step, self.name


def needs(rehearsal: Rehearsal) -> Needs:
    """What resolves the templates, and kolla's files of the release."""
    return heat.needs(rehearsal) + kolla_files(rehearsal.release.name)


def prepare(rehearsal: Rehearsal) -> str:
    """Lay the repository over the templates."""
    rehearsal.overlay()
    return f"kolla {engine_versions(rehearsal.release.name)['kolla']}"


def run(rehearsal: Rehearsal) -> Result:
    """Run set_configs.py as each container does when it starts."""
    findings: list[EngineFinding] = []
    facts: list[str] = []
    made: dict[str, Any] = {}
    for service in rehearsal.services:
        data = rehearsal.role_data(service)
        written = data.get("kolla_config") or {}
        for start in _starts(service, data):
            if start.file not in written:
                findings += _unwritten(rehearsal, start, written)
                continue
            found, outcome = _run(rehearsal, start, written[start.file])
            findings += found
            if outcome:
                made[start.name] = outcome
                facts.append(_fact(start.name, outcome))
    if not facts and not findings:
        facts.append(f"no container is started by {START}")
    return Result(findings, facts, {"containers": made})


def _starts(service: Service, data: Mapping[str, Any]) -> Iterator[KollaStart]:
    """Containers that get a config for kolla_start, which runs where no command of their own is given.

    An image that is not kolla's runs what it says itself.
    """
    without = {one.name for one in service.containers if one.image and not one.kolla_command}
    for step, containers in (data.get("docker_config") or {}).items():
        for name, running in containers.items():
            mounts = [volume.split(":") for volume in running.get("volumes") or []]
            sources = [mount[0] for mount in mounts if mount[1:2] == [KOLLA_CONFIG]]
            by_itself = running.get("command") or running.get("action") == "exec" or name in without
            if sources or not by_itself:
                yield KollaStart(service, step, name, running, (sources or [""])[0])


def _unwritten(
    rehearsal: Rehearsal, start: KollaStart, written: Mapping[str, Any]
) -> Iterator[EngineFinding]:
    if (
        start.file
        and start.file.startswith(MOUNTED)
        and Path(start.file).stem not in (container.name for container in start.service.containers)
    ):
        return  # the config of a stock service, which that one writes
    near = f"; kolla_config has {', '.join(written)}" if written else ""
    absent = f"{start.file} is not in kolla_config{near}"
    what = absent if start.file else f"nothing is mounted at {KOLLA_CONFIG}"
    saw = f"{start.name} restarts in a loop: {SET_CONFIGS} finds no config, for {what}"
    yield EngineFinding(saw, *rehearsal.place(start.service, *start.keys, "volumes"))


def _run(
    rehearsal: Rehearsal, start: KollaStart, config: Any
) -> tuple[list[EngineFinding], dict[str, Any] | None]:
    root = rehearsal.scratch(f"kolla-{start.name}").resolve()
    _furnish(root, start.running, config)
    users = kolla_users(rehearsal.release.name)
    findings: list[EngineFinding] = []
    keys = ("kolla_config", start.file)
    while True:
        done = _set_configs(rehearsal, root, start.running, users)
        unknown = UNKNOWN_USER.search(done.stderr) if done.returncode else None
        if not unknown or unknown[1] in users:
            break
        saw = f"{start.name} does not start unless its image brings the user {unknown[1]}: kolla knows none"
        findings.append(EngineFinding(saw, *rehearsal.place(start.service, *keys), severity="warning"))
        users[unknown[1]] = 1000 + len(findings)
    if done.returncode:
        controls.acquit(rehearsal, "set_configs.py", lambda: _control(rehearsal))
        said = done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
        reason = said[0].replace(str(root), "").removeprefix("ERROR:set_configs:")
        saw = f"{start.name} restarts in a loop: {SET_CONFIGS}: {reason}"
        return [*findings, EngineFinding(saw, *rehearsal.place(start.service, *keys))], None
    return findings, _outcome(root)


def _control(rehearsal: Rehearsal) -> str:
    """What set_configs.py has against a config without a fault."""
    root = rehearsal.scratch("kolla-control").resolve()
    file = {"source": "/etc/control", "dest": "/etc/copied", "owner": "root", "perm": "0600"}
    merged = {"source": "/src/*", "dest": "/", "merge": True, "preserve_properties": True}
    owned = {"path": "/var/log/control", "owner": "root:root", "recurse": True}
    config = {"command": "true", "config_files": [file, merged], "permissions": [owned]}
    running = {"environment": VARIABLES}
    _furnish(root, running, config)
    done = _set_configs(rehearsal, root, running, {"root": 0})
    return (done.stderr.strip() or f"exit status {done.returncode}") if done.returncode else ""


def _set_configs(
    rehearsal: Rehearsal, root: Path, running: Mapping[str, Any], users: Mapping[str, int]
) -> subprocess.CompletedProcess[str]:
    version = engine_versions(rehearsal.release.name)["kolla"]
    script = (
        install.wheel("kolla", version) / f"kolla-{version}.data/data/share/kolla/docker/base/set_configs.py"
    )
    known = [f"{name}={uid}" for name, uid in users.items()]
    program = install.PROGRAMS / "kolla_root.py"
    return processes.run(
        [sys.executable, "-I", program, script, root, *known],
        env=processes.environment(root) | _of_kolla(running),
        stderr=subprocess.PIPE,
    )


def environment(running: Mapping[str, Any]) -> dict[str, str]:
    """The environment of a container, from a map or from a list of NAME=VALUE."""
    given = running.get("environment") or {}
    pairs = given.items() if isinstance(given, dict) else (str(pair).partition("=")[::2] for pair in given)
    return {str(name): str(value) for name, value in pairs}


def _of_kolla(running: Mapping[str, Any]) -> dict[str, str]:
    """What set_configs.py reads of a container's environment; the rest is for the daemon."""
    return {name: value for name, value in environment(running).items() if name.startswith(PREFIX)}


def _furnish(root: Path, running: Mapping[str, Any], config: Any) -> None:
    """Put into ROOT what the host, the mounts and the image bring: the config, and files to copy."""
    target = root / KOLLA_CONFIG.lstrip("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(config))
    if not isinstance(config, dict):
        return
    mounts = [volume.split(":")[1] for volume in running.get("volumes") or [] if ":" in volume]
    for entry in _entries(config, "config_files"):
        source = str(entry.get("source", ""))
        here = any(source == mount or source.startswith(mount.rstrip("/") + "/") for mount in mounts)
        if here or not source.startswith(MOUNTED):
            _stand_in(root, source)
    for entry in _entries(config, "permissions"):
        path = str(entry.get("path", "")).replace("*", "stand-in")
        below(root, path).mkdir(parents=True, exist_ok=True)


def _entries(config: Mapping[str, Any], section: str) -> list[dict[str, Any]]:
    found = config.get(section)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _stand_in(root: Path, source: str) -> None:
    file = below(root, source.replace("*", "stand-in"))
    if source.endswith("/"):
        file = file / "stand-in"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("")


def _outcome(root: Path) -> dict[str, Any]:
    """What set_configs.py left behind."""
    owners = json.loads((root / ".owners.json").read_text())
    command = (root / "run_command").read_text()
    files = [
        {"path": path, "owner": owner, "mode": f"{(root / path.lstrip('/')).stat().st_mode & 0o7777:04o}"}
        for path, owner in owners.items()
    ]
    return {"command": command, "files": files}


def _fact(name: str, outcome: Mapping[str, Any]) -> str:
    files = ", ".join(f"{file['path']} for {file['owner']}" for file in outcome["files"])
    return f"{name}: {SET_CONFIGS} writes /run_command, {outcome['command']}" + (
        f"; {files}" if files else ""
    )
