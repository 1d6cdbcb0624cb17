"""Laws of all answers: what `new` takes, `check` finds no error in; and no answer is without an effect."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given

from scaffold import fields
from scaffold.answers import Path
from scaffold.fields.shapes import (
    Group,
    ListOf,
    MapOf,
    Shape,
)

from .answers_strategies import meetings
from .laws import MANY, WITHOUT_EFFECT, documented, errors, is_of_answers, samples, saying, taken, written


@given(asked=meetings())
@MANY
def test_what_new_takes_check_finds_no_error_in(asked: dict[str, Any]) -> None:
    made = taken(asked)
    assert not errors(made), f"{made.answers_text}\n{errors(made)}"


# --- every answer has an effect, or is refused

SERVICE = {"service_name": "acme-agent"}
SWAP = SERVICE | {"integration": "image", "base_image": "cinder-volume"}
RPMS = {"rpm_files": ["acme.rpm"]}
FILES = (
    {"source": "a.patch"},
    {"source": "a.tar", "to": "/a"},
    {"source": "a.py", "into": "cinder"},
    {"url": "https://acme.example/a.tar", "sha256": "0" * 64, "to": "/a"},
)


def several(build: str, install: dict[str, Any]) -> dict[str, Any]:
    image = {"base_image": "cinder-volume"} | ({"install": install} if install else {})
    return SERVICE | {"integration": "image", "build": build, "images": [image]}


HOST = SERVICE | {"kernel_module": {"name": "acme", "delivery": "host", "packages": ["kmod-acme"]}}
ML2 = {
    "service": "NeutronCorePlugin",
    "template": "deployment/neutron/neutron-plugin-ml2.yaml",
    "sections": ["metadata_settings"],
}
COPIES = {"config_files": [{"source": "/a", "dest": "/b", "owner": "root", "perm": "0644"}]}
CONTEXTS: tuple[dict[str, Any], ...] = (  # in one of these each answer can be said
    {"services": [SERVICE | {"install": {"packages": ["acme"], "pip": ["acme==1"]}}]},
    {"services": [SERVICE | {"parameters": {"AcmePassword": {"type": "string"}}}]},
    {"release": "train", "services": [SWAP]},
    {"release": "train", "services": [SWAP | {"build": "kolla", "install": RPMS}]},
    {"release": "train", "services": [SWAP | {"build": "prepare", "install": RPMS}]},
    {"release": "train", "services": [several("layer", {"packages": ["acme"], "pip": ["acme==1"]})]},
    {"release": "train", "services": [several("prepare", RPMS)]},
    {"release": "train", "services": [several("layer", {})]},
    *({"services": [SWAP | {"install": {"files": [file]}}]} for file in FILES),
    *({"services": [several("layer", {"files": [file]})]} for file in FILES),
    *({"all_images": {"install": {"files": [file]}}, "services": [SWAP]} for file in FILES),
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
    {"services": [SERVICE | {"roles": ["Controller"], "wraps": [ML2]}]},
    {"services": [{"service_name": "acme-options", "integration": "environment"}]},
)


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


EVERY = {".".join(map(str, path)): (path, shape) for path, shape in answers_in(fields.ANSWERS)}


def change(name: str) -> str:
    """Empty where the answer NAME changes what is written, said or not and by its values; else what is wrong.

    In one of CONTEXTS each. No values are told apart of what holds answers, or where one alone is right.
    """
    path, shape = EVERY[name]
    taken = said = several = apart = False
    for context in CONTEXTS:
        before = written(json.dumps(context))
        made: list[Any] = []
        for value in samples(shape):
            found = written(json.dumps(saying(context, fields.ANSWERS, path, value)))
            made += [found] if found is not None else []
            taken, said = taken or bool(made), said or found not in (None, before)
            several, apart = several or len(made) > 1, apart or any(one != made[0] for one in made)
            if said and apart:
                return ""
    if said and (not several or is_of_answers(shape)):
        return ""
    wrong = "makes the same of each value" if said else "is taken, and changes nothing"
    return wrong if taken else "is refused wherever it is said"


@pytest.mark.parametrize("name", sorted(EVERY.keys() - WITHOUT_EFFECT.keys()))
def test_every_answer_has_an_effect(name: str) -> None:
    assert not change(name), f"{name} {change(name)}"


@pytest.mark.parametrize("name", WITHOUT_EFFECT)
def test_what_has_no_effect_is_listed_for_a_reason_that_holds(name: str) -> None:
    assert change(name), name


# --- no documented default is false


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
