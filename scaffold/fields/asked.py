"""Answers declared as classes: what is declared once is checked as data, and read with its type.

    class Archive(DeclaredAnswers):
        url: str = answer(Text(places.ARCHIVE_URL), "Where the archive is.", required=True)

`Archive.group` is the shape that the check, `--set`, the schema and ANSWERS.md read; `Archive(checked).url`
is the answer, or its default. Where nothing is said and nothing holds, a list or a map is empty, as is a map
of answers that asks for nothing; all else is None.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from typing import Any, ClassVar, TypeVar

from scaffold.fields.shapes import Field, Group, ListOf, MapOf, OneOf, Shape

_T = TypeVar("_T", bound="DeclaredAnswers")
_UNSAID = object()


class Trait:
    """What answers have in common, beside their form: bits, since an enum takes long to load."""

    NONE = 0
    STORED = 1 << 0  # `new` writes its default into the answers, so that it does not follow newer ones
    FOLLOWS_DEFAULTS = 1 << 1  # an update tells where a newer default changes it
    FOLLOWS_RELEASE = 1 << 2  # where nobody changed it, it moves with the release
    OF_IMAGE = 1 << 3  # only an own image has it
    OF_EACH = 1 << 4  # each of several images has its own
    SHARED = 1 << 5  # a service says it for all its images
    OF_CONTAINER = 1 << 6  # only an own container has it
    OF_TEMPLATE = 1 << 7  # only a service template has it
    WITH_HEAT = 1 << 8  # may hold functions of Heat, which the service template follows
    CONFIGURES = 1 << 9  # configures something: what is named like a password there is one
    TASKS = 1 << 10  # tasks of Ansible: a section of role_data
    OF_HOST = 1 << 11  # only a host that loads the kernel module has it
    INSTALLED = 1 << 12  # is installed on the host
    NOT_DEPLOYED = 1 << 13  # ExtraKernelPackages cannot install it
    OF_KOLLA = 1 << 14  # only kolla's own templates read it
    NOT_OF_KOLLA = 1 << 15  # kolla's own build takes no notice of it
    BACKENDS = 1 << 18  # backends of a stock service by their names
    OF_REPOSITORIES = 1 << 16  # which repositories packages are installed from
    OF_BUILD = 1 << 17  # only an image that is built here has it


class Answer:
    """One attribute of a class of answers."""

    __slots__ = ("_default", "_empty", "_wraps", "field", "name")

    def __init__(self, field: Field) -> None:
        self.field = field
        self.name = ""
        self._default = field.default
        self._wraps, self._empty = _reading(field.shape)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, asked: DeclaredAnswers | None, owner: type | None = None) -> Any:
        if asked is None:
            return self
        value = asked.plain.get(self.name, _UNSAID)
        if value is _UNSAID:
            if self._default is not None or not self._empty:
                return self._default
            return self._empty()
        return self._wraps(value) if self._wraps else value

    def __set__(self, asked: DeclaredAnswers, value: Any) -> None:
        raise AttributeError(f"{self.name} is an answer, and stays as it was given")


def answer(
    shape: Shape,
    doc: str,
    origin: str = "",
    *,
    default: Any = None,
    required: bool = False,
    traits: int = Trait.NONE,
) -> Any:
    """Declare an answer: its form, one sentence for people, and its default as data or in words."""
    return Answer(Field(shape, doc, origin, required, default, traits))


def _reading(shape: Shape) -> tuple[Any, Any]:
    """What is made of a value of SHAPE, or None for the value itself; and of no value, or None for none."""
    if isinstance(shape, Group) and shape.reads:
        needs_more = any(field.required for field in shape.fields.values())
        return shape.reads, None if needs_more else shape.reads
    if isinstance(shape, ListOf):
        inner = isinstance(shape.item, Group) and shape.item.reads
        return inner and (lambda items: [inner(item) for item in all_of(items)]), list
    if isinstance(shape, OneOf) and isinstance(shape.shapes[0], ListOf):
        return None, list
    if isinstance(shape, MapOf):
        inner = isinstance(shape.value, Group) and shape.value.reads
        return inner and (lambda items: _each(inner, items)), dict
    return None, None


def all_of(items: Any) -> list[Any]:
    """ITEMS as a list, where one may stand for a list of it."""
    return items if isinstance(items, list) else [items]


def _each(reads: Any, items: dict[str, Any]) -> dict[str, Any]:
    """ITEMS, each read by READS, in a map of the same kind: one may know that some of its own are wrong."""
    found = copy(items)
    found.update((key, reads(item)) for key, item in items.items())
    return found


class DeclaredAnswers:
    """Some answers as they were checked, read by attribute; `plain` is the map that they were given as."""

    __slots__ = ("plain",)
    group: ClassVar[Group] = Group()
    _named: ClassVar[dict[int, tuple[str, ...]]] = {}

    def __init__(self, asked: dict[str, Any] | None = None) -> None:
        self.plain: dict[str, Any] = {} if asked is None else asked

    def __init_subclass__(cls, shorthand: str = "") -> None:
        declared: dict[str, Field] = {}
        for base in reversed(cls.__bases__):
            declared = {**getattr(base, "group", DeclaredAnswers.group).fields, **declared}
        declared.update((name, one.field) for name, one in vars(cls).items() if isinstance(one, Answer))
        cls.group, cls._named = Group(declared, shorthand, cls), {}

    @classmethod
    def named(cls, trait: int) -> tuple[str, ...]:
        """The names of the answers with every one of TRAIT, in the order in which they are declared."""
        if trait not in cls._named:
            fields = cls.group.fields.items()
            cls._named[trait] = tuple(name for name, one in fields if one.traits & trait == trait)
        return cls._named[trait]

    def having(self, trait: int) -> Iterator[tuple[str, Any]]:
        """Yield name and value, as it was given, of each answer with TRAIT that was given."""
        for name in self.named(trait):
            if name in self.plain:
                yield name, self.plain[name]

    def says(self, declared: object) -> bool:
        """Whether the answer DECLARED was given: `service.says(Service.command)`."""
        assert isinstance(declared, Answer)
        return declared.name in self.plain

    def said(self, *declared: object) -> Iterator[Any]:
        """Yield those of the answers DECLARED that were given, as they were."""
        yield from (self.plain[name] for name in self.given(*declared))

    def given(self, *declared: object) -> Iterator[str]:
        """Yield the names of those of the answers DECLARED that were given."""
        yield from (one.name for one in declared if isinstance(one, Answer) and one.name in self.plain)

    def over(self: _T, asked: dict[str, Any]) -> _T:
        """These answers with those of ASKED over them."""
        assert asked.keys() <= self.group.fields.keys()
        return type(self)(self.plain | asked)

    def under(self: _T, asked: dict[str, Any]) -> _T:
        """These answers, with those of ASKED where they say nothing."""
        assert asked.keys() <= self.group.fields.keys()
        return type(self)(asked | self.plain)

    def __bool__(self) -> bool:
        return bool(self.plain)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, DeclaredAnswers) and self.plain == other.plain

    __hash__ = None  # type: ignore[assignment]
