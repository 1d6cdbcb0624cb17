"""A service template declares the parameters that the release passes to every service.

Why: the resource chain of a role gives each service the same properties. Heat refuses the stack, at the
first service that does not declare one of them, with "Unknown Property".

Bad::

    parameters: {}

Good::

    parameters:
      RoleName: {type: string, default: ''}

Source: ServiceChain in common/services/role.role.j2.yaml, and required_params of tools/yaml-validate.py, of
tripleo-heat-templates 8.4.1 to 14.3.0; DefaultPasswords ends with 14.1.0 (commit 7f195ff9a).
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import HeatTemplate, ServiceTemplate
from scaffold.documents.nodes import Scalar
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Spot
from scaffold.lint.repository import Repository

ALWAYS = ("EndpointMap", "RoleName", "RoleParameters", "ServiceData", "ServiceNetMap")
TO_VICTORIA = "DefaultPasswords"


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Name all that are missing at once."""
    release = repository.release
    required = (*ALWAYS, *([TO_VICTORIA] if release.default_passwords else []))
    missing = [name for name in required if name not in template.parameters]
    if missing and not _only_nested(template, repository):
        place = template.root.keys.get("parameters", Spot())
        yield Finding(
            place,
            f"{release.title} passes {', '.join(missing)} to every service",
            "declare each with a default",
        )


def _only_nested(template: ServiceTemplate, repository: Repository) -> bool:
    """Whether other templates use it as a resource, which gives it what they name, and no role does."""
    nested = {each.resolve(kind.text) for each in repository.of(HeatTemplate) for kind in each.nested()}
    registered = {
        environment.resolve(value.text)
        for environment in repository.environments
        for _, value in environment.registry.pairs
        if isinstance(value, Scalar)
    }
    return template.path in nested - registered


RULE = Rule(id="parameter-required", page=__doc__, files=ServiceTemplate, check=check, needs_release=True)
