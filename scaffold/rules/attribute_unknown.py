"""What get_attr asks of a resource is something that the resource has.

Why: Heat refuses the template, or gives nothing: the list has one part less, the hiera key is null, the
container has no image. Known are the outputs of containers-common.yaml and of the repository's own templates,
the sections of role_data, and the keys of an OS::Heat::Value, as RoleParametersValue is.

Bad::

    volumes:
      list_concat:
        - {get_attr: [ContainersCommon, volume]}

Good::

    volumes:
      list_concat:
        - {get_attr: [ContainersCommon, volumes]}

Source: GetAttThenSelect of heat/engine/hot/functions.py of openstack-heat; common_outputs of facts.yaml and
common_mounts of scaffold/catalogue. Of stock templates only what is nearly right is judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import HeatTemplate, ServiceTemplate, heat
from scaffold.documents.nodes import Items, Node, Scalar, Table, text_of
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.releases import role_data
from scaffold.tripleo.heat import FUNCTIONS, WITH_FUNCTIONS
from scaffold.tripleo.services import COMMON_TEMPLATE
from scaffold.unknown import STRICT, did_you_mean, meant, nearest

VALUE = "OS::Heat::Value"
ROLE_DATA = "role_data"
NEARLY = 0.93  # services have sections of their own, too


def check(template: HeatTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at every get_attr, and at what a Value puts in the place of its names."""
    for key, part in template.root.pairs:
        if key.text in WITH_FUNCTIONS:
            for _, arguments in heat.calls(part, "get_attr"):
                if isinstance(arguments, Items) and len(arguments.nodes) > 1:
                    yield from _asked(arguments.nodes, template, repository)
    for _, resource in template.resources.pairs:
        if isinstance(resource, Table) and text_of(resource.get("type")) == VALUE:
            yield from _left(resource.get("properties", "value"))


def _asked(words: tuple[Node, ...], template: HeatTemplate, repository: Repository) -> Iterator[Finding]:
    name, attribute = text_of(words[0]) or "", words[1]
    resource = template.resources.get(name)
    kind = text_of(resource.get("type")) if isinstance(resource, Table) else None
    if not kind or not isinstance(attribute, Scalar) or not isinstance(resource, Table):
        return
    if kind == VALUE:
        yield from _of_value(words, name, resource)
    elif kind.endswith(COMMON_TEMPLATE) and repository.release_name:
        known = {*repository.common_mounts, *repository.release.tripleo.common_outputs}
        if attribute.text not in known:
            yield _unknown(name, attribute, known)
    elif kind.endswith((".yaml", ".yml")):
        own = repository.document(template.resolve(kind))
        if isinstance(own, HeatTemplate):
            yield from _of_own(words, name, own)
        elif near := nearest(attribute.text, [ROLE_DATA], STRICT):
            if attribute.text != ROLE_DATA:
                yield Finding(attribute, f"{name} has no {attribute.text}", meant(near))
            yield from _section(words)


def _unknown(name: str, attribute: Scalar, known: set[str]) -> Finding:
    hint = did_you_mean(attribute.text, known) or f"it has {', '.join(sorted(known))}"
    return Finding(attribute, f"{name} has no {attribute.text}", hint)


def _of_own(words: tuple[Node, ...], name: str, own: HeatTemplate) -> Iterator[Finding]:
    attribute, outputs = words[1], own.root.table("outputs")
    if not isinstance(attribute, Scalar) or attribute.text in ("resource", "show", "refs"):
        return
    if attribute.text not in outputs and not attribute.text.startswith("resource."):
        yield _unknown(name, attribute, {*outputs.entries})
    elif attribute.text == ROLE_DATA and len(words) > 2 and isinstance(own, ServiceTemplate):
        section = words[2]
        has = {key.text for key, _ in heat.pairs(own.role_data)}
        if isinstance(section, Scalar) and section.text not in has and not heat.is_open(own.role_data):
            near = did_you_mean(section.text, has, NEARLY)
            if near:
                yield Finding(section, f"role_data of {name} has no {section.text}", near)


def _section(words: tuple[Node, ...]) -> Iterator[Finding]:
    section = words[2] if len(words) > 2 else None
    if isinstance(section, Scalar) and text_of(words[1]) == ROLE_DATA and section.text not in role_data():
        near = did_you_mean(section.text, role_data(), NEARLY)
        if near:
            yield Finding(section, f"role_data has no section {section.text}", near)


def _of_value(words: tuple[Node, ...], name: str, resource: Table) -> Iterator[Finding]:
    attribute = words[1]
    if not isinstance(attribute, Scalar):
        return
    if attribute.text not in ("value", "show"):
        yield _unknown(name, attribute, {"value"})
    known = keys(resource.get("properties", "value"))
    wanted = words[2] if len(words) > 2 else None
    if attribute.text == "value" and isinstance(wanted, Scalar) and known and wanted.text not in known:
        hint = did_you_mean(wanted.text, known, STRICT)
        yield Finding(wanted, f"{name} has no {wanted.text}", hint, None if hint else Severity.WARNING)


def keys(node: Node | None) -> set[str]:
    """The keys of the map that a node gives; none where they cannot be seen."""
    call = heat.function(node)
    if call and call[0] == "map_replace" and isinstance(call[1], Items) and len(call[1].nodes) == 2:
        source, replaced = call[1].nodes
        renames = isinstance(replaced, Table) and "keys" in replaced
        return set() if renames else keys(source)
    if call and call[0] == "map_merge" and isinstance(call[1], Items):
        parts = [keys(part) for part in call[1]]
        return set().union(*parts) if all(parts) else set()
    if call and call[0] in FUNCTIONS:
        return set()
    return {*node.entries} if isinstance(node, Table) else set()


def _left(node: Node | None) -> Iterator[Finding]:
    """What map_replace leaves as it is, where it takes values of the same names from parameters."""
    call = heat.function(node)
    if not (call and call[0] == "map_replace" and isinstance(call[1], Items) and len(call[1].nodes) == 2):
        return
    source, replaced = call[1].nodes
    inner = heat.function(source)
    if not (inner and inner[0] == "map_replace" and isinstance(inner[1], Items) and inner[1].nodes):
        return
    names, values = inner[1].nodes[0], replaced.get("values") if isinstance(replaced, Table) else None
    if not isinstance(names, Table) or not isinstance(values, Table) or keys(values) != {*values.entries}:
        return
    for key, value in names.pairs:
        if isinstance(value, Scalar) and value.text == key.text and value.text not in values:
            hint = did_you_mean(value.text, values.entries, STRICT)
            yield Finding(value, f"nothing replaces {value.text}: its name is its value", hint)


RULE = Rule(id="attribute-unknown", page=__doc__, files=HeatTemplate, check=check)
