"""The containers of a service: their privilege, what they run, and services that have none."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.errors import Fault
from scaffold.resolve.consistency.subject import ServiceConstraint, Subject

ENDS = {"modprobe", "insmod", "rmmod", "depmod", "kmod", "true", "echo"}
OF_CONTAINERS = (
    "command",
    "launcher_script",
    "container",
    "containers",
    "kolla",
    "privileged",
    "cap_add",
    "step",
)


def capabilities(service: Subject) -> Iterator[Fault]:
    """Capabilities need a release that has them, and a container that has not all of them."""
    if service.integration != "service":
        return
    asked = [("", service.own), ("container.", service.own.get("container", {}))]
    asked += [(f"containers.{index}.", one) for index, one in enumerate(service.own.get("containers", []))]
    for prefix, keys in asked:
        if keys.get("cap_add") and not service.release.capabilities:
            message = f"{service.release.name} drops it silently; set privileged: true instead"
            yield service.fault(prefix + "cap_add", message)
        elif keys.get("cap_add") and keys.get("privileged"):
            message = "privileged: true holds every capability already; leave one of them out"
            yield service.fault(prefix + "cap_add", message)


def endings(service: Subject) -> Iterator[Fault]:
    """A command that ends makes `restart: always` start it in a loop."""
    own = service.own
    if service.integration != "service" or own.get("container", {}).get("restart", "always") != "always":
        return
    launcher = own.get("launcher_script", {})
    for key, command in (("command", own.get("command")), ("launcher_script.exec", launcher.get("exec"))):
        program = command.split()[0].rsplit("/", 1)[-1] if isinstance(command, str) else ""
        if program in ENDS:
            yield service.fault(
                key,
                f"{program} ends, and the container would restart in a loop; name the daemon here, "
                "and let kernel_module load the module",
            )


def templated(service: Subject) -> Iterator[Fault]:
    """What Heat works out cannot stand in a launcher script."""
    own = service.own
    if service.integration != "service" or not isinstance(own.get("command"), dict):
        return
    launched = "launcher_script" in own or service.module.get("delivery") == "container"
    if launched and "exec" not in own.get("launcher_script", {}):
        message = (
            "a launcher script is plain text; name the daemon in launcher_script.exec, and leave this out"
        )
        yield service.fault("command", message)


def none_of_its_own(service: Subject) -> Iterator[Fault]:
    """What only a container can have."""
    shape = service.integration
    if shape == "service":
        return
    kind = "swaps a stock image, whose service runs it" if shape == "image" else "has no container"
    for key in OF_CONTAINERS:
        if service.given.get(key):
            yield service.fault(key, f"integration: {shape} {kind}; leave it out, or integration: service")


OF_SERVICE: tuple[ServiceConstraint, ...] = (capabilities, endings, templated, none_of_its_own)
