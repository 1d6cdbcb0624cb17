"""ANSWERS.md names every answer, as `fields` declares it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

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


def tables(title: str, group: Group) -> Iterator[str]:
    yield (
        f"## {title}\n\n{ROW}\n" + "\n".join(row(name, field) for name, field in group.fields.items()) + "\n"
    )
    for name, field in group.fields.items():
        if inner := group_in(field.shape):
            yield from tables(name if title == "The repository" else f"{title}.{name}", inner)


def row(name: str, field: Field) -> str:
    default = "**required**" if field.required else field.otherwise
    cells = (f"`{name}`", form(field.shape), default, field.doc)
    return f"| {' | '.join(cell.replace('|', BAR).replace('<', '&lt;') for cell in cells)} |"


def test_the_reference_is_what_the_tool_takes(regenerate: bool) -> None:
    new = "\n".join([HEAD, *tables("The repository", fields.ANSWERS)])
    if regenerate:
        REFERENCE.write_text(new, "utf-8")
    assert REFERENCE.read_text("utf-8") == new, "pytest tests/test_reference.py --regenerate"
