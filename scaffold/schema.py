"""The JSON Schema (2020-12) of the answers file, made of the same shapes that the check reads."""

from __future__ import annotations

from scaffold import fields
from scaffold.fields import shared_shapes
from scaffold.fields.kind import Kind
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

Schema = dict[str, object]
FREE: Schema = {"$ref": "#/$defs/free"}


def json_schema() -> Schema:
    """The whole schema, for editors and CI."""
    head: Schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:vendor-scaffold:answers:{fields.SCHEMA}",
        "title": "Answers of vendor-scaffold",
        "description": "What a vendor repository for containerised TripleO overclouds is made of.",
    }
    return head | _group(fields.ANSWERS) | {"$defs": {"free": _free(shared_shapes.ANY)}}


def _schema(shape: Shape) -> Schema:
    match shape:
        case Text(kind=kind, numbers=True):
            return {"anyOf": [_string(kind), {"type": "number"}]}
        case Text(kind=kind):
            return _text(kind)
        case Integer(least=least, most=most):
            return (
                {"const": least} if least == most else {"type": "integer", "minimum": least, "maximum": most}
            )
        case Boolean():
            return {"type": "boolean"}
        case Choice(values=values, numbers=numbers):
            return {"enum": [*values, *numbers]}
        case Setting(kind=kind):
            return {"anyOf": [_string(kind), {"type": ["number", "boolean"]}]}
        case ListOf():
            return _list(shape)
        case MapOf():
            return _map(shape)
        case Group():
            return _shorthand(shape)
        case OneOf(shapes=shapes):
            return {"oneOf": [_schema(one) for one in shapes]}
        case Free():
            return FREE


def _string(kind: Kind) -> Schema:
    return {"type": "string", "minLength": kind.least, "maxLength": kind.most, "pattern": kind.pattern}


def _text(kind: Kind) -> Schema:
    described: Schema = {"title": kind.name, "examples": [kind.example]}
    if not kind.greatest:
        return described | _string(kind)
    number = {"type": "integer", "minimum": 0, "maximum": kind.greatest}
    return described | {"anyOf": [_string(kind), number]}


def _list(shape: ListOf) -> Schema:
    one = _schema(shape.item)
    result: Schema = {"type": "array", "items": one}
    if shape.least:
        result["minItems"] = shape.least
    if shape.unique:
        result["uniqueItems"] = True
    if shape.alone:
        return {"oneOf": [*one.get("oneOf", [one]), result]}  # type: ignore[misc]
    return result


def _map(shape: MapOf) -> Schema:
    names = _string(shape.key)
    one: Schema = {"minProperties": 1, "maxProperties": 1} if shape.single else {}
    return {"type": "object", "propertyNames": names, "additionalProperties": _schema(shape.value)} | one


def _group(shape: Group) -> Schema:
    return {
        "type": "object",
        "properties": {name: _described(field) for name, field in shape.fields.items()},
        "required": [name for name, field in shape.fields.items() if field.required],
        "additionalProperties": False,
    }


def _shorthand(shape: Group) -> Schema:
    if not shape.shorthand:
        return _group(shape)
    short = _schema(shape.fields[shape.shorthand].shape)
    return {"oneOf": [short, _group(shape)]}


def _described(field: Field) -> Schema:
    default = f" Default: {field.otherwise}." if field.otherwise else ""
    return {"description": field.doc + default} | _schema(field.shape)


def _free(shape: Free) -> Schema:
    kinds: list[Schema] = [
        _string(shape.text),
        {"type": ["number", "boolean", "null"]},
        {"type": "array", "items": FREE},
        _map(MapOf(shape.key, shape)),
    ]
    return {"anyOf": kinds}
