"""The containers of a service: their privilege, what they run, and services that have none."""

from __future__ import annotations

import json
from collections.abc import Iterator

from scaffold.errors import Fault
from scaffold.fields import ServiceAnswers
from scaffold.fields.asked import Trait
from scaffold.fields.container_parts import AnyContainerAnswers
from scaffold.resolve.consistency.subject import ServiceConstraint, Subject
from scaffold.tripleo.containers import ON_ONE_NODE
from scaffold.tripleo.heat import is_function

ENDS = {"modprobe", "insmod", "rmmod", "depmod", "kmod", "true", "echo"}


def capabilities(service: Subject) -> Iterator[Fault]:
    """Capabilities need a release that has them, and a container that has not all of them."""
    if service.integration != "service":
        return
    own = service.own
    asked: list[tuple[str, ServiceAnswers | AnyContainerAnswers]] = [("", own), ("container.", own.container)]
    asked += [(f"containers.{index}.", one) for index, one in enumerate(own.containers)]
    for prefix, keys in asked:
        if keys.cap_add and not service.release.tripleo.capabilities:
            message = f"{service.release.name} drops it silently; set privileged: true instead"
            yield service.fault(prefix + "cap_add", message)
        elif keys.cap_add and keys.privileged is True:
            message = "privileged: true holds every capability already; leave one of them out"
            yield service.fault(prefix + "cap_add", message)


def on_one_node(service: Subject) -> Iterator[Fault]:
    """bootstrap_host_exec asks hieradata that root alone can read."""
    if service.integration != "service":
        return
    own = service.own
    asked = [("container.user" if own.container.user else "command", own.command, own.container.user)]
    asked += [
        (f"containers.{index}.{'user' if one.user else 'command'}", one.command, one.user)
        for index, one in enumerate(own.containers)
    ]
    for key, command, user in asked:
        if ON_ONE_NODE in json.dumps(command) and user != "root" and not is_function(user):
            yield service.fault(key, f"{ON_ONE_NODE} needs the user root, and ends as any other; user: root")


def endings(service: Subject) -> Iterator[Fault]:
    """A command that ends makes `restart: always` start it in a loop."""
    own = service.own
    if service.integration != "service" or own.container.restart != "always":
        return
    launched = own.launcher_script.exec if own.launcher_script else None
    for key, command in (("command", own.command), ("launcher_script.exec", launched)):
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
    if service.integration != "service" or not isinstance(own.command, dict):
        return
    launcher = own.launcher_script
    launched = launcher is not None or service.loads_by("container") is not None
    if launched and not (launcher and launcher.exec):
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
    for key, value in service.given.having(Trait.OF_CONTAINER):
        if value:
            yield service.fault(key, f"integration: {shape} {kind}; leave it out, or integration: service")


OF_SERVICE: tuple[ServiceConstraint, ...] = (capabilities, on_one_node, endings, templated, none_of_its_own)
