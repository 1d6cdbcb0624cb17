"""What Heat makes of nodes, as far as it can be known without a stack.

A Heat function is a map of exactly one key. `if`, `map_merge`, `list_concat` and the like are looked
through: what they may give is known. What `get_attr`, `yaql` and parameters give is not, and a rule must
not say that something is missing where anything unknown may bring it (`is_open`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from scaffold.documents.nodes import Items, Node, Scalar, Table, walk
from scaffold.tripleo.heat import COMPUTED, FUNCTIONS, JOINING

_KINDS: dict[str, type | tuple[type, ...]] = {
    "text": Scalar,
    "list": Items,
    "map": Table,
    "any": (Scalar, Items, Table),
}


def function(node: Node | None) -> tuple[str, Node] | None:
    """The name and the arguments where the node is a Heat function."""
    if isinstance(node, Table) and len(node.pairs) == 1:
        key, value = node.pairs[0]
        return key.text, value
    return None


def choices(node: Node | None) -> Iterator[Node]:
    """The nodes that an `if` may give; any other node itself."""
    call = function(node)
    if call and call[0] == "if" and isinstance(call[1], Items) and len(call[1].nodes) in (2, 3):
        for branch in call[1].nodes[1:]:
            yield from choices(branch)
    elif node is not None:
        yield node


def tables(node: Node | None) -> Iterator[Table]:
    """The maps that the node may give or that are merged in it."""
    for choice in choices(node):
        call = function(choice)
        if call and call[0] == "map_merge" and isinstance(call[1], Items):
            for part in call[1]:
                yield from tables(part)
        elif isinstance(choice, Table) and not (call and call[0] in COMPUTED):
            yield choice


def pairs(node: Node | None) -> Iterator[tuple[Scalar, Node]]:
    """The pairs of all maps that the node may give."""
    for table in tables(node):
        yield from table.pairs


def entry(node: Node | None, key: str) -> Node | None:
    """The value at KEY in what the node may give; the last one, where several maps hold it."""
    found = None
    for name, value in pairs(node):
        if name.text == key:
            found = value
    return found


def items(node: Node | None) -> Iterator[Node]:
    """The items that the list may hold; an unknown part of it is an item itself."""
    for choice in choices(node):
        call = function(choice)
        if call and JOINING.get(call[0]) == "list" and isinstance(call[1], Items):
            for part in call[1]:
                yield from items(part)
        elif isinstance(choice, Items):
            for item in choice:
                yield from choices(item)
        elif call:
            yield choice


def parts(node: Node | None) -> Iterator[Node]:
    """The lists that are joined to NODE in any case, whatever conditions say."""
    call = function(node)
    if call and JOINING.get(call[0]) == "list" and isinstance(call[1], Items):
        for part in call[1]:
            yield from parts(part)
    elif node is not None:
        yield node


def texts(node: Node | None) -> Iterator[Scalar]:
    """The scalars among the items of a list."""
    return (item for item in items(node) if isinstance(item, Scalar))


def is_open(node: Node | None) -> bool:
    """Whether the map or list may hold more than can be seen."""
    for choice in choices(node):
        call = function(choice)
        if call and call[0] in JOINING:
            parts = call[1].nodes if isinstance(call[1], Items) else (call[1],)
            if any(is_open(part) or isinstance(part, Scalar) for part in parts):
                return True
        elif call and call[0] in COMPUTED:
            return True
    return False


def calls(node: Node | None, name: str) -> Iterator[tuple[Node, Node]]:
    """Each use of the function NAME inside the node: where it stands, and its arguments."""
    for inner in walk(node):
        call = function(inner)
        if call and call[0] == name:
            yield inner, call[1]


def takes(name: str, arguments: Node) -> bool:
    """Whether the function takes such arguments: data may have a key of the same name."""
    form = FUNCTIONS[name]
    if form.keys:
        return isinstance(arguments, Table) and form.keys <= arguments.entries.keys()
    if not isinstance(arguments, Items):
        return bool(form.names) and not form.lengths and isinstance(arguments, Scalar)
    if form.lengths:
        return len(arguments.nodes) in form.lengths
    return bool(arguments.nodes) and all(
        function(node) or isinstance(node, _KINDS[form.parts]) for node in arguments
    )


def first_argument(arguments: Node) -> Scalar | None:
    """What get_param, get_attr, get_resource and if name: the first word of their arguments."""
    node = arguments.nodes[0] if isinstance(arguments, Items) and arguments.nodes else arguments
    return node if isinstance(node, Scalar) and node.text else None


@dataclass(frozen=True)
class Mount:
    """A volume: source, target and options, and the scalar it was read from."""

    node: Scalar
    source: str
    target: str
    options: frozenset[str]

    @property
    def line(self) -> int:  # noqa: D102
        return self.node.line

    @property
    def column(self) -> int:  # noqa: D102
        return self.node.column


@dataclass(frozen=True)
class DocumentedContainer:
    """A container of docker_config. key: its name, with its place. step: of its step_N."""

    name: str
    step: int
    key: Scalar
    node: Node

    def get(self, key: str) -> Node | None:
        """The container's value at KEY."""
        return entry(self.node, key)

    def text(self, key: str) -> str | None:
        """The same where it is a scalar."""
        value = self.get(key)
        return value.text if isinstance(value, Scalar) else None

    def is_true(self, key: str) -> bool:
        """Whether the value says yes."""
        return (self.text(key) or "").lower() in ("true", "yes", "on")

    @property
    def is_open(self) -> bool:
        """Whether parts of the container come from elsewhere."""
        return is_open(self.node)

    @property
    def one_shot(self) -> bool:
        """Whether it runs once and ends: detach false, or an `action` in another container."""
        return (self.text("detach") or "").lower() in ("false", "no", "off") or self.get("action") is not None

    @cached_property
    def mounts(self) -> tuple[Mount, ...]:
        """The volumes that are written out."""
        return tuple(_mounts(self.get("volumes")))

    @property
    def environment(self) -> dict[str, Node | None]:
        """The environment, whether list or map."""
        value = self.get("environment")
        found: dict[str, Node | None] = {key.text: node for key, node in pairs(value)}
        for item in texts(value):
            found[item.text.partition("=")[0]] = item
        return found


def _mounts(volumes: Node | None) -> Iterator[Mount]:
    for node in texts(volumes):
        source, *rest = node.text.split(":")
        if source:
            options = rest[1].split(",") if len(rest) > 1 else []
            yield Mount(node, source, rest[0] if rest else source, frozenset(options))


def containers(docker_config: Node | None) -> Iterator[DocumentedContainer]:
    """The containers of all steps, in the order of the text."""
    for step, section in pairs(docker_config):
        number = step.text.removeprefix("step_")
        if step.text == number or not number.isdigit():
            continue
        for key, node in pairs(section):
            if key.text not in COMPUTED and next(tables(node), None) is not None:
                yield DocumentedContainer(key.text, int(number), key, node)
