"""The containers of a service stand under a step: step_1 to step_5.

Why: the deployment asks for docker_config's step_1, step_2 and so on. What stands under any other name is
silently ignored, and the container is never started. What an alias repeats may be kept there.

Bad::

    docker_config:
      step4:
        vendorx_agent: {image: {get_param: ContainerVendorxAgentImage}}

Good::

    docker_config:
      step_4:
        vendorx_agent: {image: {get_param: ContainerVendorxAgentImage}}

Source: common/deploy-steps.j2 (deploy_steps_max is 6: five steps) of tripleo-heat-templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import ServiceTemplate, heat
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository
from scaffold.tripleo.heat import COMPUTED


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at the keys of docker_config; what stands under step_0, tasks of the service itself start."""
    for key, value in heat.pairs(template.section("docker_config")):
        known = re.fullmatch("step_[0-5]", key.text) or key.text in COMPUTED
        if not known and not (template.is_repeated(value) and "step" not in key.text):
            number = re.search("[1-5]$", key.text)
            hint = f"step_{number.group()}" if number else "step_1 to step_5"
            yield Finding(key, f"no step is called {key.text}", hint)


RULE = Rule(id="container-step", page=__doc__, files=ServiceTemplate, check=check)
