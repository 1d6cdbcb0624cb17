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

REFERENCE = Path(__file__).parent.parent / "ANSWERS.md"
HEAD = """\
# Answers

Every answer of an answers file: its form, what holds where nothing is said, and what it is for.
`vendor-scaffold schema` says the same to editors; `--set` takes each by its path, as `services.0.step=3`
or, where there is one service, `step=3`. This file is made from the declarations that the tool checks with.
"""
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
            return "; or ".join(map(form, shapes))
        case Free():
            return "anything"


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
