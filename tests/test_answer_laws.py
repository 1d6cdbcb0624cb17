"""Laws of all answers: what `new` takes, `check` finds no error in; and no answer is without an effect."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from scaffold import answers, fields
from scaffold.answers import Path
from scaffold.documents import parsed
from scaffold.errors import AnswersError
from scaffold.fields.shapes import (
    Boolean,
    Choice,
    Free,
    Group,
    Integer,
    ListOf,
    MapOf,
    OneOf,
    Setting,
    Shape,
    Text,
)
from scaffold.lint import engine
from scaffold.lint.problems import Problem, Severity
from scaffold.lint.repository import Repository, stored
from scaffold.pipeline import Plan, plan
from scaffold.resolve import checked
from scaffold.rules import RULES
from scaffold.tree import File

from .answers_strategies import known, meetings

MANY = settings(
    max_examples=int(os.environ.get("VENDOR_SCAFFOLD_LAWS", "100")),
    deadline=None,
    database=None,
    derandomize="VENDOR_SCAFFOLD_LAWS" not in os.environ,  # an everyday run is the same each time
    suppress_health_check=list(HealthCheck),
)


def taken(asked: dict[str, Any]) -> Plan:
    """What is planned of ASKED once every answer that is refused, each with its place, is taken away."""
    document = answers.load(json.dumps(asked, indent=1, ensure_ascii=False), "answers.yaml")
    for _ in range(100):
        try:
            return plan(checked(document))
        except AnswersError as error:
            for fault in error.faults:
                assert fault.path, fault
                assert fault.place.startswith("answers.yaml"), fault
            before, document = document, document.without_refused(error.faults)
            if document == before:  # what is refused was not said: the service goes
                assume(len(document.services) > 1)
                document = document.with_services(document.services[:1])
    raise AssertionError("answers that are right are left")


def errors(made: Plan) -> list[Problem]:
    """What `check` calls an error in MADE, as it would be on disk."""
    documents = tuple(parsed(path, file.content.decode()) for path, file in made.rendered.items())
    release = made.repo.release.name
    whole = Repository(documents, release, stored(made.answers_text), names=frozenset(made.rendered))
    found = engine.problems(whole, [rule for rule in RULES.values() if not rule.opt_in])
    return [problem for problem in found if problem.severity is Severity.ERROR]


@given(asked=meetings())
@MANY
def test_what_new_takes_check_finds_no_error_in(asked: dict[str, Any]) -> None:
    made = taken(asked)
    assert not errors(made), f"{made.answers_text}\n{errors(made)}"


# --- every answer has an effect, or is refused

SERVICE = {"service_name": "acme-agent"}
SWAP = SERVICE | {"integration": "image", "base_image": "cinder-volume"}
RPMS = {"rpm_files": ["acme.rpm"]}


def several(build: str, install: dict[str, Any]) -> dict[str, Any]:
    image = {"base_image": "cinder-volume", "install": install}
    return SERVICE | {"integration": "image", "build": build, "images": [image]}


HOST = SERVICE | {"kernel_module": {"name": "acme", "delivery": "host", "packages": ["kmod-acme"]}}
COPIES = {"config_files": [{"source": "/a", "dest": "/b", "owner": "root"}]}
CONTEXTS: tuple[dict[str, Any], ...] = (  # in one of these each answer can be said
    {"services": [SERVICE | {"install": {"packages": ["acme"], "pip": ["acme==1"]}}]},
    {"services": [SERVICE | {"parameters": {"AcmePassword": {"type": "string"}}}]},
    {"release": "train", "services": [SWAP]},
    {"release": "train", "services": [SWAP | {"build": "kolla", "install": RPMS}]},
    {"release": "train", "services": [SWAP | {"build": "prepare", "install": RPMS}]},
    {"release": "train", "services": [several("layer", {"packages": ["acme"], "pip": ["acme==1"]})]},
    {"release": "train", "services": [several("prepare", RPMS)]},
    {"release": "train", "services": [several("kolla", RPMS)]},
    {"release": "queens", "services": [SERVICE]},
    {"services": [HOST]},
    {"services": [SERVICE | {"privileged": True, "kernel_module": {"name": "acme"}}]},
    {"services": [SERVICE | {"containers": [{"name": "acme_side", "command": "/usr/bin/side"}]}]},
    {"services": [SERVICE | {"containers": [{"name": "acme_init", "detach": False, "command": ["init"]}]}]},
    {"services": [SERVICE | {"puppet_config": {"step_config": "include acme", "config_volume": "acme"}}]},
    {"release": "train", "services": [SERVICE]},
    {"services": [SERVICE | {"kolla": COPIES}]},
    {"services": [SERVICE | {"containers": [{"name": "acme_side", "command": "side", "kolla": COPIES}]}]},
    {"services": [SERVICE | {"roles": ["Compute"], "wraps": {"service": "CinderVolume"}}]},
)
WITHOUT_EFFECT = {
    "schema": "says in which form the file is, and there is one",
    "keep": "is about the vendor's own files: tests/test_update_vendor.py",
    "services.0.renamed_from": "is about an update: tests/test_update_names.py",
}


def answers_in(
    shape: Shape, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Shape]]:
    """Every declared answer within SHAPE, by its path; 0 for an item of a list, a name for one of a map."""
    match shape:
        case Group(fields=declared):
            for name, field in declared.items():
                yield (*path, name), field.shape
                yield from answers_in(field.shape, (*path, name))
        case ListOf(item=item):
            yield from answers_in(item, (*path, 0))
        case MapOf(key=key, value=value):
            yield from answers_in(value, (*path, key.example))


def least(shape: Shape) -> Any:
    """What must be said where SHAPE is."""
    match shape:
        case Group(fields=declared):
            return {name: least(field.shape) for name, field in declared.items() if field.required}
        case ListOf(item=item):
            return [least(item)]
        case Choice(values=words):
            return words[0]
    return shape.kind.example if isinstance(shape, Text) else {}


def saying(known: Any, shape: Shape, path: Path, value: Any) -> Any:
    """KNOWN answers with VALUE at PATH, and what must be said around it."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    match shape:
        case Group(fields=declared):
            around = least(shape) | (known or {})
            return around | {key: saying(around.get(key), declared[str(key)].shape, rest, value)}
        case MapOf(value=inner):
            return (known or {}) | {key: saying((known or {}).get(key), inner, rest, value)}
        case ListOf(item=item):
            return [saying((known or [None])[0], item, rest, value), *(known or [])[1:]]
    raise AssertionError(shape)


