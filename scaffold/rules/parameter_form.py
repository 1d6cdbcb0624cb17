"""A parameter is declared in the form that Heat takes.

Why: Heat refuses the template, and with it the whole deployment: a type that there is not, a key that no
declaration has, a constraint without its values.

Bad::

    parameters:
      VendorxPort: {type: int, defualt: 1234}

Good::

    parameters:
      VendorxPort: {type: number, default: 1234}

Source: HOTParamSchema of heat/engine/hot/parameters.py and Schema of heat/engine/parameters.py of
openstack-heat.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import HeatTemplate
from scaffold.documents.nodes import Items, Node, Scalar, Table, plain, text_of
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.tripleo.parameters import (
    CONSTRAINTS,
    DECLARATION_KEYS,
    DESCRIPTION,
    PARAMETER_TYPES,
    faults_of_constraints,
    is_truth,
)
from scaffold.unknown import did_you_mean, meant

# what other languages call them
OTHERWISE = {"int": "number", "integer": "number", "float": "number", "bool": "boolean", "str": "string",
             "text": "string", "list": "comma_delimited_list", "map": "json", "dict": "json"}  # fmt: skip


def check(template: HeatTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at each declaration."""
    for name, declared in template.parameters.pairs:
        if isinstance(declared, Table):
            yield from _keys(name, declared)
            yield from _type(name, declared)
            yield from _constraints(name, declared)
        else:
            yield Finding(name, f"{name.text} is no declaration", f"{name.text}: {{type: string}}")


def _keys(name: Scalar, declared: Table) -> Iterator[Finding]:
    for key, value in declared.pairs:
        if key.text not in DECLARATION_KEYS:
            hint = did_you_mean(key.text, DECLARATION_KEYS)
            yield Finding(key, f"the declaration of a parameter has no {key.text}", hint)
        elif key.text in ("hidden", "immutable") and not is_truth(plain(value)):
            message = f"{key.text} of {name.text} must be true or false"
            yield Finding(value, message, severity=Severity.WARNING)


def _type(name: Scalar, declared: Table) -> Iterator[Finding]:
    kind = declared.get("type")
    if kind is None and not any(key not in DECLARATION_KEYS for key in declared.entries):
        yield Finding(name, f"{name.text} has no type", f"type: {PARAMETER_TYPES[0]}")
    elif kind is not None and text_of(kind) not in PARAMETER_TYPES:
        word = text_of(kind) or ""
        hint = meant(OTHERWISE.get(word.lower(), "")) or did_you_mean(word.lower(), PARAMETER_TYPES)
        listed = f"one of {', '.join(PARAMETER_TYPES)}"
        yield Finding(kind, f"Heat has no type {word} of parameters", hint or listed)


def _constraints(name: Scalar, declared: Table) -> Iterator[Finding]:
    kind, constraints = text_of(declared.get("type")), declared.get("constraints")
    if constraints is None or kind not in PARAMETER_TYPES:
        return
    told = constraints.nodes if isinstance(constraints, Items) else None
    if told is None or not all(isinstance(each, Table) for each in told):
        place = next((each for each in told or () if not isinstance(each, Table)), constraints)
        yield Finding(place, f"constraints of {name.text} must be a list of maps", "- allowed_values: […]")
        return
    for path, reason in faults_of_constraints(kind, [_named(each) for each in told]):
        if len(path) == 3 and kind == "string":
            continue  # off without quotes, which Heat makes text of
        yield Finding(_place(told, path), f"constraint of {name.text}: {reason}", _hint(told, path))


def _named(constraint: Node) -> dict[str, object]:
    value = plain(constraint)
    return value if isinstance(value, dict) else {}


def _hint(told: tuple[Node, ...], path: tuple[str | int, ...]) -> str:
    one = told[int(path[0])]
    keys = one.entries if isinstance(one, Table) and len(path) == 1 else {}
    known = (*CONSTRAINTS, DESCRIPTION)
    return next(filter(None, (did_you_mean(key, known) for key in keys if key not in known)), "")


def _place(told: tuple[Node, ...], path: tuple[str | int, ...]) -> Node:
    """The node at the end of PATH, or its key where it is one of a map."""
    node: Node = told[int(path[0])]
    for step in path[1:]:
        if isinstance(node, Table):
            last = step == path[-1]
            node = node.keys[str(step)] if last else node.entries[str(step)]
        elif isinstance(node, Items):
            node = node.nodes[int(step)]
    return node


RULE = Rule(id="parameter-form", page=__doc__, files=HeatTemplate, check=check)
