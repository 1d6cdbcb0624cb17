"""What containers are asked, held to what starts them in the release: alone, and with what is beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from scaffold.errors import Fault
from scaffold.fields.container_parts import AnyContainerAnswers, FurtherContainerAnswers, KollaAnswers
from scaffold.releases import container_keys
from scaffold.resolve.consistency.subject import Path, ServiceConstraint, Subject
from scaffold.tripleo.containers import KEYS, VOLUME_OPTIONS
from scaffold.tripleo.heat import is_function
from scaffold.tripleo.kolla import STRATEGIES, STRATEGY

_SECONDS = re.compile(r"[0-9.]+|(?=.)([0-9.]+h)?([0-9.]+m)?([0-9.]+s)?([0-9.]+ms)?([0-9.]+us)?")
_STAYS = ("always", "unless-stopped", "on-failure")
_UNITS = (
    "service",
    "socket",
    "device",
    "mount",
    "automount",
    "swap",
    "target",
    "path",
    "timer",
    "slice",
    "scope",
)


def asked_containers(service: Subject) -> Iterator[tuple[Path, AnyContainerAnswers]]:
    """The answers about each container of SERVICE, and their place."""
    if service.integration == "service":
        yield ("container",), service.own.container
        for index, one in enumerate(service.own.containers):
            yield ("containers", index), one


def read(service: Subject) -> Iterator[Fault]:
    """Each key is one that the release reads, in the form and with the values that it takes."""
    release = service.release
    known = container_keys(release.name).read | {"cap_add"}  # whose own constraint names a way out
    for at, asked in asked_containers(service):
        for key in KEYS:
            if asked.plain.get(key) and key not in known:
                yield service.at((*at, key), f"{release.name} ignores it; leave it out")
        options = asked.security_opt if isinstance(asked.security_opt, list) else []
        single = release.tripleo.security_opt_form == "string"
        if len(options) > 1 and single and "list" not in release.tripleo.security_opt_also:
            yield service.at((*at, "security_opt"), f"{release.name} takes one option only")
        for index, unit in enumerate(asked.depends_on if not release.tripleo.bare_units else ()):
            if unit.rpartition(".")[2] not in _UNITS:
                message = f"systemd ignores a unit without a suffix; write {unit}.service"
                yield service.at((*at, "depends_on", index), message)


def passed(service: Subject) -> Iterator[Fault]:
    """What is passed on to the main container is read in the release, and has the form that it takes."""
    further = service.own.extra.container if service.integration == "service" else {}
    keys = container_keys(service.release.name)
    for key, value in further.items():
        path = ("extra", "container", key)
        form = keys.forms.get(key, "")
        if key == "detach" and value is False:
            message = "the main container stays, and the deployment would wait for its end; write containers"
            yield service.at(path, message)
        elif key in keys.of_others:
            way_out = f"write {keys.instead[key]}" if key in keys.instead else "leave it out"
            yield service.at(path, f"{service.release.name} ignores it; {way_out}")
        elif form and not is_function(value) and not fits(form, value):
            yield service.at(path, f"must be {_WORDS[form]}: {service.release.name} takes nothing else")


def fits(form: str, value: Any) -> bool:
    """Whether VALUE is of FORM, in the words of the table of keys."""
    return _FORMS[form](value)


_WORDS = {
    "truth": "true or false",
    "number": "a number",
    "text": "text, in quotes",
    "list": "a list",
    "texts": "a list of texts, or one text",
    "map": "a map",
    "seconds": "seconds, or a text like 1m30s",
}


def _single(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _list(value: Any) -> bool:
    return isinstance(value, list) and all(_single(one) or is_function(one) for one in value)


_FORMS: dict[str, Callable[[Any], bool]] = {
    "truth": lambda value: isinstance(value, bool),
    "number": lambda value: _single(value) and re.fullmatch("-?[0-9]+", str(value)) is not None,
    "text": lambda value: _single(value) and not isinstance(value, float),
    "list": _list,
    "texts": lambda value: isinstance(value, str) or _list(value),
    "map": lambda value: isinstance(value, dict),
    "seconds": lambda value: _single(value) and _SECONDS.fullmatch(str(value)) is not None,
}


def restarts(service: Subject) -> Iterator[Fault]:
    """What is restarted stays; what the deployment waits for ends."""
    release = service.release
    for at, asked in asked_containers(service):
        wanted = asked.restart if asked.says(AnyContainerAnswers.restart) else None
        waits = isinstance(asked, FurtherContainerAnswers) and not asked.detach
        if waits and wanted in _STAYS:
            message = (
                "the deployment waits for its end, and it would start again; leave it out, or detach: true"
            )
            yield service.at((*at, "restart"), message)
        elif wanted and wanted not in release.tripleo.restarts:
            message = f"{release.name} starts such a container once, and never again; write always"
            yield service.at((*at, "restart"), message)


def variables(service: Subject) -> Iterator[Fault]:
    """A variable arrives, and kolla knows its strategy."""
    for at, asked in asked_containers(service):
        for name, value in asked.environment.items():
            for path in _truths(value, (*at, "environment", name)):
                yield service.at(
                    path, "quote it: a variable is text, and Heat would make True or False of it"
                )
            if value == "" and not service.release.tripleo.empty_variables:
                message = f"{service.release.name} passes no empty variable on; leave it out"
                yield service.at((*at, "environment", name), message)
            elif name == STRATEGY and isinstance(value, str) and value not in STRATEGIES:
                message = f"must be {' or '.join(STRATEGIES)}, or kolla_set_configs ends"
                yield service.at((*at, "environment", name), message)


def _truths(value: Any, path: Path) -> Iterator[Path]:
    """Where a function of Heat chooses true or false for a text."""
    if is_function(value) and "if" in value and isinstance(value["if"], list):
        for index, one in enumerate(value["if"][1:], 1):
            if isinstance(one, bool):
                yield (*path, "if", index)
            yield from _truths(one, (*path, "if", index))


def copies(service: Subject) -> Iterator[Fault]:
    """kolla gives a copy the owner that is said, or all that its source has."""
    own = service.own
    if service.integration != "service":
        return
    found: list[tuple[Path, KollaAnswers]] = [(("kolla",), own.kolla)]
    found += [(("containers", index, "kolla"), one.kolla) for index, one in enumerate(own.containers)]
    for at, kolla in found:
        for index, file in enumerate(kolla.config_files):
            path = (*at, "config_files", index)
            if not file.preserve_properties and not file.owner:
                message = "missing: owner, without which kolla_set_configs ends; or preserve_properties: true"
                yield service.at(path, message)
            for key in ("owner", "perm") if file.preserve_properties else ():
                if key in file.plain:
                    message = "preserve_properties keeps that of the source; leave one of them out"
                    yield service.at((*path, key), message)


def volumes(service: Subject) -> Iterator[Fault]:
    """The options of a volume are the engine's, and of those that exclude each other there is one."""
    engine = service.whole.asked.container_engine or service.release.container_engines[0]
    found: list[tuple[Path, list[Any]]] = [
        ((*at, "volumes"), asked.volumes) for at, asked in asked_containers(service)
    ]
    if service.own.puppet_config and service.templated:
        found.append((("puppet_config", "volumes"), service.own.puppet_config.volumes))
    for path, listed in found:
        for index, volume in enumerate(listed):
            if isinstance(volume, str) and (reason := _mixed(engine, volume)):
                yield service.at((*path, index), reason)


def _mixed(engine: str, volume: str) -> str:
    """What is wrong with the options of VOLUME for ENGINE."""
    asked = ":".join(volume.split(":")[2:]).split(",") if volume.count(":") > 1 else []
    groups = VOLUME_OPTIONS[engine]
    if other := next((one for one in asked if not any(one in group for group in groups)), ""):
        return f"{engine} knows no option {other}; leave it out"
    several = next(([one for one in asked if one in group] for group in groups if _several(asked, group)), [])
    return f"{engine} takes one of {' and '.join(several)}; leave the others out" if several else ""


def _several(asked: list[str], group: tuple[str, ...]) -> bool:
    return sum(one in group for one in asked) > 1


OF_SERVICE: tuple[ServiceConstraint, ...] = (read, passed, restarts, variables, copies, volumes)
