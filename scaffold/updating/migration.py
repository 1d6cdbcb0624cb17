"""Answers that move to another release: what followed the old release follows the new one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scaffold import catalogue, releases
from scaffold.answers import AnswersDocument, check
from scaffold.answers.editing import value
from scaffold.answers.nodes import AnswerList, AnswerMap, AnswerNode, AnswerScalar
from scaffold.answers.partial import UnknownError
from scaffold.errors import AnswersError
from scaffold.fields import RepositoryAnswers
from scaffold.fields.asked import Trait
from scaffold.releases import cloud
from scaffold.resolve.completing import with_defaults
from scaffold.resolve.images import tags

_IMAGE = re.compile(r"(?:Docker|Container)([A-Z]\w*Image)")


def release_of(values: dict[str, Any]) -> str:
    """The release of TripleO that the answers VALUES are for."""
    asked = RepositoryAnswers(values).release
    return releases.RHOSP.get(asked, asked)


def backward(applied: dict[str, Any], target: dict[str, Any]) -> str:
    """Why going from the APPLIED answers to TARGET is a step back; empty where it is none."""
    old, new = release_of(applied), release_of(target)
    if releases.NAMES.index(new) >= releases.NAMES.index(old):
        return ""
    return f"release {new} is older than {old}, which this repository was made for"


def moved(target: AnswersDocument, applied: dict[str, Any]) -> AnswersDocument:
    """TARGET with what the release decided, and nobody changed, as its own release decides it.

    APPLIED: the checked answers that were applied last. Registries, engine and base that were the old
    release's default become the new one's; names of image parameters take the new release's prefix.
    """
    try:
        asked = RepositoryAnswers(check(target, whole=False).values)
        release = release_of(asked.plain)
        if release == release_of(applied) or not asked.services:
            return target
        target = _renamed(_followed(target, asked, RepositoryAnswers(applied)), release)
        return _wrapping(target, release_of(applied), release)
    except (AnswersError, UnknownError):
        return target  # the check of the whole says what is wrong


def _followed(
    target: AnswersDocument, asked: RepositoryAnswers, applied: RepositoryAnswers
) -> AnswersDocument:
    """TARGET where each answer that was the old release's default is the new one's.

    The distribution stays, except that a version of RHOSP is RHOSP.
    """
    following = dict(applied.having(Trait.FOLLOWS_RELEASE))
    same = {key for key, one in asked.having(Trait.FOLLOWS_RELEASE) if one == following.get(key)}
    kept = {key: one for key, one in asked.plain.items() if key not in same}
    if asked.release in releases.RHOSP and asked.distribution == applied.distribution:
        kept["distribution"] = "rhosp"
        target = target.with_settings(["distribution=rhosp"]) if asked.distribution else target
    names = RepositoryAnswers.named(Trait.FOLLOWS_RELEASE)
    new = with_defaults(kept).named(names)
    old = with_defaults({key: one for key, one in applied.plain.items() if key not in following}).named(names)
    for key in names:
        if key in same and following[key] == old[key]:
            target = target.with_settings([f"{key}={new[key]}"])
    return target


def _renamed(target: AnswersDocument, release: str) -> AnswersDocument:
    prefix = releases.load(release).tripleo.image_parameter_prefix
    for keys, table in list(_parameter_maps(target)):
        for name, node in table.entries.items():
            image = _IMAGE.fullmatch(name)
            if image and name != prefix + image[1]:
                target = target.without(*keys, name)
                target = target.with_settings([f"{'.'.join(keys)}.{prefix}{image[1]}={value(node)}"])
    for keys, name in list(_named_images(target)):
        image = _IMAGE.fullmatch(name)
        if image and name != prefix + image[1]:
            target = target.with_settings([f"{'.'.join(keys)}={prefix}{image[1]}"])
    return target


def _wrapping(target: AnswersDocument, before: str, release: str) -> AnswersDocument:
    """TARGET with the templates of stock services that it takes in as RELEASE has them."""
    for keys, path in list(_templates(target)):
        new = _counterpart(path, before, release)
        if new != path:
            target = target.with_settings([f"{'.'.join(keys)}={new}"])
    return target


def _templates(target: AnswersDocument) -> Iterator[tuple[tuple[str, ...], str]]:
    """The templates that services name, each with its place."""
    for index, service in enumerate(target.services):
        wraps = _entry(service, "wraps")
        listed = isinstance(wraps, AnswerList)
        for at, one in enumerate(wraps.nodes if isinstance(wraps, AnswerList) else [wraps]):
            template = _entry(one, "template")
            if isinstance(template, AnswerScalar):
                inner = (str(at),) if listed else ()
                yield ("services", str(index), "wraps", *inner, "template"), str(value(template))


def _counterpart(path: str, before: str, release: str) -> str:
    """The template of RELEASE for the stock service that has PATH in BEFORE; PATH where none is known."""
    for service in catalogue.load(before).templates:
        old, new = cloud.pair(before, service), cloud.pair(release, service)
        if old and new and path in (old.pacemaker, *old.plain):
            return new.pacemaker if path == old.pacemaker else new.plain[0]
    templates = catalogue.load(release).templates
    known = (name for name, one in catalogue.load(before).templates.items() if one == path)
    return next((templates[name] for name in known if name in templates), path)


def _named_images(target: AnswersDocument) -> Iterator[tuple[tuple[str, ...], str]]:
    """The parameters that containers name their images by, each with its place."""
    for index, service in enumerate(target.services):
        containers = _entry(service, "containers")
        for at, container in enumerate(containers.nodes if isinstance(containers, AnswerList) else ()):
            named = _entry(_entry(container, "image"), "get_param")
            if isinstance(named, AnswerScalar):
                keys = ("services", str(index), "containers", str(at), "image", "get_param")
                yield keys, str(value(named))


def _entry(node: AnswerNode | None, name: str) -> AnswerNode | None:
    """The entry NAME of a map; None of anything else."""
    return node.entries.get(name) if isinstance(node, AnswerMap) else None


def _parameter_maps(target: AnswersDocument) -> Iterator[tuple[tuple[str, ...], AnswerMap]]:
    for index, service in enumerate(target.services):
        environment = service.entries.get("environment") if isinstance(service, AnswerMap) else None
        if not isinstance(environment, AnswerMap):
            continue
        above = ("services", str(index), "environment")
        for key, inner in environment.entries.items():
            if key == "parameter_defaults" and isinstance(inner, AnswerMap):
                yield (*above, key), inner
            elif key == "role_parameters" and isinstance(inner, AnswerMap):
                yield from (
                    ((*above, key, role), table)
                    for role, table in inner.entries.items()
                    if isinstance(table, AnswerMap)
                )


def kept_tags(before: dict[str, Any], after: dict[str, Any], renamed: Mapping[str, str]) -> list[str]:
    """The tags that stand for images of another release from now on, as --set names them; old name -> new."""
    if RepositoryAnswers(before).release == RepositoryAnswers(after).release:
        return []
    old = _tags(before, renamed)
    return [key for key, tag in _tags(after, {}).items() if old.get(key) == tag]


def _tags(values: dict[str, Any], renamed: Mapping[str, str]) -> dict[str, str]:
    """The tag of each image, by the setting that says it."""
    found: dict[str, str] = {}
    for service in RepositoryAnswers(values).services:
        name = renamed.get(service.service_name, service.service_name)
        found |= tags(service, name)
    return found


def changes(
    before: dict[str, Any], after: dict[str, Any], renamed: Mapping[str, str]
) -> list[tuple[str, Any, Any]]:
    """The answers that differ, as (path, old value, new value); None where one side is silent.

    renamed: service name -> new service name.
    """
    return differences(_named(before, renamed), _named(after, {}))


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Where two maps differ, as (path, old value, new value)."""
    return list(_differences(before, after, ""))


def _named(values: dict[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    """VALUES with the services by their name now."""
    services = {one.service_name: one.plain for one in RepositoryAnswers(values).services or ()}
    return values | {"services": {renamed.get(name, name): one for name, one in services.items()}}


def _differences(before: Any, after: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            inner = f"{path}.{key}" if path else str(key)
            yield from _differences(before.get(key), after.get(key), inner)
    elif before != after:
        yield path, before, after
