"""What the containers of a role find on the host: the sources of volumes, and the scripts they start."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from scaffold import catalogue
from scaffold.catalogue import mounted
from scaffold.tripleo.paths import (
    HOST_LOGS,
    KOLLA_CONFIGS,
    PUPPET_GENERATED,
    SCRIPTS,
    bound,
    mentioned,
    of_host,
)
from scaffold.tripleo.services import SCRIPT_SECTIONS
from scaffold.unknown import after, did_you_mean, meant, near
from scaffold.verify.docker_config import containers
from scaffold.verify.findings import EngineFinding
from scaffold.verify.locating import lines
from scaffold.verify.rehearsal import Rehearsal, template
from scaffold.verify.roles import Member

AREAS = ("/etc/", "/opt/", "/srv/", "/var/")  # packages rarely bring anything else that containers want
LIKELY = 0.9  # how near a path is that was meant
WORDS = re.compile(r"\S+")


def findings(rehearsal: Rehearsal, members: Sequence[Member]) -> Iterator[EngineFinding]:
    """A finding for each volume of MEMBERS, the services of a role, whose source is not there."""
    scripts = {name: one for member in members for name, one in _scripts(member.data).items()}
    for member in members:
        said = "".join(
            "\n".join(lines(rehearsal.root / path))
            for path in (template(member.service), rehearsal.environment)
        )
        for keys, running in _running(member.data):
            volumes = [str(one) for one in running.get("volumes") or [] if isinstance(one, str)]
            for volume in volumes:
                source, _ = bound(volume) or ("", "")
                own = source and source.rstrip("/").rpartition("/")[2] in said  # and not of ContainersCommon
                saw, severity = _absent(rehearsal, members, scripts, of_host(source)) if own else ("", "")
                if saw:
                    place = rehearsal.place(member.service, *keys, "volumes")
                    yield EngineFinding(f"{keys[-1]} mounts {source}: {saw}", *place, severity=severity)
            yield from _started(rehearsal, member, keys, volumes, scripts)


def _running(data: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    for step, name, running in containers(data):
        if isinstance(running, dict):
            yield ("docker_config", step, name), running


def _scripts(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one for section in SCRIPT_SECTIONS for name, one in (data.get(section) or {}).items()}


def _absent(
    rehearsal: Rehearsal, members: Sequence[Member], scripts: Mapping[str, Any], path: str
) -> tuple[str, str]:
    """Why PATH of a host is not there, and how sure that is; nothing where it is."""
    stock = catalogue.stock(rehearsal.release.name)
    head, _, name = path.rpartition("/")
    if head in SCRIPTS:
        own = rehearsal.release.tripleo.config_scripts.directory
        if head != own:
            return f"{rehearsal.release.title} keeps scripts in {own}", "error"
        known = {*scripts, *stock.config_scripts}
        return (
            "" if name in known else f"no such script is written{after(did_you_mean(name, known))}"
        ), "error"
    if path.startswith(f"{PUPPET_GENERATED}/"):
        name = path.removeprefix(f"{PUPPET_GENERATED}/").partition("/")[0]
        own_volumes = {one for member in members for one in _volumes(member.data)}
        known = own_volumes | {*stock.config_volumes}
        return (
            "" if name in known else f"puppet writes no such config volume{after(did_you_mean(name, known))}"
        ), "error"
    if path.startswith(KOLLA_CONFIGS) or not path.startswith(AREAS):
        return "", ""  # kolla's own matter, and what every node has
    return _unmade(rehearsal, members, path)


def _volumes(data: Mapping[str, Any]) -> Iterator[str]:
    found = data.get("puppet_config") or []
    for one in found if isinstance(found, list) else [found]:
        if isinstance(one, dict) and one.get("config_volume"):
            yield str(one["config_volume"])


def _unmade(rehearsal: Rehearsal, members: Sequence[Member], path: str) -> tuple[str, str]:
    roles = [rehearsal.role(member.service.roles) for member in members]
    if catalogue.load(rehearsal.release.name).has_path(path, roles):
        return "", ""
    tasks = [
        text
        for member in members
        for section, value in member.data.items()
        if section.endswith(("_tasks", "step_config")) or section == "puppet_config"
        for text in [json.dumps(value)]
    ]
    if any(mentioned(path, text) for text in [*tasks, *_files(rehearsal.root)]):
        return "", ""
    made = {one for member in members for one in mounted.directories(member.data.get("host_prep_tasks"))}
    used = {of_host(source) for member in members for source in _sources(member.data)}
    likely = near(path, made - used, cutoff=LIKELY)
    refused = rehearsal.repo.container_engine != "docker"
    if likely:
        return f"nothing makes it; {meant(*likely)}", "error"
    sure = refused and path.startswith(f"{HOST_LOGS}/")
    return (
        ("nothing makes it, and podman does not start it without", "error" if sure else "warning")
        if refused
        else ("", "")
    )


def _sources(data: Mapping[str, Any]) -> Iterator[str]:
    for _, running in _running(data):
        for volume in running.get("volumes") or []:
            yield (bound(str(volume)) or ("", ""))[0]


def _files(root: Path) -> Iterator[str]:
    """The scripts of a repository that run on hosts."""
    for folder in ("scripts", "host"):
        for file in (root / folder).rglob("*"):
            if file.is_file():
                yield file.read_text("utf-8", "replace")


def _started(
    rehearsal: Rehearsal,
    member: Member,
    keys: tuple[str, ...],
    volumes: Sequence[str],
    scripts: Mapping[str, Any],
) -> Iterator[EngineFinding]:
    """The script that kolla starts in a container is mounted there, and may be executed."""
    written = member.data.get("kolla_config") or {}
    mounts = [*filter(None, map(bound, volumes))]
    config: Mapping[str, Any] = next(
        (written[source] for source, _ in mounts if isinstance(written.get(source), dict)), {}
    )
    command = WORDS.match(str(config.get("command") or ""))
    name = command[0].removeprefix("/") if command else ""
    if name not in scripts:
        return
    section = next(one for one in SCRIPT_SECTIONS if name in (member.data.get(one) or scripts))
    if all(target != f"/{name}" for _, target in mounts):
        saw = f"{keys[-1]} starts /{name}, and nothing is mounted there"
        yield EngineFinding(saw, *rehearsal.place(member.service, *keys, "volumes"))
    mode = str(scripts[name].get("mode", "")) if isinstance(scripts[name], dict) else ""
    if re.fullmatch("0?[0-7]{3}", mode) and not int(mode, 8) & 0o111:
        saw = f"{keys[-1]} cannot start /{name}: Permission denied, for its mode is {mode}"
        yield EngineFinding(saw, *rehearsal.place(member.service, section, name, "mode"))
