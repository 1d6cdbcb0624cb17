"""`--set KEY=VALUE`: one answer, addressed by its path and read by its declared type."""

from __future__ import annotations

import re
from dataclasses import replace

from scaffold import fields
from scaffold.answers.nodes import AnswerList, AnswerMap, AnswerNode, AnswerPlace, AnswerScalar
from scaffold.answers.reading import parse
from scaffold.errors import AnswersError, Fault
from scaffold.fields.shapes import MAX_DEPTH, Choice, Free, Group, ListOf, MapOf, OneOf, Setting, Shape, Text
from scaffold.printable import visible
from scaffold.unknown import unknown

NAMES = ("service_name", "name")  # the answers that name an item of a list


class _RefusedError(Exception):
    """The key of a setting leads nowhere."""


def applied(root: AnswerNode, setting: str) -> tuple[AnswerNode, list[Fault]]:
    """ROOT with SETTING put into it, or as it was and the faults of the setting."""
    key, equals, value = setting.partition("=")
    place = AnswerPlace(f"--set {visible(key)}")
    if not equals or not key:
        return root, [Fault(f"--set {visible(setting)}", "", "must be KEY=VALUE, like vendor=Acme")]
    try:
        return _put(root, fields.ANSWERS, _keys(root, key), value, place), []
    except _RefusedError as refused:
        return root, [Fault(str(place), "", str(refused))]
    except AnswersError as error:
        return root, list(error.faults)


def _keys(root: AnswerNode, key: str) -> list[str]:
    """The parts of KEY, with the service that it leaves out; `services[0].step` will do as well."""
    keys = re.sub(r"\[([0-9]+)\]", r".\1", key).split(".")
    if len(keys) > MAX_DEPTH:
        raise _RefusedError(f"leads deeper than {MAX_DEPTH} steps")
    if keys[0] in fields.ANSWERS.fields or keys[0] not in fields.SERVICE.fields:
        return keys
    services = root.entries.get("services") if isinstance(root, AnswerMap) else None
    count = len(services.nodes) if isinstance(services, AnswerList) else 0
    if count > 1:
        raise _RefusedError(f"which of the {count} services? Say services.NAME.{visible(key)}")
    return ["services", "0", *keys]


def _put(
    node: AnswerNode | None, shape: Shape, keys: list[str], value: str, place: AnswerPlace
) -> AnswerNode:
    """NODE with VALUE at the end of KEYS; made where there is none."""
    if not keys:
        return _value(shape, value, place)
    match shape:
        case Group() | MapOf():
            return _put_in_map(node, shape, keys, value, place)
        case ListOf() if shape.alone and not isinstance(node, AnswerList) and not keys[0].isdigit():
            return _put(node, shape.item, keys, value, place)
        case ListOf():
            return _put_in_list(node, shape, keys, value, place)
        case OneOf():
            wanted = ListOf if isinstance(node, AnswerList) or (node is None and keys[0].isdigit()) else MapOf
            found = next((one for one in shape.shapes if isinstance(one, wanted)), shape.shapes[-1])
            return _put(node, found, keys, value, place)
        case Free():
            of_list = isinstance(node, AnswerList)
            inner: Shape = ListOf(shape) if of_list else MapOf(shape.key, shape)
            return _put(node, inner, keys, value, place)
    raise _RefusedError(f"nothing can follow here: .{visible('.'.join(keys))} is too much")


def _put_in_map(
    node: AnswerNode | None, shape: Group | MapOf, keys: list[str], value: str, place: AnswerPlace
) -> AnswerMap:
    key, rest = keys[0], keys[1:]
    if isinstance(shape, MapOf):
        inner = shape.value
        if shape.key.dotted:
            key, rest = ".".join(keys), []
    elif key in shape.fields:
        inner = shape.fields[key].shape
    else:
        top = [*fields.SERVICE.fields] if shape is fields.ANSWERS else []
        raise _RefusedError(unknown("answer", key, [*shape.fields, *top]))
    table = _table(node, shape, place)
    return table.having(key, _put(table.entries.get(key), inner, rest, value, place), place)