@cache
def written(asked: str) -> dict[str, File] | None:
    """What is written of ASKED; nothing where it is refused."""
    try:
        return plan(checked(answers.load(asked, "answers.yaml"))).rendered
    except AnswersError:
        return None


EVERY = {".".join(map(str, path)): (path, shape) for path, shape in answers_in(fields.ANSWERS)}


def samples(shape: Shape) -> list[Any]:
    """Some values of SHAPE, no two the same."""
    match shape:
        case Choice(values=words):
            return [*words]
        case Boolean():
            return [True, False]
        case Integer(least=lowest, most=highest):
            return [highest, lowest]
        case ListOf(item=item):
            return [[one] for one in samples(item)[:3]]
        case MapOf(key=key, value=value):
            return [{name: one} for name in known(key) for one in samples(value)[:3]]
        case OneOf(shapes=shapes):
            return [one for inner in shapes for one in samples(inner)]
        case Free():
            return ["acme", 7, {"acme": 7}]
        case Text(kind=kind) | Setting(kind=kind):
            return known(kind)
        case Group(fields=declared):
            required = least(shape)
            more = {name: samples(field.shape)[0] for name, field in declared.items()}
            return [required | {name: one} for name, one in more.items()]
    raise AssertionError(shape)


def change(name: str) -> str:
    """Empty where the answer NAME changes what is written in one of CONTEXTS, or else what is wrong."""
    path, shape = EVERY[name]
    taken = False
    for context in CONTEXTS:
        before = written(json.dumps(context))
        for value in samples(shape):
            found = written(json.dumps(saying(context, fields.ANSWERS, path, value)))
            taken = taken or found is not None
            if found is not None and found != before:
                return ""
    return "is taken, and changes nothing" if taken else "is refused wherever it is said"


@pytest.mark.parametrize("name", sorted(EVERY.keys() - WITHOUT_EFFECT.keys()))
def test_every_answer_has_an_effect(name: str) -> None:
    assert not change(name), f"{name} {change(name)}"


@pytest.mark.parametrize("name", WITHOUT_EFFECT)
def test_what_has_no_effect_is_listed_for_a_reason_that_holds(name: str) -> None:
    assert change(name), name


# --- no documented default is false


def documented(field: fields.Field) -> Any:
    """The default of FIELD, where what is documented is a value and no sentence."""
    said = field.otherwise
    match field.shape:
        case Boolean() if said in ("true", "false"):
            return said == "true"
        case Integer() if said.isdecimal():
            return int(said)
        case Choice(values=words) if said in words:
            return said
        case ListOf() if said == "none":
            return []
        case MapOf() if said == "none":
            return {}
    return field.default


def fields_in(shape: Shape, path: Path = ()) -> Iterator[tuple[Path, fields.Field]]:
    """Every declared answer with a documented default, as `answers_in`."""
    match shape:
        case Group(fields=declared):
            for name, field in declared.items():
                if not field.required and documented(field) is not None:
                    yield (*path, name), field
                yield from fields_in(field.shape, (*path, name))
        case ListOf(item=item):
            yield from fields_in(item, (*path, 0))
        case MapOf(key=key, value=value):
            yield from fields_in(value, (*path, key.example))


DOCUMENTED = {".".join(map(str, path)): (path, field) for path, field in fields_in(fields.ANSWERS)}
# what is said expressly is written: kolla has the same default; an `install` that is said brings no program
WRITTEN = ("install", "config_files", "permissions")


@pytest.mark.parametrize("name", [name for name, (path, _) in DOCUMENTED.items() if not {*path} & {*WRITTEN}])
def test_no_documented_default_is_false(name: str) -> None:
    path, field = DOCUMENTED[name]
    for context in CONTEXTS:
        said = saying(context, fields.ANSWERS, path, documented(field))
        silent = copy.deepcopy(said)
        around = silent
        for key in path[:-1]:
            around = around[key]
        del around[path[-1]]
        before, found = written(json.dumps(silent)), written(json.dumps(said))
        if before is not None and found is not None and not (set(path) & {"images"}):
            differ = [one for one in found if found[one] != before.get(one)]
            assert not differ, (context, documented(field))
