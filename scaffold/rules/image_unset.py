"""An image that a service of the repository needs is set in an environment file.

Why: Heat stops the deployment, "The Parameter (ContainerVendorxAgentImage) was not provided": nothing else
sets it, since image prepare knows stock images alone.

Bad::

    parameter_defaults: {}

Good::

    parameter_defaults:
      ContainerVendorxAgentImage: registry.example.com/vendorx/agent:2.1

Source: heat/engine/parameters.py of openstack-heat (UserParameterMissing). A repository without stored
answers that sets none of its images may leave that to the operator, and is not judged; else it is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import ServiceTemplate
from scaffold.documents.nodes import Table
from scaffold.documents.reference import IMAGE_PARAMETER
from scaffold.lint import Rule, sums
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.lint.shared import shared


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at the image parameters without a default of a service that is registered."""
    generated = bool(repository.answers.get("services"))
    if not repository.complete or template.path not in shared(repository).own:
        return
    for name, declared in template.parameters.pairs:
        ours = IMAGE_PARAMETER.fullmatch(name.text) and name.text not in repository.stock.image_parameters
        needed = ours and isinstance(declared, Table) and "default" not in declared
        if needed and name.text not in sums.assigned(repository) and (generated or _sets_others(repository)):
            message = f"no environment file sets {name.text}"
            severity = None if generated else Severity.WARNING
            yield Finding(name, message, f"{name.text}: REGISTRY/NAMESPACE/NAME:TAG", severity)


def _sets_others(repository: Repository) -> bool:
    own = (name for name in repository.parameters if IMAGE_PARAMETER.fullmatch(name))
    return any(
        name in sums.assigned(repository) and name not in repository.stock.image_parameters for name in own
    )


RULE = Rule(id="image-unset", page=__doc__, files=ServiceTemplate, check=check)
