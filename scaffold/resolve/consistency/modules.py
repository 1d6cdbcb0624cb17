"""The kernel module of a service: who may load it, and how the host gets it."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.errors import Fault
from scaffold.resolve.consistency.subject import ServiceConstraint, Subject

OF_HOST = ("scope", "install", "packages", "rpm_files", "repo_files", "repository", "dkms")
INSTALLED = ("packages", "rpm_files", "repo_files", "repository", "dkms")


def by_container(service: Subject) -> Iterator[Fault]:
    """A container that loads it: there is one, it may, and it starts before the others."""
    if service.module.get("delivery") != "container":
        return
    if service.integration != "service":
        yield service.fault(
            "kernel_module.delivery",
            f"integration: {service.integration} has no container of its own; use delivery: host",
        )
    for key in OF_HOST:
        if key in service.given["kernel_module"]:
            message = "only a module that the host loads has it; delivery: host"
            yield service.fault(f"kernel_module.{key}", message)
    if service.module["loader"] == "separate" and service.own["step"] == 1:
        message = "the loader runs a step earlier, so it must be 2 to 5; or kernel_module.loader: same"
        yield service.fault("step", message)


def privilege(service: Subject) -> Iterator[Fault]:
    """A container loads a module only with the privilege to."""
    if service.integration != "service" or service.module.get("delivery") != "container":
        return
    if service.own.get("privileged") or "SYS_MODULE" in service.own.get("cap_add", []):
        return
    needed = "cap_add: [SYS_MODULE]" if service.release.capabilities else "privileged: true"
    message = f"loading a module from a container needs {needed}, or delivery: host"
    yield service.fault("kernel_module", message)


def by_host(service: Subject) -> Iterator[Fault]:
    """A host that loads it at boot takes no word of containers."""
    if service.module.get("delivery") != "host":
        return
    for key in ("loader", "source"):
        if service.given["kernel_module"].get(key, "host") != "host":
            message = "the host loads the module at boot; leave it out, or delivery: container"
            yield service.fault(f"kernel_module.{key}", message)


def on_host(service: Subject) -> Iterator[Fault]:
    """The host gets it in one way, with what that way needs."""
    module = service.module
    if module.get("delivery") != "host":
        return
    how = module["install"]
    if how == "image" and not (module.get("packages") or module.get("rpm_files")):
        message = "missing: the packages or rpm_files that hold the module"
        yield service.fault("kernel_module.install", message)
    if how == "deployment" and not module.get("packages"):
        message = "missing: packages, which ExtraKernelPackages names"
        yield service.fault("kernel_module.install", message)
    for key in ("rpm_files", "repo_files", "repository") if how == "deployment" else ():
        if module.get(key):
            yield service.fault(
                f"kernel_module.{key}",
                "ExtraKernelPackages installs from the repositories that a node has; "
                "leave it out, or install: image",
            )
    for key in INSTALLED if how == "none" else ():
        if module.get(key):
            yield service.fault(f"kernel_module.{key}", "nothing would install it; install: image")


OF_SERVICE: tuple[ServiceConstraint, ...] = (by_container, privilege, by_host, on_host)
