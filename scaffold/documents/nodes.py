"""YAML as composed nodes: every value with its place, nothing constructed, duplicate keys kept."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

STANDARD = "tag:yaml.org,2002:"
KINDS = {"str", "null", "bool", "int", "float", "timestamp", "binary", "merge", "value", "seq", "map", "set",
         "omap", "pairs"}  # fmt: skip
MAX_DEPTH = 300
MAX_NODES = 200_000  # of one file, aliases counted as often as they are used


class Unreadable(Exception):
    """The text is no YAML that TripleO could read."""

    def __init__(self, reason: str, line: int = 1, column: int = 1) -> None:
        super().__init__(reason)
        self.reason, self.line, self.column = reason, line, column


@dataclass(frozen=True, eq=False)
class Scalar:
    """A single value: the text as written, without quotes, and the type that YAML takes it for."""

    line: int
    column: int
    text: str
    kind: str  # str, null, bool, int, float, timestamp
    size: int = 1

    @property
    def is_text(self) -> bool:
        """Whether YAML takes it for text."""
        return self.kind == "str"


@dataclass(frozen=True, eq=False)
class Items:
    """A list."""

    line: int
    column: int
    nodes: tuple[Node, ...]
    size: int = 1

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)


@dataclass(frozen=True, eq=False)
class Table:
    """A map. pairs: as written, duplicates included."""

    line: int
    column: int
    pairs: tuple[tuple[Scalar, Node], ...]
    size: int = 1

    @cached_property
    def entries(self) -> Mapping[str, Node]:
        """What a reader of the YAML gets: the last of two equal keys wins."""
        return {key.text: value for key, value in self.pairs}

    @cached_property
    def keys(self) -> Mapping[str, Scalar]:
        """The places of the keys."""
        return {key.text: key for key, _ in self.pairs}

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def get(self, *path: str) -> Node | None:
        """The node at the end of the path of keys; None where it does not lead anywhere."""
        node: Node | None = self
        for key in path:
            node = node.entries.get(key) if isinstance(node, Table) else None
        return node

    def table(self, *path: str) -> Table:
        """The map at the end of the path; an empty one where there is none."""
        node = self.get(*path)
        return node if isinstance(node, Table) else Table(self.line, self.column, ())


Node = Scalar | Items | Table


def text_of(node: Node | None) -> str | None:
    """The text of a scalar; None of anything else."""
    return node.text if isinstance(node, Scalar) else None


def plain(node: Node | None) -> object:
    """The node as plain values: dict, list, str, int, bool and None."""
    if isinstance(node, Table):
        return {key: plain(value) for key, value in node.entries.items()}
    if isinstance(node, Items):
        return [plain(item) for item in node]
    if node is None or node.kind == "null":
        return None
    if node.kind == "bool":
        return node.text.lower() in ("true", "yes", "on")
    return int(node.text) if node.kind == "int" and node.text.isdecimal() else node.text


def walk(node: Node | None) -> Iterator[Node]:
    """The node and everything in it, in the order of the text."""
    waiting = [] if node is None else [node]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Items):
            waiting += reversed(node.nodes)
        elif isinstance(node, Table):
            waiting += [value for _, value in reversed(node.pairs)]


def composed(text: str) -> Node | None:
    """The one document in TEXT; None where it says nothing. Raises Unreadable.

    As Heat does, by the reader in C, and by the one in Python where that one stops: neither takes all that
    the other takes.
    """
    import yaml

    try:
        return _read(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except Unreadable:
        with contextlib.suppress(Unreadable):
            return _read(text, yaml.SafeLoader)
        raise


def _read(text: str, loader: Any) -> Node | None:
    import yaml

    try:
        if sum(map(text.count, "[{")) + text.count("- -") > MAX_DEPTH:
            _measure(yaml.parse(text, Loader=loader))
        root = yaml.compose(text, Loader=loader)
        return None if root is None else _Conversion().node(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        spot = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        reason = str(error.problem or error.context)
        reason = f"{error.context} {reason}" if reason.startswith("but ") else reason
        raise Unreadable(reason, *spot) from None
    except yaml.YAMLError as error:
        raise Unreadable(str(getattr(error, "reason", "it cannot be read"))) from None
    except RecursionError:
        raise Unreadable("is nested too deeply") from None


def _measure(events: Iterable[Any]) -> None:
    """Refuse what is nested so deep that composing it, which recurses in C, could end the program."""
    depth = 0
    for event in events:
        name = type(event).__name__
        depth += name.endswith(("SequenceStartEvent", "MappingStartEvent"))
        depth -= name.endswith(("SequenceEndEvent", "MappingEndEvent"))
        if depth > MAX_DEPTH:
            place = event.start_mark
            raise Unreadable(f"is nested deeper than {MAX_DEPTH}", place.line + 1, place.column + 1)


def refused_by_python(text: str) -> tuple[int, int] | None:
    """Line and column where the stricter scanner of PyYAML in Python stops; None where it does not."""
    import yaml

    try:
        for _ in yaml.scan(text, Loader=yaml.SafeLoader):
            pass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        return (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return None


@dataclass
class _Conversion:
    """PyYAML's nodes to ours; an alias gives the same node again."""

    done: dict[int, Node] = field(default_factory=dict)
    open: set[int] = field(default_factory=set)

    def node(self, source: Any) -> Node:
        known = self.done.get(id(source))
        if known:
            return known
        line, column = source.start_mark.line + 1, source.start_mark.column + 1
        if id(source) in self.open:
            raise Unreadable("an alias stands inside what it stands for", line, column)
        self.open.add(id(source))
        made = self.done[id(source)] = self._made(source, line, column)
        if made.size > MAX_NODES:
            raise Unreadable(f"its aliases stand for more than {MAX_NODES} values", line, column)
        self.open.discard(id(source))
        return made

    def _made(self, source: Any, line: int, column: int) -> Node:
        if source.tag.removeprefix(STANDARD) not in KINDS:
            raise Unreadable(f"Heat knows no tag {source.tag}", line, column)
        if source.id == "scalar":
            return Scalar(line, column, source.value, source.tag.rpartition(":")[2])
        if source.id == "sequence":
            nodes = tuple(self.node(item) for item in source.value)
            return Items(line, column, nodes, 1 + sum(node.size for node in nodes))
        pairs = tuple(self._pairs(source.value))
        return Table(line, column, pairs, 1 + sum(value.size for _, value in pairs))

    def _pairs(self, source: Any) -> Iterator[tuple[Scalar, Node]]:
        """The pairs of a map; those that a merge key (<<) brings come first, for the map's own to win."""
        own: list[tuple[Scalar, Node]] = []
        for key_source, value_source in source:
            key, value = self.node(key_source), self.node(value_source)
            if isinstance(key, Scalar) and key.kind == "merge":
                tables = value.nodes if isinstance(value, Items) else (value,)
                written = {k.value for k, _ in source}
                for table in tables:
                    if isinstance(table, Table):
                        yield from (pair for pair in table.pairs if pair[0].text not in written)
                        written |= table.entries.keys()  # of several maps the first wins
            elif isinstance(key, Scalar):
                own.append((key, value))
            else:
                raise Unreadable("a map or list stands where a key belongs", key.line, key.column)
        yield from own