def _table(node: AnswerNode | None, shape: Group | MapOf, place: AnswerPlace) -> AnswerMap:
    """The map that NODE is or is short for."""
    if isinstance(node, AnswerMap):
        return node
    if isinstance(node, AnswerScalar) and isinstance(shape, Group) and shape.shorthand:
        return AnswerMap({shape.shorthand: node}, {shape.shorthand: node.place}, node.place)
    return AnswerMap({}, {}, place)


def _put_in_list(
    node: AnswerNode | None, shape: ListOf, keys: list[str], value: str, place: AnswerPlace
) -> AnswerList:
    items = node if isinstance(node, AnswerList) else AnswerList((), place)
    index = _index(items, keys[0])
    old = items.nodes[index] if index < len(items.nodes) else None
    new = _put(old, shape.item, keys[1:], value, place)
    return AnswerList((*items.nodes[:index], new, *items.nodes[index + 1 :]), items.place)


def _index(items: AnswerList, key: str) -> int:
    """The position that KEY means: a number up to the length of the list, or a name."""
    names = [_name(node) for node in items.nodes]
    if key in names:
        return names.index(key)
    count = len(items.nodes)
    if not re.fullmatch("[0-9]{1,4}", key):
        known = [name for name in names if name]
        raise _RefusedError(unknown("entry", key, known))
    if int(key) > count:
        raise _RefusedError(f"there is no number {key}: the list has {count}, counted from 0")
    return int(key)


def _name(node: AnswerNode) -> str:
    entries = node.entries if isinstance(node, AnswerMap) else {}
    named = (entries.get(name) for name in NAMES)
    return next((found.written for found in named if isinstance(found, AnswerScalar)), "")


def _value(shape: Shape, text: str, place: AnswerPlace) -> AnswerNode:
    """The node that TEXT means where SHAPE is wanted."""
    if _is_text(shape, text):
        return AnswerScalar(text, text, place)
    node, faults = parse(text, place.source, lines=False)
    if faults:
        raise AnswersError(faults)
    return _as_declared(node or AnswerScalar(None, "", place), shape)


def _is_text(shape: Shape, text: str) -> bool:
    """Whether TEXT is the value itself, and not YAML."""
    match shape:
        case Text() | Choice() | Setting():
            return True
        case Group(shorthand=shorthand) if shorthand:
            return not text.lstrip().startswith("{")
        case ListOf(alone=True, item=item):
            return not text.lstrip().startswith("[") and _is_text(item, text)
        case OneOf(shapes=shapes) if any(isinstance(one, Text | Setting) for one in shapes):
            others = "".join("[" if isinstance(one, ListOf) else "{" for one in shapes[1:])
            return not text.lstrip().startswith(tuple(others))
    return False


def _as_declared(node: AnswerNode, shape: Shape) -> AnswerNode:
    """NODE with the plain values where a text is declared read as that text: `[2.10]` as ["2.10"]."""
    match shape, node:
        case (Text() | Choice(), AnswerScalar()) if node.written:
            return AnswerScalar(node.written, node.written, node.place)
        case Group(shorthand=shorthand), AnswerScalar() if shorthand:
            return _as_declared(node, shape.fields[shorthand].shape)
        case OneOf(shapes=(first, *_)), AnswerScalar():
            return _as_declared(node, first)
        case OneOf(), AnswerList():
            return _as_declared(node, next(one for one in shape.shapes if isinstance(one, ListOf)))
        case ListOf(alone=True), AnswerScalar() | AnswerMap():
            return _as_declared(node, shape.item)
        case ListOf(), AnswerList():
            return AnswerList(tuple(_as_declared(one, shape.item) for one in node.nodes), node.place)
        case Group(), AnswerMap():
            known = {key: field.shape for key, field in shape.fields.items()}
            return _each(node, known)
        case MapOf(), AnswerMap():
            return _each(node, dict.fromkeys(node.entries, shape.value))
    return node


def _each(table: AnswerMap, shapes: dict[str, Shape]) -> AnswerMap:
    entries = {
        key: _as_declared(node, shapes[key]) if key in shapes else node for key, node in table.entries.items()
    }
    return replace(table, entries=entries)
