"""The containers and config scripts of one service: what docker_config and the launchers say."""

from __future__ import annotations

from typing import Any

from scaffold.model import Container, KernelModule, Script, ServiceName
from scaffold.releases import Release

LOGS = "/var/log/containers/"
# keys of a container that pass from the answers as they are
PLAIN = (
    "user",
    "pid",
    "ipc",
    "start_order",
    "ulimit",
    "security_opt",
    "depends_on",
    "healthcheck",
    "environment",
)


def scripts(
    name: ServiceName, answers: dict[str, Any], module: KernelModule | None, command: str
) -> list[Script]:
    """The config scripts of a service: its launcher, and the loader where that is a container of its own."""
    asked = answers.get("launcher_script")
    in_container = module is not None and module.delivery == "container"
    if not asked and not in_container:
        return []
    launcher = asked or {}
    separate = in_container and module is not None and module.loader == "separate"
    kind = "waiter" if separate else "load_and_run" if in_container else "plain"
    found = [Script(launcher.get("name", f"{name.snake}_launcher.sh"), kind, launcher.get("exec", command))]
    if separate:
        found.insert(0, Script(f"{name.snake}_loader.sh", "loader", ""))
    return found


def containers(
    release: Release,
    name: ServiceName,
    answers: dict[str, Any],
    module: KernelModule | None,
    launchers: list[Script],
    command: str,
    directories: list[str],
) -> list[Container]:
    """All containers of a service in the order of their steps; the first of a step is the loader's."""
    shared = [_mount(path, release.volume_label) for path in directories]
    main = _main(release, name, answers, module, launchers, command, shared)
    further = [_further(asked, answers.get("step", 4), shared) for asked in answers.get("containers", [])]
    loader = (
        [_loader(name, answers, launchers[0], main.step)] if module and module.loader == "separate" else []
    )
    return sorted(
        [*loader, *further, main], key=lambda container: (container.step, container.start_order or 0)
    )


def _main(
    release: Release,
    name: ServiceName,
    answers: dict[str, Any],
    module: KernelModule | None,
    launchers: list[Script],
    command: str,
    shared: list[str],
) -> Container:
    asked = answers.get("container", {})
    script = launchers[-1] if launchers else None
    loads = script is not None and script.kind == "load_and_run"
    separate = module is not None and module.loader == "separate"
    # with a loader of its own only the loader needs the service's privilege
    privilege = (
        asked
        if separate
        else {key: answers[key] for key in ("privileged", "cap_add") if key in answers} | asked
    )
    keys = _keys({"user": "root"} | asked if loads else asked, privilege)
    if separate and release.depends_on:
        keys["depends_on"] = [f"tripleo_{name.snake}_loader.service", *keys.get("depends_on", [])]
    mounts = _modules_mount(module is not None and (module.delivery == "host" or loads))
    return Container(
        name=name.snake,
        step=answers.get("step", 4),
        image="",
        net=asked.get("net", "host"),
        restart=asked.get("restart", "always"),
        kolla_command=f"/{script.name}" if script else command,
        script=script.name if script else "",
        volumes=[*mounts, *shared, *asked.get("volumes", [])],
        extra=answers.get("extra", {}).get("container", {}),
        **keys,
    )


def _loader(name: ServiceName, answers: dict[str, Any], script: Script, step: int) -> Container:
    return Container(
        name=f"{name.snake}_loader",
        step=step - 1,
        image="",
        net="none",
        restart="always",
        kolla_command=f"/{script.name}",
        script=script.name,
        volumes=_modules_mount(True),
        **_keys({"user": "root"}, answers),
    )


def _further(asked: dict[str, Any], step: int, shared: list[str]) -> Container:
    """A further container: a daemon goes through kolla, a one-shot runs its command itself."""
    runs = asked.get("detach", True)
    command = asked.get("command", "")
    return Container(
        name=asked["name"],
        step=asked.get("step", step),
        image=asked.get("image", ""),
        net=asked.get("net", "host"),
        restart=asked.get("restart", "always" if runs else ""),
        detach=runs,
        kolla_command=command if runs and isinstance(command, str) else "",
        command=command if not runs or isinstance(command, list) else "",
        volumes=[*shared, *asked.get("volumes", [])],
        **_keys(asked, asked),
    )


def _keys(asked: dict[str, Any], privilege: dict[str, Any]) -> dict[str, Any]:
    keys = {key: asked[key] for key in PLAIN if key in asked}
    keys["privileged"] = privilege.get("privileged", False)
    keys["cap_add"] = [] if keys["privileged"] else privilege.get("cap_add", [])
    if "SYS_MODULE" in keys["cap_add"] and "security_opt" not in keys:
        keys["security_opt"] = ["label=disable"]  # SELinux confines module loading of containers
    return keys


def _modules_mount(wanted: bool) -> list[str]:
    return ["/lib/modules:/lib/modules:ro"] if wanted else []


def _mount(path: str, label: str) -> str:
    return f"{path}:{inside(path)}{label}"


def inside(path: str) -> str:
    """Where a container sees the host directory PATH: logs under /var/log, all others where they are."""
    return path.replace(LOGS, "/var/log/", 1) if path.startswith(LOGS) else path
