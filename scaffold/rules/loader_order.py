"""A container that waits for a kernel module starts after the one that loads it.

Why: containers of one step start in the order of start_order, steps one after the other. A consumer in an
earlier step waits for a loader that the deployment never gets to, and the step fails.

Bad::

    step_3:
      vendorx_agent: {}    # waits for /sys/module/dpdk_module
    step_4:
      vendorx_loader: {}   # modprobe dpdk_module

Good::

    step_3:
      vendorx_loader: {}
    step_4:
      vendorx_agent: {}

Source: deployment/README.rst of tripleo-heat-templates, "Docker steps"; start_order in
paunch/builder/base.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import ServiceTemplate
from scaffold.documents.heat import DocumentedContainer
from scaffold.documents.wiring import awaited, modules, runs
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Compare the consumers of this template with the loaders of all."""
    for container in template.containers:
        script = runs(container, template)
        for module in sorted(awaited(script) - modules(script)) if script else ():
            sources = repository.loaders.get(module, ())
            if sources and not any(_moment(loader) < _moment(container) for loader in sources):
                first = min(sources, key=_moment)
                message = (
                    f"{container.name} waits for {module}, which {first.name} loads in step_{first.step}"
                )
                yield Finding(
                    container.key,
                    message,
                    f"put it into step_{first.step + 1} or later"
                    if first.step < 5
                    else "put the loader into an earlier step",
                )


def _moment(container: DocumentedContainer) -> tuple[int, int]:
    order = container.text("start_order") or ""
    return container.step, int(order) if order.isdigit() else 0


RULE = Rule(id="loader-order", page=__doc__, files=ServiceTemplate, check=check)
