"""What a template refers to exists: conditions and resources.

Why: Heat refuses the template: "Invalid condition" or "The specified reference ... is incorrect".

Bad::

    if: [internal_tls_enabled, 443, 80]

Good::

    conditions:
      internal_tls_enabled: {equals: [{get_param: EnableInternalTLS}, true]}

Source: heat/engine/hot/functions.py (If, GetAttThenSelect, GetResource) of openstack-heat.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import HeatTemplate, heat
from scaffold.documents.nodes import Items, Node, Scalar, text_of
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository
from scaffold.releases import heat as heat_versions
from scaffold.tripleo.heat import LOGICAL, NAMING, WITH_FUNCTIONS
from scaffold.unknown import STRICT, did_you_mean, there_is_no


def check(template: HeatTemplate, repository: Repository) -> Iterator[Finding]:
    """Compare references with definitions; to a version without conditions an `if` is data."""
    known, version = heat_versions(), text_of(template.root.get("heat_template_version")) or ""
    has_conditions = known.has(version, known.functions["if"])
    for key, part in template.root.pairs:
        if key.text not in WITH_FUNCTIONS:
            continue
        for name in _resources(part):
            if name.text not in template.resources:
                hint = did_you_mean(name.text, template.resources.entries, STRICT)
                yield Finding(name, there_is_no("resource", name.text), hint)
        for name in _conditions(part, inside=key.text == "conditions") if has_conditions else ():
            if name.text not in template.conditions and name.kind != "bool":
                hint = did_you_mean(name.text, template.conditions.entries, STRICT)
                yield Finding(name, there_is_no("condition", name.text), hint)


def _resources(part: Node) -> Iterator[Scalar]:
    for function in NAMING["resource"]:
        for _, arguments in heat.calls(part, function):
            name = heat.first_argument(arguments)
            if name:
                yield name


def _conditions(part: Node, inside: bool) -> Iterator[Scalar]:
    for _, arguments in heat.calls(part, "if"):
        nodes = arguments.nodes if isinstance(arguments, Items) else ()
        if len(nodes) in (2, 3):
            yield from _named(nodes[0])
    if inside:
        for function in LOGICAL:
            for _, arguments in heat.calls(part, function):
                yield from _named(arguments)


def _named(node: Node) -> Iterator[Scalar]:
    """The names of conditions in a condition."""
    call = heat.function(node)
    if isinstance(node, Scalar) and node.text:
        yield node
    elif isinstance(node, Items):
        for item in node:
            yield from _named(item)
    elif call and call[0] in LOGICAL:
        yield from _named(call[1])


RULE = Rule(id="name-undefined", page=__doc__, files=HeatTemplate, check=check)
