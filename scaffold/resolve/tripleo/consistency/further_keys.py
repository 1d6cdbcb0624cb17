"""What is passed on to containers under `extra`: keys without an answer, which the release must read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scaffold.errors import Fault
from scaffold.fields.container_parts import ContainerAnswers, FurtherContainerAnswers
from scaffold.fields.shapes import Group, MapOf, OneOf
from scaffold.releases import container_keys
from scaffold.resolve.consistency.subject import Path, ServiceConstraint, Subject
from scaffold.tripleo.containers import FORMS_IN_WORDS, OF_LOADER, fits
from scaffold.tripleo.heat import is_function

MAIN, LOADER = ("extra", "container"), ("extra", "loader")


def passed_on(service: Subject) -> Iterator[tuple[Path, dict[str, Any], Group | None]]:
    """What containers have besides: its place, its keys, and what the container is asked; no loader is."""
    extra = service.own.extra
    yield MAIN, extra.container, ContainerAnswers.group
    yield LOADER, extra.loader, None
    for index, one in enumerate(service.own.containers):
        yield ("containers", index, "extra"), one.extra, FurtherContainerAnswers.group


def of_some_container(service: Subject) -> Iterator[Fault]:
    """There is a container to pass them on to."""
    extra = service.own.extra
    for path, further in ((MAIN, extra.container), (LOADER, extra.loader)):
        if further and service.integration != "service":
            message = f"integration: {service.integration} has no container of its own; leave it out"
            yield service.at(path, message)
    module = service.loads_by("container")
    if extra.loader and service.integration == "service" and (module is None or module.loader != "separate"):
        message = "there is no loader, which kernel_module: {loader: separate} makes; leave it out"
        yield service.at(LOADER, message)


def of_its_own(service: Subject) -> Iterator[Fault]:
    """No key has an answer of its own, or is the tool's to write."""
    for path, further, answers in passed_on(service) if service.integration == "service" else ():
        for key in sorted(further.keys() & (OF_LOADER if answers is None else {"image", *answers.fields})):
            if answers is None:
                message = f"the loader has its own {key}; leave it out"
            else:
                message = _instead(key, further[key], answers, path)
            yield service.at((*path, key), message)


def _instead(key: str, value: Any, answers: Group, path: Path) -> str:
    """Where the VALUE of KEY belongs that is written for every container."""
    if key not in answers.fields:
        return "set image on the service, for one that exists already; here it would be written twice"
    where = "under container" if path == MAIN else "beside extra"
    shape = answers.fields[key].shape
    if is_function(value) and not (
        isinstance(shape, OneOf) and any(isinstance(one, MapOf) for one in shape.shapes)
    ):
        return f"{key} is set {where}, which takes no function of Heat for it: give it a value there"
    return f"set {key} {where}; here it would be written twice"


def read(service: Subject) -> Iterator[Fault]:
    """Each is read in the release, and has the form that it takes."""
    release, keys = service.release.name, container_keys(service.release.name)
    for path, further, _ in passed_on(service) if service.integration == "service" else ():
        for key, value in further.items():
            form = keys.forms.get(key, "")
            if key == "detach" and value is False:
                message = (
                    "the main container stays, and the deployment would wait for its end; write containers"
                )
                if path == MAIN:
                    yield service.at((*path, key), message)
            elif key in keys.of_others:
                way_out = f"write {keys.instead[key]}" if key in keys.instead else "leave it out"
                yield service.at((*path, key), f"{release} ignores it; {way_out}")
            elif form and not is_function(value) and not fits(form, value):
                message = f"must be {FORMS_IN_WORDS[form]}: {release} takes nothing else"
                yield service.at((*path, key), message)


OF_SERVICE: tuple[ServiceConstraint, ...] = (of_some_container, of_its_own, read)
