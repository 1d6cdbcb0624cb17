"""What the laws of all answers have in common: answers that are taken, what is written, values to try."""

from __future__ import annotations

import json
import os
from functools import cache
from typing import Any

from hypothesis import HealthCheck, assume, settings

from scaffold import answers, fields
from scaffold.answers import AnswersDocument, Path
from scaffold.documents.directory import of_tree
from scaffold.errors import AnswersError
from scaffold.fields import values
from scaffold.fields.asked import all_of
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

from .answers_strategies import known

MANY = settings(
    max_examples=int(os.environ.get("VENDOR_SCAFFOLD_LAWS", "100")),
    deadline=None,
    database=None,
    derandomize="VENDOR_SCAFFOLD_LAWS" not in os.environ,  # an everyday run is the same each time
    suppress_health_check=list(HealthCheck),
)

WITHOUT_EFFECT = {
    "schema": "says in which form the file is, and there is one",
    "keep": "is about the vendor's own files: tests/test_update_vendor.py",
    "services.0.renamed_from": "is about an update: tests/test_update_names.py",
}
OF_IMAGES = (
    "says where images come from or go to; a repository of configuration alone keeps it for its first image"
)
AT_TIMES = {  # has an effect, but not beside all others
    **dict.fromkeys(("registry", "namespace", "base_registry", "base_namespace", "base_tag"), OF_IMAGES),
    **dict.fromkeys(("container_engine", "maintainer"), OF_IMAGES),
    "services.0.base_user": "is what the stock image says; a layer that runs nothing as root leaves it alone",
    "single_node": "puts services on the role Standalone; one in place of a stock service is where that is",
}


def taken(asked: dict[str, Any]) -> Plan:
    """What is planned of ASKED once every answer that is refused, each with its place, is taken away."""
    return accepted(asked)[1]


def accepted(asked: dict[str, Any]) -> tuple[AnswersDocument, Plan]:
    """The answers that are left of ASKED once those that are refused are taken away, and what they make."""
    document = answers.load(json.dumps(asked, indent=1, ensure_ascii=False), "answers.yaml")
    for _ in range(100):
        try:
            return document, plan(checked(document))
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
    documents = of_tree(made.rendered)
    release = made.repo.release.name
    whole = Repository(documents, release, stored(made.answers_text), names=frozenset(made.rendered))
    found = engine.problems(whole, [rule for rule in RULES.values() if not rule.opt_in])
    return [problem for problem in found if problem.severity is Severity.ERROR]


def least(shape: Shape) -> Any:
    """What must be said where SHAPE is."""
    match shape:
        case Group(fields=declared):
            return {name: least(field.shape) for name, field in declared.items() if field.required}
        case ListOf(item=item):
            return [least(item)]
        case Choice(values=words):
            return words[0]
        case OneOf(shapes=shapes):
            return least(shapes[0])
    return shape.kind.example if isinstance(shape, Text) else {}


def saying(before: Any, shape: Shape, path: Path, value: Any) -> Any:
    """The answers BEFORE with VALUE at PATH, and what must be said around it."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    match shape:
        case Group(fields=declared):
            around = least(shape) | (before or {})
            return around | {key: saying(around.get(key), declared[str(key)].shape, rest, value)}
        case MapOf(value=inner):
            return (before or {}) | {key: saying((before or {}).get(key), inner, rest, value)}
        case ListOf(item=item):
            items = all_of(before or [None])
            return [saying(items[0], item, rest, value), *items[1:]]
    raise AssertionError(shape)


@cache
def written(asked: str) -> dict[str, File] | None:
    """What is written of ASKED; nothing where it is refused."""
    try:
        return plan(checked(answers.load(asked, "answers.yaml"))).rendered
    except AnswersError:
        return None


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
            return [[one] for one in samples(item)[:4]]
        case MapOf(
            key=values.BACKEND, value=MapOf(value=option)
        ):  # of cinder, and of manila, with all it needs
            share = {"share_driver": "acme.Driver"}
            both = [share | {"driver_handles_share_servers": one} for one in (True, False)]
            of_cinder = [{name: one} for name in known(values.OPTION) for one in samples(option)[:3]]
            return [{values.BACKEND.example: one} for one in (*of_cinder, *both)]
        case MapOf(key=key, value=value):
            return [{name: one} for name in known(key) for one in samples(value)[:3]]
        case OneOf(shapes=shapes):
            return [one for inner in shapes for one in samples(inner)]
        case Free():
            return ["acme", 7, {"acme": 7}, {"name": "acme", "debug": {"msg": "acme"}}]  # the last is a task
        case Text(kind=kind) | Setting(kind=kind):
            return known(kind)
        case Group(fields=declared):
            required = least(shape)
            more = {name: samples(field.shape)[0] for name, field in declared.items()}
            return [required | {name: one} for name, one in more.items()]
    raise AssertionError(shape)


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


def is_of_answers(shape: Shape) -> bool:
    """Whether SHAPE holds answers that are declared themselves: each of these has its own effect."""
    match shape:
        case ListOf(item=inner) | MapOf(value=inner):
            return is_of_answers(inner)
    return isinstance(shape, Group)
