"""A service template declares the parameters that the release passes to every service.

Why: the resource chain of a role gives each service the same properties. Heat refuses the stack, at the
first service that does not declare one of them, with "Unknown Property". A template that others nest, by its
path or a registered name of its own, gets what they name.

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

from scaffold.documents import ServiceTemplate
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Spot
from scaffold.lint.repository import Repository
from scaffold.tripleo.services import DEFAULT_PASSWORDS, passed


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Name all that are missing at once."""
    release = repository.release
    required = passed(release.tripleo.default_passwords)
    missing = sorted(
        (name for name in required if name not in template.parameters),
        key=lambda name: (name == DEFAULT_PASSWORDS, name),  # the one that a release drops comes last
    )
    if missing and not repository.only_nested(template):
        place = template.root.keys.get("parameters", Spot())
        yield Finding(
            place,
            f"{release.title} passes {', '.join(missing)} to every service",
            "declare each with a default",
        )


RULE = Rule(id="parameter-required", page=__doc__, files=ServiceTemplate, check=check, needs_release=True)
