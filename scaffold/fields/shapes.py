"""The shapes that answers take, as data: the check, `--set` and the JSON Schema read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from scaffold.fields.kind import Kind

MAX_DEPTH = 12  # collections within each other, counted from the top of the file


@dataclass(frozen=True)
class Text:
    """A text of some kind; with `numbers`, a number that stands as text has it becomes one."""

    kind: Kind
    numbers: bool = False


@dataclass(frozen=True)
class Integer:
    """A whole number."""

    least: int
    most: int

    @property
    def words(self) -> str:
        """The range in words."""
        return f"{self.least}" if self.least == self.most else f"{self.least} to {self.most}"


@dataclass(frozen=True)
class Boolean:
    """True or false."""


@dataclass(frozen=True)
class Choice:
    """One of a few words; `numbers` are those that may also stand without quotes."""

    values: tuple[str, ...]
    numbers: tuple[int | float, ...] = ()


@dataclass(frozen=True)
class Setting:
    """A text, a number or true/false, as options of a configuration file take them."""

    kind: Kind


@dataclass(frozen=True)
class ListOf:
    """A list of things of one shape; with `alone`, one of them may stand for a list of it."""

    item: Shape
    least: int = 0
    unique: bool = False
    alone: bool = False


@dataclass(frozen=True)
class MapOf:
    """A map whose keys the vendor chooses; `single` where it has just one entry.

    shows: such a key -> the first of its items that is of the same form as what the map stands for.
    """

    key: Kind
    value: Shape
    single: bool = False
    shows: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Field:
    """One answer: its shape, one sentence for people, and its default.

    default: the value itself, where it follows from no other answer; origin: else, where it comes from.
    """

    shape: Shape
    doc: str
    origin: str = ""
    required: bool = False
    default: Any = None
    traits: int = 0  # of scaffold.fields.asked.Trait

    @property
    def otherwise(self) -> str:
        """What holds where nothing is said, in words."""
        if isinstance(self.default, list):
            return ", ".join(map(str, self.default))
        if isinstance(self.default, bool):
            return str(self.default).lower()
        return self.origin or ("" if self.default is None else str(self.default))


@dataclass(frozen=True)
class Group:
    """A map with fixed keys. A plain text in its place stands for the field `shorthand`.

    reads: the class of `scaffold.fields.asked` that reads such a map by attribute, where there is one.
    """

    fields: Mapping[str, Field] = field(default_factory=lambda: MappingProxyType({}))
    shorthand: str = ""
    reads: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Free:
    """Any YAML of texts, numbers, true/false, null, lists and maps, passed through.

    exact: a number must stand as it will be written: 0644 and 1.10 are texts more often than 420 and 1.1.
    """

    key: Kind
    text: Kind
    exact: bool = False


@dataclass(frozen=True)
class OneOf:
    """One of several shapes that the YAML type tells apart; INSTEAD is what to do about another."""

    shapes: tuple[Shape, ...]
    instead: str = ""


Shape = Text | Integer | Boolean | Choice | Setting | ListOf | MapOf | Group | Free | OneOf


def is_open(shape: Shape) -> bool:
    """Whether what SHAPE takes is passed through as it is: names, functions of Heat, lines, paths."""
    match shape:
        case Text(kind=kind):
            return kind.passed
        case MapOf() | Free():
            return True
        case ListOf(item=item):
            return is_open(item)
        case OneOf(shapes=shapes):
            return any(map(is_open, shapes))
        case Group(fields=declared):
            return any(is_open(one.shape) for one in declared.values())
    return False
