"""The kernel module of a service: who may load it, and how the host gets it."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.errors import Fault
from scaffold.fields.asked import Trait
from scaffold.resolve.consistency.subject import ServiceConstraint, Subject


def by_container(service: Subject) -> Iterator[Fault]:
    """A container that loads it: there is one, it may, and it starts before the others."""
    module = service.loads_by("container")
    if module is None:
        return
    if service.integration != "service":
        yield service.fault(
            "kernel_module.delivery",
            f"integration: {service.integration} has no container of its own; use delivery: host",
        )
    for key in _given(service, Trait.OF_HOST):
        message = "only a module that the host loads has it; delivery: host"
        yield service.fault(f"kernel_module.{key}", message)
    if module.loader == "separate" and service.own.step == 1:
        message = "the loader runs a step earlier, so it must be 2 to 5; or kernel_module.loader: same"
        yield service.fault("step", message)


def _given(service: Subject, trait: int) -> Iterator[str]:
    """The answers about the kernel module with TRAIT that were given."""
    asked = service.own.kernel_module
    yield from (key for key, _ in asked.having(trait)) if asked is not None else ()


def privilege(service: Subject) -> Iterator[Fault]:
    """A container loads a module only with the privilege to."""
    if service.integration != "service" or service.loads_by("container") is None:
        return
    if service.own.may_load_modules:
        return
    needed = "cap_add: [SYS_MODULE]" if service.release.tripleo.capabilities else "privileged: true"
    message = f"loading a module from a container needs {needed}, or delivery: host"
    yield service.fault("kernel_module", message)


def by_host(service: Subject) -> Iterator[Fault]:
    """A host that loads it at boot takes no word of containers."""
    module, asked = service.loads_by("host"), service.own.kernel_module
    for key, value in asked.having(Trait.OF_CONTAINER) if module is not None and asked is not None else ():
        if value != "host":
            message = "the host loads the module at boot; leave it out, or delivery: container"
            yield service.fault(f"kernel_module.{key}", message)


def on_host(service: Subject) -> Iterator[Fault]:
    """The host gets it in one way, with what that way needs."""
    module = service.loads_by("host")
    if module is None:
        return
    if module.install == "image" and not (module.packages or module.rpm_files):
        message = "missing: the packages or rpm_files that hold the module"
        yield service.fault("kernel_module.install", message)
    if module.install == "deployment" and not module.packages:
        message = "missing: packages, which ExtraKernelPackages names"
        yield service.fault("kernel_module.install", message)
    for key, value in module.having(Trait.NOT_DEPLOYED) if module.install == "deployment" else ():
        if value:
            yield service.fault(
                f"kernel_module.{key}",
                "ExtraKernelPackages installs from the repositories that a node has; "
                "leave it out, or install: image",
            )
    for key, value in module.having(Trait.INSTALLED) if module.install == "none" else ():
        if value:
            yield service.fault(f"kernel_module.{key}", "nothing would install it; install: image")


OF_SERVICE: tuple[ServiceConstraint, ...] = (by_container, privilege, by_host, on_host)
