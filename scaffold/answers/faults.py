"""The sentences of faults: what a shape wants, what a node is, and what to write instead."""

from __future__ import annotations

import datetime

from scaffold import fields
from scaffold.answers.nodes import AnswerList, AnswerMap, AnswerNode, AnswerScalar
from scaffold.answers.wording import Path
from scaffold.fields import container_parts
from scaffold.fields.shapes import Choice, Group, ListOf, MapOf, OneOf, Shape, Text
from scaffold.printable import shown, visible
from scaffold.unknown import unknown


def words(shape: Shape) -> str:
    """What the shape wants, after "must be"."""
    match shape:
        case Choice(values=values) if len(values) == 1:
            return values[0]
        case Choice(values=values):
            return f"{', '.join(values[:-1])} or {values[-1]}"
        case OneOf(shapes=shapes):
            return " or ".join(map(words, shapes))
        case ListOf(alone=True, item=item):
            return f"{words(item)} or a list"
        case ListOf():
            return "a list"
        case MapOf() | Group():
            return "a map"
    return "a single value"


def what(node: AnswerNode) -> str:
    """What the node is, after "not"."""
    match node:
        case AnswerList():
            return "a list"
        case AnswerMap():
            return "a map"
        case AnswerScalar(value=str(text)):
            return shown(text)
        case AnswerScalar(written=written):
            return visible(written)
    return "this"


def listed(shape: Shape, node: AnswerNode) -> str:
    """How to write the text of NODE where SHAPE is a list of texts, or nothing."""
    if not (
        isinstance(shape, ListOf) and isinstance(shape.item, Text | Choice) and isinstance(node, AnswerScalar)
    ):
        return ""
    return f": write [{', '.join(visible(node.written).replace(',', ' ').split())}]"


def quote_it(node: AnswerScalar) -> str:
    """A text that YAML takes for something else."""
    kinds: tuple[tuple[type, str], ...] = ((bool, "true or false"), (datetime.date, "a date"))
    read_as = next((words for kind, words in kinds if isinstance(node.value, kind)), "a number")
    return f"quote it: {shown(node.written)} (without quotes YAML reads {read_as})"


def misplaced(key: str, shape: Group) -> str:
    """A key that SHAPE has not, and where it belongs."""
    if shape is fields.ANSWERS and key in fields.SERVICE.fields:
        return "is an answer of a service: put it under services"
    if shape is fields.SERVICE and key in fields.ANSWERS.fields:
        return "is an answer of the whole repository: put it at the top, beside services"
    if shape is fields.SERVICE and key in container_parts.ContainerAnswers.group.fields:
        return "is an answer of a container: put it under container, or into containers"
    if shape is container_parts.ContainerAnswers.group and key in fields.SERVICE.fields:
        return "is an answer of the service: put it beside container"
    if (
        shape in (fields.SERVICE, container_parts.ContainerAnswers.group)
        and key in container_parts.FurtherContainerAnswers.group.fields
    ):
        return "is an answer of a further container: put it into containers"
    return unknown("answer", key, shape.fields)


def flag(path: Path, key: str) -> str:
    """How to give a missing answer on the command line."""
    if path == () and key == "services":
        return ": give at least --set service_name=NAME"
    return f": --set {'.'.join(map(str, (*path, key)))}=VALUE" if len(path) < 4 else ""
