"""The host's command line: the exact docker or podman run of every container, compared with the answers."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scaffold.model import Container, Service
from scaffold.tripleo import containers, paths
from scaffold.verify import controls, host
from scaffold.verify.agreement import difference, loads, templated
from scaffold.verify.engines import heat
from scaffold.verify.findings import EngineFinding, Result
from scaffold.verify.locating import mentioned
from scaffold.verify.needs import Needs
from scaffold.verify.rehearsal import Rehearsal, template


def needs(rehearsal: Rehearsal) -> Needs:
    """What resolves the templates, and what starts containers in the release."""
    return heat.needs(rehearsal) + host.needs(rehearsal.release.name)


def prepare(rehearsal: Rehearsal) -> str:
    """Lay the repository over the templates."""
    rehearsal.overlay()
    return host.version(rehearsal.release.name)


def run(rehearsal: Rehearsal) -> Result:
    """Start every container of every service, with an engine that only writes down its arguments."""
    findings: list[EngineFinding] = []
    lines: dict[str, list[str]] = {}
    for service in rehearsal.services:
        data = rehearsal.role_data(service)
        if not data.get("docker_config"):
            continue
        try:
            found = started(rehearsal, service, data)
        except host.StartRefused as refusal:
            findings.append(refused(rehearsal, service, refusal))
            continue
        lines |= found
        for container in service.containers:
            findings += _compared(rehearsal, service, container, data["docker_config"], found)
    printed = [shlex.join(argv) for argv in lines.values()]
    return Result(findings, _facts(lines, findings), {"commands": lines, "lines": printed})


def _facts(lines: Mapping[str, Sequence[str]], findings: Sequence[EngineFinding]) -> list[str]:
    """What is proven of the containers that are started: nothing where one is not right."""
    if any(finding.severity == "error" for finding in findings):
        return []
    if findings:
        return [f"{name} is started" for name in lines]
    return [f"the command line of {name} is what the answers say" for name in lines] or [
        "no container of its own"
    ]


def started(rehearsal: Rehearsal, service: Service, data: Mapping[str, Any]) -> dict[str, list[str]]:
    """The command line of every container of a service, found out once; raises StartRefused."""

    def find_out() -> dict[str, list[str]] | host.StartRefused:
        work = rehearsal.scratch(f"command-line-{service.name.kebab}")
        try:
            return host.commands(rehearsal.release.name, rehearsal.repo.container_engine, data, work)
        except host.StartRefused as refusal:
            return refusal

    def control() -> str:
        release, engine = rehearsal.release.name, rehearsal.repo.container_engine
        return host.control(release, engine, rehearsal.scratch("command-line-control"))

    found = rehearsal.once(f"command lines of {service.name.kebab}", find_out)
    if isinstance(found, host.StartRefused):
        controls.acquit(rehearsal, host.version(rehearsal.release.name), control)
        raise found
    return found


def refused(rehearsal: Rehearsal, service: Service, refusal: host.StartRefused) -> EngineFinding:
    """What the tool refuses, or breaks on: it has started a container of ours that is right (`started`)."""
    place = mentioned(rehearsal.root, [template(service)], str(refusal))
    return EngineFinding(f"the containers of {service.name.kebab} are not started: {refusal}", *place)


def _compared(
    rehearsal: Rehearsal,
    service: Service,
    container: Container,
    docker_config: Mapping[str, Any],
    found: Mapping[str, Sequence[str]],
) -> Iterator[EngineFinding]:
    step = next((step for step, named in docker_config.items() if container.name in named), "")
    if not step:
        return  # Heat's to say
    keys = ("docker_config", step, container.name)
    if container.name not in found:
        yield EngineFinding(f"the host starts no {container.name}", *rehearsal.place(service, *keys))
        return
    given = options(found[container.name])
    for key in containers.SINGLE:
        of = containers.KEYS[key]
        absent = "" if of.absent is None else str(of.absent)
        seen, wanted = (given.get(of.option) or [absent])[-1], container.key(key)
        if not templated(wanted) and seen.lower() != str(wanted).lower():
            yield difference(rehearsal, service, container, (*keys, key), seen, wanted)
    for key in containers.LISTED:
        if templated(container.key(key)):
            continue
        values = ",".join(sorted(given.get(containers.KEYS[key].option, [])))
        asked = ",".join(sorted(container.key(key)))
        if values != asked:
            yield difference(rehearsal, service, container, (*keys, key), values, asked)
    for volume in container.volumes:
        if not templated(volume) and volume not in given.get("--volume", []):
            saw = f"{container.name} runs without {volume}, which the answers ask for"
            severity = "error" if _needed(service, container, volume) else "difference"
            yield EngineFinding(saw, *rehearsal.place(service, *keys, "volumes"), severity=severity)
    for saw, severity in _twice(container.name, given.get("--volume", [])):
        yield EngineFinding(saw, *rehearsal.place(service, *keys, "volumes"), severity=severity)
    for name, value in container.environment.items():
        variable = f"{name}={value}"
        if not templated(value) and variable not in given.get("--env", []):
            saw = f"{container.name} runs without {variable} in its environment, which the answers ask for"
            place = rehearsal.place(service, *keys, "environment")
            yield EngineFinding(saw, *place, severity="difference")


def _needed(service: Service, container: Container, volume: str) -> bool:
    """Whether a container cannot do without VOLUME: the modules that it loads, the script that it starts."""
    target = (paths.bound(volume) or ("", ""))[1]
    if target == f"/{container.script}":
        return container.script in str(container.kolla_command or container.command)
    return target == paths.KERNEL_MODULES and loads(service, container)


def _twice(container: str, volumes: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What docker and podman refuse: two volumes at one path. Some versions of podman take twins."""
    seen: dict[str, str] = {}
    for volume in volumes:
        _, target = paths.bound(volume) or ("", "")
        if target in seen:
            saw = f"{container} does not start: {target}: duplicate mount destination"
            yield f"{saw} ({seen[target]}, {volume})", "warning" if volume == seen[target] else "error"
        elif target:
            seen[target] = volume


def options(argv: Sequence[str]) -> dict[str, list[str]]:
    """The values of each option, whether given as --x=v or as --x v, under the longest of its names."""
    found: dict[str, list[str]] = {}
    for word, following in zip(argv, [*argv[1:], ""], strict=True):
        name, equals, value = word.partition("=")
        if name.startswith("-"):
            found.setdefault(containers.ALIASES.get(name, name), []).append(value if equals else following)
    return found
