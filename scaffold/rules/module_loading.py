"""A container that runs modprobe may: /lib/modules, root, and privileged or SYS_MODULE.

Why: modprobe finds the host's modules under /lib/modules only where it is mounted; and the kernel lets only
root with CAP_SYS_MODULE load one. kolla's images run as their service's user.

Bad::

    vendorx_loader:
      command: modprobe dpdk_module

Good, from Stein on (to Rocky: privileged: true)::

    vendorx_loader:
      command: modprobe dpdk_module
      user: root
      cap_add: [SYS_MODULE]
      security_opt: [label=disable]
      volumes:
        - /lib/modules:/lib/modules:ro

Source: capabilities(7); tripleo-docs, 3rd_party.rst at cd3a8cb; paunch/builder/base.py knows `cap_add` from
4.x (Stein) and drops it silently before.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import Dockerfile, ServiceTemplate, heat
from scaffold.documents.heat import DocumentedContainer
from scaffold.documents.nodes import Scalar
from scaffold.documents.wiring import loads_modules
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository, per_repository
from scaffold.tripleo.paths import KERNEL_MODULES, KERNEL_MODULES_MOUNT

BRING = (KERNEL_MODULES, "/lib", "/")


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at each container whose script or command loads a module."""
    capabilities = repository.release.tripleo.capabilities if repository.release_name else True
    for container in template.containers:
        if loads_modules(container, template) and not container.is_open:
            yield from _needs(container, capabilities, right(repository))
            if _as_another(container, repository):
                yield Finding(container.key, f"{container.name} runs modprobe, and not as root", "user: root")


def right(repository: Repository) -> str:
    """What lets a container load modules, as the release takes it."""
    if repository.release_name and not repository.release.tripleo.capabilities:
        return "privileged: true"
    single = repository.release_name and repository.release.tripleo.security_opt_form == "string"
    return f"cap_add: [SYS_MODULE], with security_opt: {'label=disable' if single else '[label=disable]'}"


def _needs(container: DocumentedContainer, capabilities: bool, right: str) -> Iterator[Finding]:
    runs = f"{container.name} runs modprobe"
    if not any(mount.target.rstrip("/") in BRING for mount in container.mounts):
        yield Finding(container.key, f"{runs} without {KERNEL_MODULES}", f"- {KERNEL_MODULES_MOUNT}")
    added = [*heat.items(container.get("cap_add"))]
    names = {node.text.removeprefix("CAP_") if isinstance(node, Scalar) else "SYS_MODULE" for node in added}
    granted = "SYS_MODULE" in names and capabilities  # as may be what Heat works out
    privileged = container.get("privileged")
    if not granted and (
        privileged is None or (container.text("privileged") and not container.is_true("privileged"))
    ):
        yield Finding(container.key, f"{runs} without the right to", right)


def _as_another(container: DocumentedContainer, repository: Repository) -> bool:
    """Whether it runs as another user than root: the one it names, or the image's; kolla's are not root's."""
    user = container.get("user")
    if user is None:
        return not _runs_as_root(repository)
    return not heat.is_open(user) and container.text("user") not in ("root", "0", "root:root", "0:0")


@per_repository
def _runs_as_root(repository: Repository) -> bool:
    return any(map(_is_roots, repository.of(Dockerfile)))


def _is_roots(dockerfile: Dockerfile) -> bool:
    last = next((each.arguments for each in reversed(dockerfile.built) if each.name == "USER"), ())
    return last[:1] in (("root",), ("0",))


RULE = Rule(id="module-loading", page=__doc__, files=ServiceTemplate, check=check)
