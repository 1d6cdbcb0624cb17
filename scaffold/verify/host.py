"""What starts the containers on a host, as the release has it: paunch, or tripleo-ansible's modules."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scaffold.releases import engine_versions
from scaffold.tripleo.paths import KOLLA_CONFIGS, kolla_config
from scaffold.verify import install, processes
from scaffold.verify.confinement import below
from scaffold.verify.needs import Needs

COLLECTIONS = ("ansible", "9.13.0", "ansible_collections/containers/podman/")
FATAL = re.compile(r"^fatal: .*?\"msg\": \"(.*?)\"[,}]", re.MULTILINE)
SAID_BEFORE = "config_data="  # a label that repeats the whole of docker_config


CONTROL = {
    "docker_config": {"step_1": {"control": {"image": "localhost/control:1", "net": "host", "detach": True}}},
    "kolla_config": {kolla_config("control"): {"command": "true"}},
    "container_config_scripts": {"control.sh": {"mode": "0755", "content": "true"}},
}


class StartRefused(Exception):
    """The tool would not start the containers; in its own words. `log` is all that it said."""

    def __init__(self, what: str, log: str = "") -> None:
        super().__init__(what)
        self.log = log or what


def needs(release: str) -> Needs:
    """What starts the containers."""
    ((tool, version),) = engine_versions(release)["host"].items()
    own = install.wheel_piece(tool, version)
    if tool == "paunch":
        return Needs((install.venv_piece("paunch"), own))
    return Needs((install.venv_piece("ansible"), install.wheel_piece(*COLLECTIONS), own))


def version(release: str) -> str:
    """The name and version of what starts the containers."""
    ((tool, number),) = engine_versions(release)["host"].items()
    return f"{tool} {number}"


def commands(release: str, engine: str, data: Mapping[str, Any], work: Path) -> dict[str, list[str]]:
    """The argv of `docker run` or `podman run` by container; raises StartRefused. WORK is empty."""
    for name in ("podman", "docker"):
        program = work / "bin" / name
        program.parent.mkdir(exist_ok=True)
        words = (sys.executable, "-I", str(install.PROGRAMS / "container_engine.py"), name)
        program.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
        program.chmod(0o755)
    record = work / "record"
    record.touch()
    environment = processes.environment(work, work / "bin", ENGINE_RECORD=str(record))
    ((tool, version),) = engine_versions(release)["host"].items()
    start = _paunch if tool == "paunch" else _ansible
    start(install.wheel(tool, version), engine, data, work, environment)
    recorded = [json.loads(line) for line in record.read_text().splitlines()]
    return {_name(argv): _plain(argv) for argv in recorded if {"run", "create"} & set(argv[1:3])}


def control(release: str, engine: str, work: Path) -> str:
    """What the tool has against a container that has no fault; nothing where it is sound."""
    try:
        return "" if "control" in commands(release, engine, CONTROL, work) else "it starts no container"
    except StartRefused as refusal:
        return refusal.log


def _paunch(
    wheel: Path, engine: str, data: Mapping[str, Any], work: Path, environment: dict[str, str]
) -> None:
    done = processes.run(
        [install.venv("paunch"), "-W", "ignore", install.PROGRAMS / "paunch_run.py"],
        stdin=json.dumps({"engine": engine, "steps": data["docker_config"]}),
        env=environment | {"PYTHONPATH": str(wheel)},
        cwd=work,
        stderr=subprocess.PIPE,
    )
    if done.returncode:
        raise StartRefused((done.stderr.strip().splitlines() or ["no word"])[-1], done.stderr)


def _ansible(
    wheel: Path, engine: str, data: Mapping[str, Any], work: Path, environment: dict[str, str]
) -> None:
    (share,) = wheel.glob("*.data/data/share/ansible/plugins")
    python = install.venv("ansible")
    for directory in ("startup", "scripts"):
        (work / directory).mkdir()
    (work / "role_data.json").write_text(json.dumps(_below(work, data)))
    done = processes.run(
        [
            *(python, python.with_name("ansible-playbook"), "-i", "localhost,", "-e", f"out={work}"),
            *("-e", json.dumps(interpreters(python))),
            install.PROGRAMS / "container_manage.yml",
        ],
        env=environment
        | ansible_environment(work)
        | {
            "ANSIBLE_COLLECTIONS_PATH": str(install.wheel(*COLLECTIONS)),
            "ANSIBLE_LIBRARY": str(share / "modules"),
            "ANSIBLE_MODULE_UTILS": str(share / "module_utils"),
        },
        cwd=work,
    )
    if done.returncode:
        said = FATAL.search(done.stdout)
        raise StartRefused(said[1] if said else done.stdout[-2000:], done.stdout)


def interpreters(python: Path) -> dict[str, str]:
    """What every module runs under: Ansible looks it up by the program in a module's first line."""
    names = ("python", "python2", "python3", "platform_python", f"python3.{sys.version_info.minor}")
    return {f"ansible_{name}_interpreter": str(python) for name in names}


def ansible_environment(work: Path) -> dict[str, str]:
    """Where Ansible puts what it makes, and no configuration of the machine or the user."""
    (work / "ansible.cfg").touch()
    return {
        "ANSIBLE_CONFIG": str(work / "ansible.cfg"),
        "ANSIBLE_HOME": str(work / "ansible"),
        "ANSIBLE_LOCAL_TEMP": str(work / "ansible"),
        "ANSIBLE_REMOTE_TEMP": str(work / "ansible"),
        "ANSIBLE_NOCOLOR": "1",
    }


def _below(work: Path, data: Mapping[str, Any]) -> dict[str, Any]:
    """The sections that the playbook reads, the kolla configs written below WORK."""
    kolla_config = data.get("kolla_config") or {}
    kolla = {str(below(work / "host", path)): config for path, config in kolla_config.items()}
    (work / f"host{KOLLA_CONFIGS}").mkdir(parents=True)
    scripts = data.get("container_config_scripts") or {}
    steps = data["docker_config"]
    for name in (*steps, *(name for containers in steps.values() for name in containers), *scripts):
        if "/" in str(name):  # it becomes the name of a file
            raise StartRefused(f"{name} is a path, where a name is wanted")
    return {
        "docker_config": steps,
        "container_config_scripts": scripts,
        "kolla_config": kolla,
    }


def _name(argv: list[str]) -> str:
    return argv[argv.index("--name") + 1]


def _plain(argv: list[str]) -> list[str]:
    """The argv without the label that repeats what the rest says."""
    kept: list[str] = []
    words = iter(argv)
    for word in words:
        if word == "--label":
            value = next(words)
            kept += [] if value.startswith(SAID_BEFORE) else [word, value]
        else:
            kept.append(word)
    return kept
