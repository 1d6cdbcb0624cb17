"""YAML text to nodes: the plain part of YAML only, and every fault with its place."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from scaffold.answers.nodes import AnswerList, AnswerMap, AnswerNode, AnswerPlace, AnswerScalar, BrokenAnswer
from scaffold.errors import AnswersError, Fault
from scaffold.fields.shapes import MAX_DEPTH
from scaffold.printable import shown, visible

if TYPE_CHECKING:
    import yaml

MAX_BYTES = 64 * 1024

# what YAML does not take at all, and the line breaks and marks that editors do not show as such
_UNREADABLE = re.compile(
    r"[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


def parse(text: str, source: str, *, lines: bool = True) -> tuple[AnswerNode | None, list[Fault]]:
    """The node that TEXT holds (None: nothing) and the faults that do not hinder reading on.

    lines: whether places name line and column. Raises AnswersError where TEXT is no YAML.
    """
    if len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES:
        raise _fatal(AnswerPlace(source), f"must be at most {MAX_BYTES // 1024} kB of text")
    unreadable = _UNREADABLE.search(text)
    if unreadable:
        place = place_in(text, unreadable.start(), source) if lines else AnswerPlace(source)
        raise _fatal(place, f"{shown(unreadable.group())} is a character that no answer may hold: remove it")
    builder = _Builder(text, source, lines)
    return builder.document(), builder.faults


def place_in(text: str, position: int, source: str) -> AnswerPlace:
    """The place of the character at POSITION."""
    before = text[:position]
    return AnswerPlace(source, before.count("\n") + 1, position - before.rfind("\n"))


def _fatal(place: AnswerPlace, message: str) -> AnswersError:
    return AnswersError([Fault(str(place), "", message)])


def _too_deep(place: AnswerPlace) -> AnswersError:
    return _fatal(place, f"lists and maps may be nested {MAX_DEPTH} deep, not deeper")


@dataclass
class _Builder:
    """Builds nodes out of PyYAML's events: nothing recurses deeply, nothing is read in advance."""

    text: str
    source: str
    lines: bool
    faults: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        import yaml

        self.yaml = yaml
        self.resolver: Any = yaml.SafeLoader("")
        self.events: Iterator[Any] = yaml.parse(
            self.text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        )

    def document(self) -> AnswerNode | None:
        """The one document of the text; None where nothing is said. Raises AnswersError."""
        try:
            return self._only_document()
        except self.yaml.YAMLError as error:
            self._refuse(error)

    def _only_document(self) -> AnswerNode | None:
        next(self.events)
        if not isinstance(next(self.events), self.yaml.DocumentStartEvent):
            return None
        node = self._node(next(self.events), 0)
        next(self.events)
        after = next(self.events)
        if isinstance(after, self.yaml.DocumentStartEvent):
            raise _fatal(
                self._place(after), "a second document begins here: one file holds one set of answers"
            )
        empty = isinstance(node, AnswerScalar) and node.value is None
        return None if empty else node

    def _refuse(self, error: yaml.YAMLError) -> NoReturn:
        problem = str(getattr(error, "problem", None) or getattr(error, "reason", "")).replace("\n", " ")
        place = AnswerPlace(self.source)
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        if mark is not None and self.lines:
            place = AnswerPlace(self.source, mark.line + 1, mark.column + 1)
            if re.match(r"[ ]*\t", "".join(self.text.split("\n")[mark.line : mark.line + 1])):
                problem = "indent with spaces, not with tabs"
        if "nesting depth" in problem:  # PyYAML, from 6.0.4, has a limit of its own and reads ahead of ours
            raise _too_deep(place) from None
        raise _fatal(place, f"is not YAML: {visible(problem) or 'it cannot be read'}") from None

    def _place(self, event: Any) -> AnswerPlace:
        if not self.lines:
            return AnswerPlace(self.source)
        return AnswerPlace(self.source, event.start_mark.line + 1, event.start_mark.column + 1)

    def _fault(self, place: AnswerPlace, message: str) -> None:
        self.faults.append(Fault(str(place), "", message))

    def _node(self, event: Any, depth: int) -> AnswerNode:
        place = self._place(event)
        if isinstance(event, self.yaml.AliasEvent):
            self._fault(place, f"*{visible(str(event.anchor))} is an alias: write the value out")
            return BrokenAnswer(place)
        if event.anchor:
            self._fault(
                place, f"&{visible(str(event.anchor))} is an anchor: write each value out where it stands"
            )
        if event.tag:
            self._fault(place, f"{shown(str(event.tag))} is a tag: answers are plain values without tags")
        if isinstance(event, self.yaml.ScalarEvent):
            return self._scalar(event, place)
        if depth >= MAX_DEPTH:
            raise _too_deep(place)
        if isinstance(event, self.yaml.SequenceStartEvent):
            return AnswerList(tuple(self._items(depth + 1)), place)
        return self._table(place, depth + 1)

    def _scalar(self, event: Any, place: AnswerPlace) -> AnswerScalar:
        plain = event.implicit[0] and not event.tag
        return AnswerScalar(self._resolved(event.value) if plain else event.value, event.value, place)

    def _resolved(self, text: str) -> object:
        """The plain scalar TEXT as YAML 1.1 reads it; not-a-number where it only looks like a number."""
        node = self.yaml.ScalarNode("", text)
        node.tag = self.resolver.resolve(self.yaml.ScalarNode, text, (True, False))
        if node.tag.rpartition(":")[2] not in ("bool", "int", "float", "null", "timestamp"):
            return text
        try:
            return self.resolver.construct_object(node)
        except (ValueError, OverflowError):
            return math.nan

    def _items(self, depth: int) -> Iterator[AnswerNode]:
        while not isinstance(event := next(self.events), self.yaml.SequenceEndEvent):
            yield self._node(event, depth)

    def _table(self, place: AnswerPlace, depth: int) -> AnswerMap:
        entries: dict[str, AnswerNode] = {}
        keys: dict[str, AnswerPlace] = {}
        misread: set[str] = set()
        while not isinstance(event := next(self.events), self.yaml.MappingEndEvent):
            key = self._node(event, depth)
            value = self._node(next(self.events), depth)
            if not isinstance(key, AnswerScalar):
                self._fault(key.place, "a key must be a plain word")
            elif key.written in entries:
                first = f"line {keys[key.written].line}" if self.lines else "the same map"
                self._fault(key.place, f"{shown(key.written)} is here twice: it is in {first} already")
            else:
                entries[key.written], keys[key.written] = value, key.place
                if not isinstance(key.value, str):
                    misread.add(key.written)
        return AnswerMap(entries, keys, place, frozenset(misread))
