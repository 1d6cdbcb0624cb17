"""ANSWERS.md names every answer, as `fields` declares it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold import fields
from scaffold.fields.shapes import (
    Boolean,
    Choice,
    Field,
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
from scaffold.tripleo.heat import GIVING_LIST, GIVING_TEXT, GIVING_TRUTH

from .answering import faults
from .laws import samples
from .test_recipes import declared

REFERENCE = Path(__file__).parent.parent / "ANSWERS.md"
HEAD = """\
# Answers

Every answer of an answers file: its form, what holds where nothing is said, and what it is for.
`vendor-scaffold schema` says the same to editors; `--set` takes each by its path, as `services.0.step=3`
or, where there is one service, `step=3`. This file is made from the declarations that the tool checks with.

A *function of Heat* stands for a value that is known while the cloud is deployed only. It is a map of one
entry, as in `user: {get_param: VendorxUser}`. What gives a text: TEXTS.
A list: LISTS.
True or false: TRUTHS.
The release's Heat must know it. What it names is declared under `parameters` and `conditions`. What `if`,
`list_concat` and `list_concat_unique` show of the values is held to the form of the answer, and what nothing
shows is not judged.
"""
for word, names in (("TEXTS", GIVING_TEXT), ("LISTS", GIVING_LIST), ("TRUTHS", GIVING_TRUTH)):
    HEAD = HEAD.replace(word, ", ".join(f"`{name}`" for name in names))
ROOT = REFERENCE.parent
RECIPES = re.findall(r"```yaml\n(.*?)```", (ROOT / "RECIPES.md").read_text("utf-8"), flags=re.S)
ANSWERS_FILES = [
    *(text for text in RECIPES if text.startswith("vendor:")),
    *(path.read_text("utf-8") for path in sorted(ROOT.glob("examples/*/answers.yaml"))),
]
SHOWN = {"extra": {"container": {"tty": True}, "dockerfile": ["RUN ldconfig"]}}  # whose keys tell no form
REFUSED = (  # what vendors need at times and no answer gives: why not, and what to do
    (
        "a new pacemaker bundle",
        "puppet-tripleo and hieradata of the cluster make its resources, and no service template does",
        "`wraps` the stock service that has the bundle, and swap its image with `base_image`",
    ),
    (
        "a workflow of mistral (`workflow_tasks`)",
        "only Queens and Rocky run them, and their workbooks lie on the undercloud",
        "`external_deploy_tasks`; where it must be, `extra.role_data`",
    ),
    (
        "templates of NICs, and of the network",
        "they follow from the operator's cabling, not from the integration",
        "`environment.resource_registry` names one that the repository brings",
    ),
    (
        "a password, or an address of the operator's",
        "a repository is read by many, and serves more than one cloud",
        "`parameters` without a default, or the list secrets of `cinder_backends`",
    ),
    (
        "the image of a container by its digest",
        "pacemaker bundles, and the tools of TripleO that tag images, take none",
        "`image_tag`, a new one for each build",
    ),
    (
        "RHOSP 14 and 15",
        "no source that is kept tells their stock images",
        "`release: rocky` or stein, with `base_image` in full and `base_user`",
    ),
    (
        "RHOSP 18 and later",
        "operators on OpenShift deploy it, without TripleO",
        "none here; for what both have, keep the driver's package apart from `install`",
    ),
    (
        "an image of several stages, ENTRYPOINT, CMD, EXPOSE, HEALTHCHECK of an image",
        "kolla's base has them, and TripleO starts containers by docker_config",
        "`container.healthcheck`, `command`; `extra.dockerfile` takes any line",
    ),
)
BAR = "\\|"
ROW = "| answer | form | default | |\n|---|---|---|---|"


def form(shape: Shape) -> str:
    """What an answer of SHAPE looks like."""
    match shape:
        case Text(kind=kind) | Setting(kind=kind):
            return f"{kind.name}, like `{kind.example}`"
        case Integer(words=words):
            return words
        case Boolean():
            return "`true` or `false`"
        case Choice(values=values):
            return ", ".join(f"`{value}`" for value in values)
        case ListOf(item=item):
            return f"list: {form(item)}"
        case MapOf(key=key, value=value):
            return f"map of {key.name}: {form(value)}"
        case Group(shorthand=short):
            return f"map, or its `{short}`" if short else "map"
        case OneOf(shapes=shapes):
            calls = [one for one in shapes if is_of_heat(one)]
            said = [*(form(one) for one in shapes if one not in calls)]
            lists = isinstance(shapes[0], ListOf)
            given = ["a function of Heat" + (" for the whole list" if lists else "") for _ in calls]
            return "; or ".join([*said, *given])
        case Free():
            return "anything"


def is_of_heat(shape: Shape) -> bool:
    """Whether SHAPE is the call of a function of Heat."""
    return isinstance(shape, MapOf) and bool(shape.shows)


def group_in(shape: Shape) -> Group | None:
    """The answers inside of one of SHAPE."""
    match shape:
        case Group():
            return shape
        case ListOf(item=inner) | MapOf(value=inner):
            return group_in(inner)
    return None


TOP = "The repository"


def tables(
    title: str, group: Group, path: tuple[str, ...] = (), lists: tuple[bool, ...] = ()
) -> Iterator[str]:
    rows = "\n".join(row(name, field, path) for name, field in group.fields.items())
    yield f"## {title}\n\n{example(group, path, lists)}{ROW}\n{rows}\n"
    for name, field in group.fields.items():
        if inner := group_in(field.shape):
            listed = (*lists, isinstance(field.shape, ListOf))
            yield from tables(".".join((*path, name)), inner, (*path, name), listed)


def example(group: Group, path: tuple[str, ...], lists: tuple[bool, ...]) -> str:
    """How the answers of GROUP are given: as a recipe or an example gives them, or else by their examples."""
    if len(path) < 2:
        return ""
    made = SHOWN.get(path[-1]) or ([sample(group)] if lists[-1] else sample(group))
    shown: Any = {path[-1]: min(given(path), key=lambda one: len(str(one)), default=made)}
    for key, listed in reversed([*zip(path, lists, strict=True)][1:-1]):
        shown = {key: [shown] if listed else shown}
    text = yaml.safe_dump(shown, sort_keys=False, width=100, allow_unicode=True)
    return f"```yaml\n{text}```\n\n"


def given(path: tuple[str, ...]) -> Iterator[Any]:
    """What the answers files that people read say at PATH."""
    for file in ANSWERS_FILES:
        found = [yaml.safe_load(file)]
        for key in path:
            inner = [one[key] for one in found if isinstance(one, dict) and key in one]
            found = [item for one in inner for item in (one if isinstance(one, list) else [one])]
            raw = inner
        yield from (one for one in raw if isinstance(one, dict | list) and not is_short(one))


def is_short(value: Any) -> bool:
    return isinstance(value, list) and not any(isinstance(one, dict) for one in value)


def sample(group: Group) -> dict[str, Any]:
    """Answers of GROUP: those that must be said, and the next two."""
    further = [name for name, field in group.fields.items() if not field.required]
    wanted = [name for name, field in group.fields.items() if field.required] + further[:2]
    return {name: samples(group.fields[name].shape)[0] for name in group.fields if name in wanted}


def row(name: str, field: Field, path: tuple[str, ...]) -> str:
    default = "**required**" if field.required else field.otherwise
    shape = form(field.shape)
    if group_in(field.shape):
        anchor = "".join((*path, name)).lower()
        shape = re.sub(r"\bmap\b(?! of)", f"[map](#{anchor})", shape, count=1)
    cells = (f"`{name}`", shape, default, field.doc)
    return f"| {' | '.join(cell.replace('|', BAR).replace('<', '&lt;') for cell in cells)} |"


def test_every_section_is_linked_and_shown() -> None:
    text = REFERENCE.read_text("utf-8")
    titles = re.findall(r"^## ([\w.]+)$", text, re.M)
    assert {title.replace(".", "") for title in titles} == {*re.findall(r"\(#([\w-]+)\)", text)} - {
        "refused-needs"
    }
    for title in titles:
        section = text.partition(f"## {title}\n")[2].partition("\n## ")[0]
        assert "```yaml\n" in section or "." not in title, title


def section_shapes(shape: Shape, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Shape]]:
    group = group_in(shape)
    for name, field in group.fields.items() if group else ():
        if group_in(field.shape):
            yield ".".join((*path, name)), field.shape
            yield from section_shapes(field.shape, (*path, name))


SECTIONS = [one for one in section_shapes(fields.ANSWERS) if "." in one[0]]


@pytest.mark.parametrize(("title", "shape"), SECTIONS, ids=[title for title, _ in SECTIONS])
def test_what_a_section_shows_is_taken(title: str, shape: Shape) -> None:
    text = REFERENCE.read_text("utf-8").partition(f"## {title}\n")[2]
    asked = yaml.safe_load(text.partition("```yaml\n")[2].partition("```")[0])
    document = {"services": [{"service_name": "acme-agent"} | asked]}
    assert [one for one in faults(json.dumps(document)) if " is missing" not in one] == []


def refused() -> str:
    """The needs of vendors that are refused, as a table."""
    head = "## Refused needs\n\n| need | reason | way out |\n|---|---|---|\n"
    return head + "\n".join(f"| {' | '.join(one)} |" for one in REFUSED) + "\n"


@pytest.mark.parametrize("need", [need for need, *_ in REFUSED])
def test_what_a_way_out_names_is_there(need: str) -> None:
    way_out = next(way_out for one, _, way_out in REFUSED if one == need)
    names = re.findall(r"`([\w.]+)(?::[^`]*)?`", way_out)
    assert names
    for name in names:
        path = name.split(".")
        assert declared(fields.ANSWERS, path) or declared(fields.SERVICE, path), name


def test_the_reference_is_what_the_tool_takes(regenerate: bool) -> None:
    new = "\n".join([HEAD, *tables(TOP, fields.ANSWERS), refused()])
    if regenerate:
        REFERENCE.write_text(new, "utf-8")
    assert REFERENCE.read_text("utf-8") == new, "pytest tests/test_reference.py --regenerate"
