"""/lib/modules is mounted read-only.

Why: modprobe only reads it. A container that can write there puts code into the kernel of the next boot.

Bad::

    volumes:
      - /lib/modules:/lib/modules

Good::

    volumes:
      - /lib/modules:/lib/modules:ro

Source: 10 templates of 3 of the 36 vendor integrations that were read; stock templates mount it with `:ro`.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import ServiceTemplate
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.tripleo.paths import KERNEL_MODULES


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at the source of each mount."""
    for container in template.containers:
        for mount in container.mounts:
            of_modules = f"{mount.source.removeprefix('/usr')}/".startswith(f"{KERNEL_MODULES}/")
            if of_modules and "ro" not in mount.options:
                hint = f"{mount.source}:{mount.target}:ro"
                yield Finding(mount, f"{container.name} can write to {mount.source}", hint)


RULE = Rule(
    id="modules-writable", page=__doc__, files=ServiceTemplate, check=check, severity=Severity.WARNING
)
