"""Whether role_data says what the answers say; a vendor's own additions are no matter.

What the vendor changed is a difference. It is an error only where what was asked for no longer works: a
kernel module that cannot be loaded, an image that nobody builds. What becomes an option of the container
engine is compared where it does, in command_line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scaffold.fields import ServiceAnswers
from scaffold.model import Container, Service
from scaffold.tripleo.containers import IN_ROLE_DATA, KEYS, LOADING
from scaffold.tripleo.heat import is_function
from scaffold.verify.findings import EngineFinding
from scaffold.verify.locating import lines, mentioned
from scaffold.verify.rehearsal import Rehearsal


def differences(rehearsal: Rehearsal, service: Service, data: dict[str, Any]) -> Iterator[EngineFinding]:
    """A finding for each value that is not the one of the answers."""
    for container in service.containers:
        yield from _of_container(rehearsal, service, container, data)
    yield from _of_scripts(rehearsal, service, data)
    for name, rule in service.firewall_rules.items():
        keys, found = _firewall_rules(service, data)
        if found.get(name) != rule:
            yield difference(rehearsal, service, None, (*keys, name), found.get(name), rule)


def _firewall_rules(service: Service, data: dict[str, Any]) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Where a service gives its firewall rules, and what arrived of them."""
    if key := service.firewall_hiera:
        return ("config_settings", key), (data.get("config_settings") or {}).get(key) or {}
    tasks = data.get("host_prep_tasks") or []  # the chain hands them to the role tripleo_firewall
    return ("firewall_rules",), next(
        (task["vars"]["tripleo_firewall_rules"] for task in tasks if "tripleo_firewall_rules" in str(task)),
        {},
    )


def _of_container(
    rehearsal: Rehearsal, service: Service, container: Container, data: dict[str, Any]
) -> Iterator[EngineFinding]:
    steps = {
        step: named[container.name]
        for step, named in data["docker_config"].items()
        if container.name in named
    }
    wanted = f"step_{container.step}"
    if wanted not in steps:
        keys = ("docker_config", *steps, container.name)
        found = " and ".join(steps) or "no step"
        yield difference(rehearsal, service, container, keys, found, wanted)
    for step, running in steps.items():
        place = ("docker_config", step, container.name)
        for key, value in _expected(service, container).items():
            found = running.get(key, KEYS[key].absent if key in KEYS else None)
            if found != value:
                yield difference(rehearsal, service, container, (*place, key), found, value)
    yield from _of_kolla(rehearsal, service, container, data)


def _expected(service: Service, container: Container) -> dict[str, Any]:
    own = service.image.parameters if service.image else []
    image = container.image or (service.image.reference if service.image else "")
    # what the parameter of another image is set to is no matter of the answers
    of_others = not container.image and container.image_parameter not in own
    values = {key: container.key(key) for key in IN_ROLE_DATA}
    kept = {
        key: value
        for key, value in values.items()
        if value not in (None, "", [], {}) and not _templated(key, value)
    }
    further = {key: value for key, value in container.extra.items() if not _templated(key, value)}
    return kept | further | ({} if of_others else {"image": image})


def _templated(key: str, value: Any) -> bool:
    if is_function(value):
        return True
    is_map = isinstance(value, dict) and (key not in KEYS or KEYS[key].form == "map")
    return any(map(templated, value.values() if is_map else [value]))


def templated(value: Any) -> bool:
    """Whether Heat works VALUE out, or a part of it: what becomes of it is no matter of the answers."""
    return isinstance(value, dict) or (isinstance(value, list) and any(map(templated, value)))


def said(rehearsal: Rehearsal, service: Service, container: Container) -> set[str]:
    """The keys of a container that the answers give expressly, or that follow from its kernel module."""
    asked = rehearsal.answers_of(service)
    always = {"image", *container.extra}
    for further in asked.containers:
        if further.name == container.name:
            return always | further.plain.keys()
    if container.name != service.name.snake:
        return always | LOADING | {"step"}
    of_service = (ServiceAnswers.privileged, ServiceAnswers.cap_add, ServiceAnswers.step)
    return always | {*asked.given(*of_service), *asked.container.plain}


def _of_kolla(
    rehearsal: Rehearsal, service: Service, container: Container, data: dict[str, Any]
) -> Iterator[EngineFinding]:
    """What a container runs; that the file is one that kolla can read is kolla's own matter."""
    if not container.kolla_command:
        return
    path = container.kolla_config
    found = (data.get("kolla_config") or {}).get(path)
    command = found.get("command") if isinstance(found, dict) else None
    if command and command != container.kolla_command and not templated(container.kolla_command):
        keys = ("kolla_config", path, "command")
        yield difference(rehearsal, service, container, keys, command, container.kolla_command)


def _of_scripts(rehearsal: Rehearsal, service: Service, data: dict[str, Any]) -> Iterator[EngineFinding]:
    section = rehearsal.release.tripleo.config_scripts.section
    scripts = data.get(section) or {}
    for script in service.scripts:
        found = scripts.get(script.name) or {}
        content = str(found.get("content", ""))
        if not content and scripts:
            saw = f"{script.name} is never written to the hosts, so nothing can be mounted from there"
            yield EngineFinding(saw, *rehearsal.place(service, section))
        elif content and f"exec {script.exec or 'sleep infinity'}" not in content:
            saw = (
                f"{script.name} does not end in exec {script.exec or 'sleep infinity'}, which the answers say"
            )
            place = rehearsal.place(service, section, script.name, "content")
            yield EngineFinding(saw, *place, severity="difference")


def difference(
    rehearsal: Rehearsal,
    service: Service,
    container: Container | None,
    keys: tuple[str, ...],
    found: Any,
    wanted: Any,
) -> EngineFinding:
    """The finding that KEYS of role_data say FOUND, where the answers, or their defaults, say WANTED."""
    asked = not container or keys[-1] in said(rehearsal, service, container)
    source = "the answers say" if asked else "the answers leave the default,"
    saw = f"{'.'.join(keys)} is {_shown(found)}; {source} {_shown(wanted)}"
    place = rehearsal.place(service, *keys)
    if container and keys[-1] == "image" and unbuilt(rehearsal, service, found):
        near = mentioned(rehearsal.root, [rehearsal.environment], found)
        return EngineFinding(f"{saw}: no such image is built here", *near)
    lost = {*f"{wanted}".split(",")} - {*f"{found}".split(","), ""}
    if container and asked and lost and keys[-1] in LOADING and loads(service, container):
        return EngineFinding(f"{saw}: the kernel module is not loaded otherwise", *place)
    return EngineFinding(saw, *place, severity="difference")


def loads(service: Service, container: Container) -> bool:
    """Whether CONTAINER is the one that loads the kernel module of SERVICE."""
    kinds = {script.name: script.kind for script in service.scripts}
    return kinds.get(container.script) in ("loader", "load_and_run")


def unbuilt(rehearsal: Rehearsal, service: Service, found: Any) -> bool:
    """Whether FOUND is an image of the vendor's by its name, that no Makefile of the repository builds."""
    own = service.image.reference if service.image else ""
    if not own or not isinstance(found, str) or _named(found) != _named(own):
        return False
    return not any(found in line for line in lines(rehearsal.root / "Makefile"))


def _named(reference: str) -> str:
    """An image without its tag or digest."""
    head, slash, name = reference.rpartition("/")
    return head + slash + re.split("[:@]", name)[0]


def _shown(value: Any) -> str:
    return "nothing" if value in (None, "", []) else _text(value)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
