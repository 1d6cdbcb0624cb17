"""The environment of a container has the form that the release takes: a list of K=V, or a map of texts.

Why: what starts the containers stops at the wrong form, or starts the container without its environment;
without KOLLA_CONFIG_STRATEGY it then fails at once. Of true without quotes it gets the text True.

Bad, on Wallaby::

    environment:
      - KOLLA_CONFIG_STRATEGY=COPY_ALWAYS

Good::

    environment:
      KOLLA_CONFIG_STRATEGY: COPY_ALWAYS

Source: paunch/builder/base.py takes only a list to 4.5.2 (Stein) and both from 5.3 (Train, Ussuri);
tripleo_container_manage of tripleo-ansible (Victoria, Wallaby) only a map. Commit 81258ae55 of
tripleo-heat-templates changed its templates in 11.3.0.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import ServiceTemplate, heat
from scaffold.documents.nodes import Items, Scalar, Table
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.tripleo import kolla
from scaffold.tripleo.heat import COMPUTED, JOINING

HINTS = {"list": "write - KEY=VALUE", "map": "write KEY: VALUE"}


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Compare each container's environment with the release's form."""
    release = repository.release
    for container in template.containers:
        for choice in heat.choices(container.get("environment")):
            form = _form(choice)
            tripleo = release.tripleo
            if form and form != tripleo.environment_form:
                severity = Severity.WARNING if form in tripleo.environment_also else None
                message = (
                    f"{release.title} takes the environment of a container as a {tripleo.environment_form}"
                )
                yield Finding(choice, message, HINTS[tripleo.environment_form], severity)
        for name, value in container.environment.items():
            of_kolla = name.startswith(kolla.PREFIX)  # which asks only whether it is there
            if isinstance(value, Scalar) and value.kind == "bool" and not of_kolla:
                text = "True" if value.text.lower() in ("true", "yes", "on") else "False"
                message = f"{container.name} gets the text {text}"
                yield Finding(value, message, f'{name}: "{value.text}"', Severity.WARNING)


def _form(node: object) -> str | None:
    if isinstance(node, Items):
        return "list"
    call = heat.function(node) if isinstance(node, Table) else None
    if call and call[0] in COMPUTED:
        return None
    if call and call[0] in JOINING:
        return JOINING[call[0]]
    return "map" if isinstance(node, Table) and node.pairs else None


RULE = Rule(id="environment-form", page=__doc__, files=ServiceTemplate, check=check, needs_release=True)
