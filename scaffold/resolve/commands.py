"""Commands that cannot keep a container up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scaffold.errors import Fault

ENDS = {"modprobe", "insmod", "rmmod", "depmod", "kmod", "true", "echo"}


def commands(fault: Any, service: dict[str, Any]) -> Iterator[Fault]:
    """Yield what makes `restart: always` start a container for ever, and what no launcher can hold."""
    launcher = service.get("launcher_script", {})
    if isinstance(service.get("command"), dict) and "exec" not in launcher and _launched(service):
        message = (
            "a launcher script is plain text; name the daemon in launcher_script.exec, and leave this out"
        )
        yield fault("command", message)
    for key, command in (("command", service.get("command")), ("launcher_script.exec", launcher.get("exec"))):
        program = command.split()[0].rsplit("/", 1)[-1] if isinstance(command, str) else ""
        if program in ENDS and service.get("container", {}).get("restart", "always") == "always":
            yield fault(
                key,
                f"{program} ends, and the container would restart for ever; name the daemon here, "
                "and let kernel_module load the module",
            )


def _launched(service: dict[str, Any]) -> bool:
    module = service.get("kernel_module", {"delivery": "host"})
    return "launcher_script" in service or module.get("delivery", "container") == "container"
