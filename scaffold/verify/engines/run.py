"""run: each container of the vendor's image starts as on a host, and ends up as its daemon."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaffold.model import Container, Script, Service
from scaffold.tripleo.containers import KEYS, RIGHTS
from scaffold.tripleo.paths import LOADED_MODULES, kolla_config
from scaffold.verify import host
from scaffold.verify.agreement import templated
from scaffold.verify.containers import building, running, stand_in_host
from scaffold.verify.containers.building import Built
from scaffold.verify.containers.running import ContainerOutcome
from scaffold.verify.containers.store import Failed
from scaffold.verify.engines import command_line, image
from scaffold.verify.findings import Blocked, EngineFinding, Result
from scaffold.verify.needs import Needs
from scaffold.verify.rehearsal import Rehearsal

# what is run as on the host; the volumes are stand-ins
KEPT = tuple(key.option for key in KEYS.values() if key.option and not key.right and key.form != "volumes")
REFUSAL = "Operation not permitted"  # the kernel's, to one who may not load modules
EXEC = re.compile(r"^\s*exec +(\S+)", re.MULTILINE)
DAEMON = "#!/bin/bash\ntrap 'exit 0' TERM\nsleep infinity &\nwait\n"


@dataclass(frozen=True)
class ContainerStart:
    """One container as it is to be started: its command line, and what surrounds it."""

    built: Built
    step: str
    name: str
    argv: Sequence[str]
    data: Mapping[str, Any]
    script: Script | None
    daemons: list[str]  # programs of which one has to run in the end
    root: Path  # the stand-in host

    @property
    def loads(self) -> bool:
        """Whether its launcher loads the service's kernel module."""
        return self.script is not None and self.script.kind in ("loader", "load_and_run")


def needs(rehearsal: Rehearsal) -> Needs:
    """What gives the command lines, and the images."""
    return command_line.needs(rehearsal) + building.needs(rehearsal)


def prepare(rehearsal: Rehearsal) -> str:
    """Lay the repository over the templates, and ask for the versions."""
    command_line.prepare(rehearsal)
    return building.prepare(rehearsal)


def run(rehearsal: Rehearsal) -> Result:
    """Start every container that stays, with the options of its command line; then without its privilege."""
    findings: list[EngineFinding] = []
    facts: list[str] = []
    absent: list[str] = []
    built_here = [service.name for service, _ in building.services(rehearsal)]
    for service in rehearsal.services:
        if service.image is None:
            continue
        if service.name not in built_here:
            name = service.name.kebab
            facts.append(f"not proven: the image of {name} is not built here, so nothing of it is started")
            continue
        lacking = building.missing(rehearsal, service, service.image)
        absent += lacking
        if lacking:
            continue
        for start in _starts(rehearsal, service, _built(rehearsal, service)):
            found, proved = _rehearsed(rehearsal, start)
            findings += found
            facts += proved
    if not (findings or facts or absent):
        facts = ["no container of an image of its own stays"]
    return Result(findings, facts, left_out=absent, remedy=image.REMEDY if absent else "")


def _built(rehearsal: Rehearsal, service: Service) -> Built:
    assert service.image
    try:
        return building.build(rehearsal, service, service.image)
    except Failed as failure:
        building.acquit(rehearsal, service.image)
        raise Blocked(image.refused(rehearsal, service.image, failure)) from failure


def _starts(rehearsal: Rehearsal, service: Service, built: Built) -> Iterator[ContainerStart]:
    """The containers of the vendor's own image that stay, in the order of the steps."""
    data = rehearsal.role_data(service)
    try:
        lines = command_line.started(rehearsal, service, data)
    except host.StartRefused as refusal:
        raise Blocked(command_line.refused(rehearsal, service, refusal)) from refusal
    scripts = rehearsal.release.tripleo.config_scripts
    root = rehearsal.scratch(f"host-{service.name.kebab}")
    stand_in_host.furnish(root, data, (scripts.section, scripts.directory))
    modelled = {container.name: container for container in service.containers}
    for step, containers in sorted((data.get("docker_config") or {}).items()):
        for name, keys in containers.items():
            ours = keys.get("image") == built.image.reference and keys.get("detach", True)
            if not ours or name not in lines or keys.get("action") == "exec":
                continue
            container = modelled.get(name)
            script = next((s for s in service.scripts if container and s.name == container.script), None)
            daemons = _daemons(_command(container, data, keys), script, data.get(scripts.section) or {})
            yield ContainerStart(built, step, name, lines[name], data, script, daemons, root)


