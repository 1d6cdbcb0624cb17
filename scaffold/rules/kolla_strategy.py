"""A container with a kolla config sets KOLLA_CONFIG_STRATEGY to COPY_ALWAYS or COPY_ONCE.

Why: kolla_start asks for it before anything else. Without it the container ends with "KOLLA_CONFIG_STRATEGY
is not set properly", and is restarted in a loop.

Bad, from Train on::

    environment:
      VENDORX_DEBUG: "1"

Good::

    environment:
      KOLLA_CONFIG_STRATEGY: COPY_ALWAYS

Source: get_config_strategy of set_configs.py of kolla (docker/base) and of tripleo-common
(container-images/kolla/base).
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import Dockerfile, ServiceTemplate, heat
from scaffold.documents.nodes import Scalar
from scaffold.documents.wiring import bypasses_kolla, kolla_mount
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository, per_repository
from scaffold.tripleo.kolla import COPY_ALWAYS, STRATEGIES, STRATEGY
from scaffold.unknown import STRICT, meant, nearest


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at each container that kolla_start runs."""
    for container in template.containers:
        environment = container.get("environment")
        hidden = container.is_open or heat.is_open(environment) or container.get("env_file") is not None
        started = kolla_mount(container) is not None and not bypasses_kolla(container)
        if started and not hidden and STRATEGY not in container.environment and not _of_image(repository):
            near = nearest(STRATEGY, container.environment, STRICT)
            place = container.environment[near] if near else environment
            message = f"{container.name} has a kolla config, and no {STRATEGY}"
            hint = meant(STRATEGY) if near else f"{STRATEGY}: {COPY_ALWAYS}"
            yield Finding(place or container.key, message, hint)
        value = container.environment.get(STRATEGY)
        if isinstance(value, Scalar):
            word = value.text.removeprefix(f"{STRATEGY}=")
            if word not in STRATEGIES:
                hint = f"{STRATEGY}: {' or '.join(STRATEGIES)}"
                yield Finding(value, f"kolla knows no strategy {word}", hint)


@per_repository
def _of_image(repository: Repository) -> bool:
    """Whether an image of the repository brings the variable."""
    return any(
        each.name == "ENV" and STRATEGY in each.text
        for dockerfile in repository.of(Dockerfile)
        for each in dockerfile.built
    )


RULE = Rule(id="kolla-strategy", page=__doc__, files=ServiceTemplate, check=check)
