"""A document against the declared shape of the answers: the values, or every fault at once."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scaffold import fields
from scaffold.answers.document import AnswersDocument
from scaffold.answers.faults import flag, listed, misplaced, quote_it, what, words
from scaffold.answers.nodes import AnswerList, AnswerMap, AnswerNode, AnswerPlace, AnswerScalar, BrokenAnswer
from scaffold.answers.partial import Partial
from scaffold.answers.wording import Path, path_text
from scaffold.errors import AnswersError, Fault
from scaffold.fields.kind import Kind
from scaffold.fields.shapes import (
    MAX_DEPTH,
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
from scaffold.printable import shown, visible
from scaffold.releases import about_version
from scaffold.unknown import after, did_you_mean, nearest

_DECIMAL = re.compile("-?(?:0|[1-9][0-9]*)")
_EXPONENT = re.compile(r"\.[0-9]*[eE]")


_WRONG = object()  # in place of a value that has a fault


@dataclass(frozen=True)
class Answers:
    """Answers that are each right: shorthands written out, nothing defaulted."""

    values: dict[str, Any]
    places: Mapping[Path, AnswerPlace]

    def place(self, path: Path) -> str:
        """Where the answer at PATH was given, or else the nearest one around it."""
        around = (path[:end] for end in range(len(path), -1, -1))
        return next((str(self.places[one]) for one in around if one in self.places), "")

    def fault(self, path: Path, message: str) -> Fault:
        """A fault of the answer at PATH, for constraints across answers."""
        return Fault(self.place(path), path_text(path), message)


Constraints = Callable[[Answers], Iterable[Fault]]


def check(
    document: AnswersDocument, *, whole: bool = True, constraints: Constraints = lambda answers: ()
) -> Answers:
    """The checked answers of DOCUMENT. Raises AnswersError with every fault.

    whole: false where missing answers are still to be asked for. constraints: what has more to say where
    something is wrong already; the answers they see are `Partial`.
    """
    found = _Check(whole)
    values = found.value(fields.ANSWERS, document.root, ())
    answers = Answers({} if values is _WRONG else values, found.places)
    faults = [*document.faults, *found.faults]
    if faults:
        raise AnswersError([*faults, *(constraints(answers) if answers.values else ())])
    return answers


def _known(values: dict[str, Any]) -> dict[str, Any]:
    """VALUES without those that are wrong."""
    wrong = frozenset(key for key, value in values.items() if value is _WRONG)
    return Partial({key: values[key] for key in values if key not in wrong}, wrong) if wrong else values


@dataclass
class _Check:
    """One pass over the nodes."""

    whole: bool
    faults: list[Fault] = field(default_factory=list)
    places: dict[Path, AnswerPlace] = field(default_factory=dict)

    def value(self, shape: Shape, node: AnswerNode, path: Path, place: AnswerPlace | None = None) -> Any:
        """The value of NODE; _WRONG after a fault. PLACE: the one to show, if not the node's own."""
        self.places.setdefault(path, place or node.place)
        match shape, node:
            case _, BrokenAnswer():
                return _WRONG
            case Free(), _:
                return self._free(shape, node, path)
            case _, AnswerScalar(value=None):
                return self._fault(path, "is empty: give it a value, or take the line away")
            case OneOf(), _:
                return self._one_of(shape, node, path)
            case (Text() | Integer() | Boolean() | Choice() | Setting(), AnswerScalar()):
                return self._scalar(shape, node, path)
            case ListOf(), AnswerList():
                return self._list(shape, node, path)
            case ListOf(alone=True), _:
                return self.value(shape.item, node, path)
            case MapOf(), AnswerMap():
                return self._map(shape, node, path)
            case Group(shorthand=shorthand), AnswerMap() if shorthand and _calls(shape, node):
                return _known({shorthand: self.value(shape.fields[shorthand].shape, node, path)})
            case Group(), AnswerMap():
                return self._group(shape, node, path)
            case Group(shorthand=shorthand), AnswerScalar() if shorthand:
                return _known({shorthand: self.value(shape.fields[shorthand].shape, node, path)})
        return self._fault(path, f"must be {words(shape)}, not {what(node)}{listed(shape, node)}")

    def _fault(self, path: Path, message: str, place: AnswerPlace | None = None) -> Any:
        """Note a fault; gives _WRONG, in place of the value."""
        self.faults.append(Fault(str(place or self.places[path]), path_text(path), message))
        return _WRONG

    # --- single values

    def _scalar(self, shape: Shape, node: AnswerScalar, path: Path) -> Any:
        match shape:
            case Text(kind=kind, numbers=numbers):
                return node.written if numbers and _as_it_stands(node) else self._text(kind, node, path)
            case Integer():
                return self._integer(shape, node, path)
            case Choice():
                return self._choice(shape, node, path)
            case Setting(kind=kind):
                return self._setting(kind, node, path)
        if isinstance(node.value, bool):
            return node.value
        return self._fault(path, f"must be true or false, not {what(node)}")

    def _text(self, kind: Kind, node: AnswerScalar, path: Path) -> Any:
        text = node.value
        if kind.greatest and type(text) is int and _DECIMAL.fullmatch(node.written):
            text = node.written
        if not isinstance(text, str):
            return self._fault(path, quote_it(node))
        problem = kind.problem(text)
        if problem:
            return self._fault(path, f"{problem}, not {shown(text)}")
        return kind.normal(text)

    def _integer(self, shape: Integer, node: AnswerScalar, path: Path) -> Any:
        number = node.value
        if type(number) is int and shape.least <= number <= shape.most and _DECIMAL.fullmatch(node.written):
            return number
        given = shown(node.written) if isinstance(number, str) else visible(node.written)
        return self._fault(path, f"must be {shape.words}, not {given}")

    def _choice(self, shape: Choice, node: AnswerScalar, path: Path) -> Any:
        spelled = [str(number) for number in shape.numbers]
        number = type(node.value) in (int, float) and node.written in spelled
        if (isinstance(node.value, str) or number) and node.written in shape.values:
            return node.written
        if node.written in shape.values:
            return self._fault(path, quote_it(node))
        hint = after(
            (about_version(node.written) if shape.numbers else "") or did_you_mean(node.written, shape.values)
        )
        return self._fault(path, f"must be {words(shape)}, not {shown(node.written)}{hint}")

    def _setting(self, kind: Kind, node: AnswerScalar, path: Path) -> Any:
        if isinstance(node.value, bool) or _as_it_stands(node):
            return node.value
        return self._text(kind, node, path)

    # --- collections

    def _one_of(self, shape: OneOf, node: AnswerNode, path: Path) -> Any:
        kinds: dict[type, tuple[type, ...]] = {
            AnswerScalar: (Text, Setting, Choice, Boolean),
            AnswerList: (ListOf,),
            AnswerMap: (MapOf,),
        }
        for one in shape.shapes:
            if isinstance(one, kinds[type(node)]):
                before = len(self.faults)
                value = self.value(one, node, path)
                if len(self.faults) == before and isinstance(one, MapOf):
                    self._shown(shape, one.shows, node, path)
                return value if len(self.faults) == before else _WRONG
        return self._fault(path, f"must be {words(shape)}, not {what(node)}{after(shape.instead)}")

    def _shown(self, shape: OneOf, shows: Mapping[str, int], node: AnswerNode, path: Path) -> None:
        """Hold to SHAPE what a function shows of the values that it gives."""
        for name, arguments in node.entries.items() if isinstance(node, AnswerMap) else ():
            first = shows.get(name, 0)
            items = arguments.nodes[first:] if name in shows and isinstance(arguments, AnswerList) else ()
            for index, one in enumerate(items, first):
                if not (isinstance(one, AnswerScalar) and one.value in (None, "")):
                    self.value(shape, one, (*path, name, index))

    def _list(self, shape: ListOf, node: AnswerList, path: Path) -> Any:
        if len(node.nodes) < shape.least:
            return self._fault(path, "must not be an empty list")
        values: list[Any] = []
        for index, item in enumerate(node.nodes):
            value = self.value(shape.item, item, (*path, index))
            if shape.unique and value is not _WRONG and value is not None and value in values:
                said = next(iter(value.values())) if isinstance(value, dict) and len(value) == 1 else value
                self._fault((*path, index), f"{shown(str(said))} is in the list already")
            values.append(value)
        return _WRONG if any(value is _WRONG for value in values) else values

    def _map(self, shape: MapOf, node: AnswerMap, path: Path) -> dict[str, Any]:
        if shape.single and len(node.entries) != 1:
            self._fault(path, f"must have just one entry, not {len(node.entries)}")
        for key in node.entries:
            self._key(shape.key, node, key, path)
        values = {
            shape.key.normal(key): self.value(shape.value, value, (*path, key), node.place_of(key))
            for key, value in node.entries.items()
        }
        return _known(values)

    def _key(self, kind: Kind, node: AnswerMap, key: str, path: Path) -> None:
        if key in node.misread:
            self._fault(path, f"the key {shown(key)} needs quotes", node.keys[key])
        elif problem := kind.problem(key):
            self._fault(path, f"the key {problem}, not {shown(key)}", node.keys[key])

    def _group(self, shape: Group, node: AnswerMap, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, entry in node.entries.items():
            if key in shape.fields:
                values[key] = self.value(shape.fields[key].shape, entry, (*path, key), node.place_of(key))
            else:
                self._fault((*path, key), misplaced(key, shape), node.keys[key])
        misspelt = {nearest(key, shape.fields) for key in node.entries if key not in shape.fields}
        values |= {key: _WRONG for key in misspelt - node.entries.keys() if key}
        for key, missing in shape.fields.items():
            if not missing.required or key in node.entries:
                continue
            values[key] = _WRONG
            if self.whole and key not in misspelt:
                place = self.places[path] if path else AnswerPlace(node.place.source)
                self._fault((*path, key), f"is missing{flag(path, key)}", place)
        return _known(values)

    def _free(self, shape: Free, node: AnswerNode, path: Path) -> Any:
        if not isinstance(node, AnswerScalar):
            if len(path) >= MAX_DEPTH:
                return self._fault(path, f"lists and maps may be nested {MAX_DEPTH} deep, not deeper")
            inner = ListOf(shape) if isinstance(node, AnswerList) else MapOf(shape.key, shape)
            return self.value(inner, node, path)
        value = node.value
        if isinstance(value, str):
            return self._text(shape.text, node, path)
        if value is None or isinstance(value, bool):
            return value
        if not isinstance(value, int | float) or not math.isfinite(value) or set(":_") & set(node.written):
            return self._fault(path, quote_it(node))
        if shape.exact and not (_as_it_stands(node) or _EXPONENT.search(node.written)):
            return self._fault(path, f"{quote_it(node)[:-1]}; write {value} where that is meant)")
        return value


def _calls(shape: Group, node: AnswerMap) -> bool:
    """Whether NODE stands for the answer that is short for SHAPE, as what works its value out."""
    short = shape.fields[shape.shorthand].shape
    calls = [one for one in short.shapes if isinstance(one, MapOf)] if isinstance(short, OneOf) else []
    return any(set(map(one.key.problem, node.entries)) == {None} for one in calls)


def _as_it_stands(node: AnswerScalar) -> bool:
    """Whether NODE is a number that is written as it stands: YAML makes 1.10 to 1.1 and 0644 to 420."""
    return type(node.value) in (int, float) and str(node.value) == node.written
