"""A resource has a type, keys that Heat knows, and passes a template the parameters that it declares.

Why: Heat refuses the template: "Unknown Property", "is not a valid keyword inside a resource definition". A
template of TripleO that is not given RoleParameters does not see what the operator sets for one role.

Bad, on Wallaby::

    StockService:
      type: ../../deployment/cinder/cinder-backup-pacemaker-puppet.yaml
      properties:
        DefaultPasswords: {get_param: DefaultPasswords}

Good::

    StockService:
      type: ../../deployment/cinder/cinder-backup-pacemaker-puppet.yaml
      properties:
        EndpointMap: {get_param: EndpointMap}
        RoleParameters: {get_param: RoleParameters}

Source: heat/engine/hot/template.py and properties.py of openstack-heat; role.role.j2.yaml of
tripleo-heat-templates. Of a stock template it is known what every service declares, and all names of the
release.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.catalogue import parameter_forms
from scaffold.documents import HeatTemplate
from scaffold.documents.nodes import Scalar, Table
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.tripleo.heat import RESOURCE_KEYS
from scaffold.tripleo.paths import TREE
from scaffold.tripleo.services import DEFAULT_PASSWORDS, passed
from scaffold.unknown import STRICT, did_you_mean


def check(template: HeatTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at each resource."""
    for name, resource in template.resources.pairs:
        if not isinstance(resource, Table):
            yield Finding(name, f"the resource {name.text} is no map", f"{name.text}: {{type: …}}")
            continue
        unknown = [key for key in resource.keys.values() if key.text not in RESOURCE_KEYS]
        for key in unknown:
            message = f"the resource {name.text} cannot have {key.text}"
            yield Finding(key, message, did_you_mean(key.text, RESOURCE_KEYS))
        kind = resource.get("type")
        if kind is None and not unknown:
            yield Finding(name, f"the resource {name.text} has no type")
        elif isinstance(kind, Scalar) and kind.text.endswith((".yaml", ".yml")):
            yield from _passed(kind, resource, template, repository)


def _passed(
    kind: Scalar, resource: Table, template: HeatTemplate, repository: Repository
) -> Iterator[Finding]:
    properties = resource.table("properties")
    own = repository.document(template.resolve(kind.text))
    if isinstance(own, HeatTemplate):
        for key in properties.keys.values():
            if key.text not in own.parameters:
                hint = did_you_mean(key.text, own.parameters.entries)
                yield Finding(key, f"{own.path} declares no {key.text}", hint)
    elif repository.release_name and _inside(kind.text) in repository.stock.templates:
        yield from _of_stock(kind, properties, repository)


def _inside(path: str) -> str:
    """The path from the top of the tree that the repository is laid over, or that is installed."""
    return re.sub(rf"^(\.\./)+|^{TREE}", "", path)


def _of_stock(kind: Scalar, properties: Table, repository: Repository) -> Iterator[Finding]:
    release = repository.release
    known = {*parameter_forms(release.name), *passed(release.tripleo.default_passwords)}
    for key in properties.keys.values():
        if key.text in known and (key.text != DEFAULT_PASSWORDS or release.tripleo.default_passwords):
            continue
        hint = did_you_mean(key.text, passed(default_passwords=False), STRICT)
        if hint or key.text == DEFAULT_PASSWORDS:
            yield Finding(key, f"templates of {release.title} declare no {key.text}", hint or "leave it out")
    of_service = _inside(kind.text) in repository.catalogue.templates.values()
    if of_service and "EndpointMap" in properties and "RoleParameters" not in properties:
        message = "the stock template does not see what is set for one role"
        yield Finding(kind, message, "RoleParameters: {get_param: RoleParameters}", Severity.WARNING)


RULE = Rule(id="resource-form", page=__doc__, files=HeatTemplate, check=check)