def _command(container: Container | None, data: Mapping[str, Any], running: Mapping[str, Any]) -> Any:
    """What a container runs by the answers; by role_data where Heat works it out."""
    command = (container.kolla_command or container.command) if container else ""
    if not container or not templated(command):
        return command
    config = (data.get("kolla_config") or {}).get(kolla_config(container.name)) or {}
    return (config if container.kolla_command else running).get("command", "")


def _daemons(command: Any, script: Script | None, contents: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The programs that a container may end up as: what the answers say, or what the script does."""
    if script:
        written = EXEC.findall(str((contents.get(script.name) or {}).get("content", "")))
        return [(script.exec or "sleep infinity").split()[0], *written]
    words = command if isinstance(command, list) else shlex.split(command)
    return words[:1]


def _rehearsed(rehearsal: Rehearsal, start: ContainerStart) -> tuple[list[EngineFinding], list[str]]:
    stood_in = _stood_in(rehearsal, start)
    try:
        outcome = _run(rehearsal, start, [*RIGHTS, *KEPT], built_in=True)
    except Failed as failure:
        building.acquit(rehearsal, start.built.image)
        return [_finding(rehearsal, start, f"podman run {start.name}: {failure.log.strip()}")], []
    if not running.is_daemon(outcome, start.daemons):
        return [_finding(rehearsal, start, _what_ran(start, outcome), in_script=True)], []
    if outcome.unwritable:
        saw = f"{start.name} cannot write to {', '.join(outcome.unwritable)}, which the host made as root"
        return [_finding(rehearsal, start, saw)], []
    fact = f"{start.name}: kolla_start ends up as {shlex.join(outcome.argv)}"
    facts = [fact + (f", a stand-in for {', '.join(stood_in)}" if stood_in else "")]
    if not start.loads or not {*RIGHTS} & set(command_line.options(start.argv)):
        return [], facts
    if not rehearsal.session.containers.allow_code:
        unproven = f"not proven without --allow-code: that {start.name} loads its module by its privilege"
        return [], [*facts, unproven]
    findings, proved = _privilege(rehearsal, start)
    return findings, [*facts, *proved]


def _privilege(rehearsal: Rehearsal, start: ContainerStart) -> tuple[list[EngineFinding], list[str]]:
    """Whether the kernel refuses a module to the container without its privilege, and only then.

    The file in the tree of modules is none that any kernel loads: with the privilege its own fault shows. A
    kernel without loadable modules says so before it looks at capabilities; there podman's seccomp profile is
    what refuses.
    """
    without = _run(rehearsal, start, KEPT, built_in=False)
    granted = _run(rehearsal, start, [*RIGHTS, *KEPT], built_in=False)
    if REFUSAL in granted.log:
        saw = f"{start.name} may not load the module: {_line(granted.log)}"
        return [_finding(rehearsal, start, saw)], []
    if without.running or REFUSAL not in without.log:
        saw = f"{start.name} does not load its module by its privilege; without it: {without.last}"
        return [_finding(rehearsal, start, saw, severity="warning")], []
    refused, other = _line(without.log), granted.last
    return [], [
        f"{start.name}: without its privilege: {refused}; with it, of a file that is no module: {other}"
    ]


def _line(log: str) -> str:
    return next(line.strip() for line in log.splitlines() if REFUSAL in line)


def _run(
    rehearsal: Rehearsal, start: ContainerStart, kept: Sequence[str], *, built_in: bool
) -> ContainerOutcome:
    """Run with those options of the command line that are in KEPT."""
    given = command_line.options(start.argv)
    store = rehearsal.session.containers
    given["--ulimit"] = running.limits(store, given.get("--ulimit", []))
    module = start.built.service.kernel_module
    names = [module.name] if module else []
    volumes = given.get("--volume", [])
    for config in (start.data.get("kolla_config") or {}).values():
        stand_in_host.bring_sources(start.root, config if isinstance(config, dict) else {}, volumes)
    tree = stand_in_host.modules(start.root, names, built_in=built_in)
    mounted = stand_in_host.mounts(start.root, volumes, tree)
    mounted += [f"{file}:{path}:ro" for path, file in _additions(rehearsal, start).items()]
    words = [word for option in kept for value in given.get(option, []) for word in _option(option, value)]
    lent = store.lend(start.root)
    mounted = [f"{lent}{mount.removeprefix(str(start.root))}" for mount in mounted]
    words += [word for mount in mounted for word in ("--volume", mount)]
    command = start.argv[start.argv.index(start.built.image.reference) + 1 :]
    words += [start.built.name, *command]
    return running.start(store, start.name, words, start.daemons, _directories(start, volumes))


def _directories(start: ContainerStart, volumes: Sequence[str]) -> list[str]:
    """Those of the service that VOLUMES mount to be written to, as the container sees them."""
    mounted = [volume.split(":") for volume in volumes]
    own = start.built.service.host_directories
    return [parts[1] for parts in mounted if parts[0] in own and "ro" not in parts[2:]]


def _option(option: str, value: str) -> list[str]:
    return [f"{option}={value.lower() or 'true'}"] if option == "--privileged" else [option, value]


def _additions(rehearsal: Rehearsal, start: ContainerStart) -> dict[str, Path]:
    """Mounts that no host needs: a daemon's stand-in, and /sys/module as where the module is loaded."""
    added = {}
    for path in _stood_in(rehearsal, start):
        added[path] = start.root / "stand-in-daemon"
        added[path].write_text(DAEMON)
        added[path].chmod(0o755)
    module = start.built.service.kernel_module
    if module and start.script and start.script.kind == "waiter":
        added[LOADED_MODULES] = start.root / "sys-module"
        loaded = added[LOADED_MODULES] / Path(module.sysfs).name
        loaded.mkdir(parents=True, exist_ok=True)
        (loaded / "initstate").write_text("live\n")
    return added


def _stood_in(rehearsal: Rehearsal, start: ContainerStart) -> list[str]:
    """The daemon, where repositories would bring it to a stand-in base."""
    if not start.built.base.stood_in or not start.daemons:
        return []

    def find() -> list[str]:
        try:
            words = ["sh", "-c", f"command -v {shlex.quote(start.daemons[0])}"]
            building.inside(rehearsal.session.containers, start.built, [words])
        except Failed:
            program = start.daemons[0]
            return [program if program.startswith("/") else f"/usr/bin/{program}"]
        return []

    return rehearsal.once(f"stand-in of {start.daemons[0]} for {start.built.service.name.kebab}", find)


def _what_ran(start: ContainerStart, outcome: ContainerOutcome) -> str:
    daemon = start.daemons[0] if start.daemons else "its command"
    if outcome.running:
        return f"{start.name} does not become {daemon}: {shlex.join(outcome.argv)} stays in its place"
    words = f": {outcome.last}" if outcome.last else ""
    return f"{start.name} ends with exit status {outcome.status} and restarts in a loop{words}"


def _finding(
    rehearsal: Rehearsal, start: ContainerStart, saw: str, *, in_script: bool = False, severity: str = "error"
) -> EngineFinding:
    """Where the cause stands: in the script where there is one, else in the container's section."""
    keys: tuple[str, ...] = ("docker_config", start.step, start.name)
    if in_script and start.script:
        keys = (rehearsal.release.tripleo.config_scripts.section, start.script.name, "content")
    return EngineFinding(saw, *rehearsal.place(start.built.service, *keys), severity=severity)
