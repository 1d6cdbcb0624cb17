"""What an answers file holds, before it is checked: values with the place of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class AnswerPlace:
    """Where something was said: a file with line and column (from 1), or `--set KEY`."""

    source: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}" if self.line else self.source


@dataclass(frozen=True)
class AnswerScalar:
    """A single value as YAML reads it, and as it is written."""

    value: object
    written: str
    place: AnswerPlace


@dataclass(frozen=True)
class AnswerList:
    """A list."""

    nodes: tuple[AnswerNode, ...]
    place: AnswerPlace


@dataclass(frozen=True)
class AnswerMap:
    """A map. keys: the places of the keys; misread: the keys that YAML takes for something else than text."""

    entries: Mapping[str, AnswerNode]
    keys: Mapping[str, AnswerPlace]
    place: AnswerPlace
    misread: frozenset[str] = field(default_factory=frozenset)

    def place_of(self, key: str) -> AnswerPlace:
        """The place to show for the entry KEY: a list or map begins at its key."""
        node = self.entries[key]
        return node.place if isinstance(node, AnswerScalar) else self.keys[key]

    def having(self, key: str, node: AnswerNode, place: AnswerPlace) -> AnswerMap:
        """This map with NODE at KEY."""
        keys = {**self.keys, key: place}
        return AnswerMap({**self.entries, key: node}, keys, self.place, self.misread - {key})

    def only(self, names: Iterable[str]) -> AnswerMap:
        """This map with the entries NAMES alone."""
        entries = {name: self.entries[name] for name in names}
        keys = {name: self.keys[name] for name in entries}
        return AnswerMap(entries, keys, self.place, self.misread & {*entries})


@dataclass(frozen=True)
class BrokenAnswer:
    """Something that is reported already."""

    place: AnswerPlace


AnswerNode = AnswerScalar | AnswerList | AnswerMap | BrokenAnswer
