"""A function of Heat is one that the template's own heat_template_version has.

Why: to an older version a newer function is plain data: the service gets the map itself in the place of its
value. A section or an argument that came later is refused, and so is a function that is gone.

Bad::

    heat_template_version: ocata
    …
    volumes:
      list_concat: [{get_attr: [ContainersCommon, volumes]}, ["/etc/vendorx:/etc/vendorx:ro"]]

Good::

    heat_template_version: pike

Source: the classes HOTemplate… of heat/engine/hot/template.py of openstack-heat, in
scaffold/releases/heat.yaml. A map of one key is taken for a function only where its arguments look like it.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import HeatTemplate, heat
from scaffold.documents.nodes import Items, Node, Scalar, Table, text_of, walk
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository
from scaffold.releases import HeatVersions
from scaffold.releases import heat as heat_versions
from scaffold.tripleo.heat import WITH_FUNCTIONS


def check(template: HeatTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at what Heat reads functions in, and at the keys of the template and of its resources."""
    known = heat_versions()
    version = text_of(template.root.get("heat_template_version")) or ""
    for key, part in template.root.pairs:
        since = known.sections.get(key.text)
        if since and not known.has(version, since):
            yield Finding(key, f"{version} has no section {key.text}", _hint(since))
        elif key.text in WITH_FUNCTIONS:
            for name, since in _newer(part, version, known, inside=key.text == "conditions"):
                yield Finding(name, f"{version} has no function {name.text}", _hint(since))
            yield from _arguments(part, version, known)
    for _, resource in template.resources.pairs:
        for key in resource.keys.values() if isinstance(resource, Table) else ():
            since = known.resource_keys.get(key.text)
            if since and not known.has(version, since):
                yield Finding(key, f"a resource of {version} has no {key.text}", _hint(since))


def _newer(part: Node, version: str, known: HeatVersions, *, inside: bool) -> Iterator[tuple[Scalar, str]]:
    since = known.conditions if inside else known.functions
    for node in walk(part):
        if not isinstance(node, Table) or len(node.pairs) != 1:
            continue
        name, arguments = node.pairs[0]
        brought = since.get(name.text)
        if brought and not known.has(version, brought) and heat.takes(name.text, arguments):
            yield name, brought


def _arguments(part: Node, version: str, known: HeatVersions) -> Iterator[Finding]:
    """Arguments that the version does not take yet; functions that it takes no more."""
    for node in walk(part):
        call = heat.function(node)
        if not isinstance(node, Table) or not call:
            continue
        name, arguments = node.pairs[0][0], call[1]
        number = len(arguments.nodes) if isinstance(arguments, Items) else 0
        since = known.arguments.get(name.text, version)
        if name.text == "if" and number == 2 and not known.has(version, since) and _has_if(version, known):
            yield Finding(
                name, f"if takes three arguments in {version}", "say what else: [CONDITION, THEN, ELSE]"
            )
        elif name.text == "list_join" and number > 2 and not known.has(version, since):
            yield Finding(name, f"list_join takes one list in {version}", _hint(since))
        gone = known.gone.get(name.text)
        if gone and version in known.order and known.has(version, gone):
            yield Finding(name, f"{version} no longer has the function {name.text}")


def _has_if(version: str, known: HeatVersions) -> bool:
    return known.has(version, known.functions["if"])


def _hint(since: str) -> str:
    return f"heat_template_version: {since}, or a later one"


RULE = Rule(id="function-version", page=__doc__, files=HeatTemplate, check=check)
