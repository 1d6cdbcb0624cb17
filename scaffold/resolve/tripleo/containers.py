"""The containers and config scripts of one service: what docker_config and the launchers say."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from scaffold.catalogue import Catalogue
from scaffold.fields import ServiceAnswers
from scaffold.fields.container_parts import (
    AnyContainerAnswers,
    ContainerAnswers,
    FurtherContainerAnswers,
    KollaAnswers,
)
from scaffold.model import Container, Image, KernelModule, PuppetConfig, Script, ServiceName
from scaffold.releases import Release
from scaffold.resolve.tripleo.directories import HostDirectory, owned
from scaffold.resolve.tripleo.parameters import image_parameter, is_reference, of_container
from scaffold.resolve.tripleo.wiring import wired
from scaffold.tripleo import paths
from scaffold.tripleo.containers import KEYS
from scaffold.tripleo.heat import joined, may_hold, split

PUPPET_FILES = {
    "source": f"{paths.KOLLA_SOURCES}/*",
    "dest": "/",
    "merge": True,
    "preserve_properties": True,
}
# the keys that answers alone decide: the model has them by name
ASKED = tuple(name for name in KEYS if name not in Container.__annotations__)


def command(name: ServiceName, answers: ServiceAnswers) -> Any:
    """What the main container runs in the end: a text, or a function of Heat; empty where its image says."""
    if answers.says(ServiceAnswers.command):
        return answers.command
    return "" if answers.image or answers.container.kolla_start is False else f"/usr/bin/{name.kebab}"


def by_kolla(answers: ServiceAnswers, stock: Catalogue) -> bool:
    """Whether kolla starts the main container: its image is built here, or has kolla_start."""
    if answers.container.kolla_start is not None:
        return answers.container.kolla_start
    return not answers.image or answers.says(ServiceAnswers.kolla) or stock.brings(answers.image)


def scripts(name: ServiceName, answers: ServiceAnswers, module: KernelModule | None) -> list[Script]:
    """The config scripts of a service: its launcher, and the loader where that is a container of its own."""
    launcher = answers.launcher_script
    in_container = module is not None and module.delivery == "container"
    if not launcher and not in_container:
        return []
    separate = in_container and module is not None and module.loader == "separate"
    kind = "waiter" if separate else "load_and_run" if in_container else "plain"
    runs = (launcher.exec if launcher else None) or command(name, answers)
    found = [Script(launcher.name if launcher else f"{name.snake}_launcher.sh", kind, runs)]
    if separate:
        found.insert(0, Script(f"{name.snake}_loader.sh", "loader", ""))
    return found


def containers(
    release: Release,
    stock: Catalogue,
    name: ServiceName,
    answers: ServiceAnswers,
    layer: Image | None,
    module: KernelModule | None,
    puppet: PuppetConfig | None,
    launchers: list[Script],
    directories: list[HostDirectory],
) -> list[Container]:
    """All containers of a service in the order of their steps; those of the vendor mount DIRECTORIES."""
    label = release.tripleo.volume_label
    shared = [(one, one.volume(label)) for one in directories]
    base_user = layer.base_user if layer else "root"
    user = answers.container.user or base_user
    seen = _seen(shared, name.snake)
    main = _main(release, name, answers, by_kolla(answers, stock), module, launchers, seen)
    main = _configured(main, answers.kolla, puppet, owned(directories, name.snake, user))
    further = []
    for asked in answers.containers:
        seen = _seen(shared, asked.name)
        given = [] if asked.image else owned(directories, asked.name, asked.user or base_user)
        made = _further(asked, of_container(release, name, asked), stock, main.step, seen)
        further.append(_configured(made, asked.kolla, puppet, given))
    separate = module is not None and module.loader == "separate"
    loader = [_loader(main, answers, launchers[0])] if separate else []
    found = [wired(release, each) for each in (*loader, *further, main)]
    return sorted(found, key=lambda each: (each.step, each.keys.get("start_order", 0)))


def _seen(shared: list[tuple[HostDirectory, Any]], container: str) -> list[Any]:
    """The volumes of those directories that CONTAINER mounts."""
    return [volume for one, volume in shared if one.is_seen_by(container)]


def _configured(
    container: Container, kolla: KollaAnswers, puppet: PuppetConfig | None, given: list[dict[str, Any]]
) -> Container:
    """A container that kolla starts, with what kolla copies and gives away: puppet's files, and GIVEN."""
    if not container.kolla_command:
        return container
    volume = puppet.config_volume if puppet else ""
    generated = [PUPPET_FILES] if volume else []
    asked = [permission.plain for permission in kolla.permissions]
    named = [permission.path for permission in kolla.permissions]
    mounts = [paths.puppet_mount(volume)] if volume else []
    return replace(
        container,
        config_files=[*generated, *(file.plain for file in kolla.config_files)],
        permissions=[permission for permission in given if permission["path"] not in named] + asked,
        volumes=_volumes(mounts, container.volumes),
    )


def _main(
    release: Release,
    name: ServiceName,
    answers: ServiceAnswers,
    kolla: bool,
    module: KernelModule | None,
    launchers: list[Script],
    shared: list[Any],
) -> Container:
    asked = answers.container
    script = launchers[-1] if launchers else None
    loads = script is not None and script.kind == "load_and_run"
    separate = module is not None and module.loader == "separate"
    # with a loader of its own only the loader needs the service's privilege
    privilege = asked if separate else asked.under(_privilege(answers))
    made = _made(asked.under({"user": "root"}) if loads else asked, privilege)
    if separate and release.tripleo.depends_on:
        keys = made["keys"]
        units, calls = split(keys.get("depends_on", []))
        keys["depends_on"] = joined([f"tripleo_{name.snake}_loader.service", *units], calls)
    volumes, calls = split(asked.volumes)
    mounts = _modules_mount(module is not None)
    runs = f"/{script.name}" if script else command(name, answers)
    return Container(
        name=name.snake,
        step=answers.step,
        image="",
        image_parameter=image_parameter(release, name),
        net=asked.net,
        restart=asked.restart,
        kolla_command=runs if kolla else "",
        command="" if kolla else runs,
        script=script.name if script else "",
        volumes=_volumes(mounts, shared, volumes),
        volume_lists=calls,
        extra=answers.extra.container,
        **made,
    )


def _privilege(answers: ServiceAnswers) -> dict[str, Any]:
    """The privilege that a service asks for, for the container that needs it."""
    return {"privileged": answers.privileged, "cap_add": answers.cap_add}


def _loader(main: Container, answers: ServiceAnswers, script: Script) -> Container:
    runs = f"/{script.name}"
    return Container(
        name=f"{main.name}_loader",
        step=main.step - 1,
        image="",
        image_parameter=main.image_parameter,
        net="none",
        restart="always",
        kolla_command=runs if main.kolla_command else "",
        command="" if main.kolla_command else runs,
        script=script.name,
        volumes=_modules_mount(True),
        extra=answers.extra.loader,
        **_made(ContainerAnswers({"user": "root"}), ContainerAnswers(_privilege(answers))),
    )


def through_kolla(asked: FurtherContainerAnswers, stock: Catalogue) -> bool:
    """Whether kolla starts a further container: a daemon of one command, and whatever says `kolla`.

    Its image must have kolla_start, as those of the release and the service's own have.
    """
    told = asked.says(FurtherContainerAnswers.kolla)
    has_start = told or not is_reference(asked.image) or stock.brings(str(asked.image))
    if asked.kolla_start is not None:
        has_start = asked.kolla_start
    one_command = asked.detach and isinstance(asked.command, str | dict)
    return has_start and (told or one_command)


def _further(
    asked: FurtherContainerAnswers, image_parameter: str, stock: Catalogue, step: int, shared: list[Any]
) -> Container:
    line, by_kolla = asked.command or "", through_kolla(asked, stock)
    volumes, calls = split(asked.volumes)
    return Container(
        name=asked.name,
        step=asked.step or step,
        image=str(asked.image) if is_reference(asked.image) else "",
        image_parameter=image_parameter,
        net=asked.net,
        restart=asked.restart or ("always" if asked.detach else ""),
        detach=asked.detach,
        kolla_command=line if by_kolla else "",
        command="" if by_kolla else line,
        volumes=_volumes(shared, volumes),
        volume_lists=calls,
        extra=asked.extra,
        **_made(asked, asked),
    )


def _made(asked: AnyContainerAnswers, privilege: AnyContainerAnswers) -> dict[str, Any]:
    """What every container has of its answers, and of those about PRIVILEGE."""
    keys = {key: asked.plain[key] for key in ASKED if key in asked.plain}
    privileged = privilege.privileged
    cap_add = [] if privileged is True else privilege.cap_add
    if may_hold(cap_add, "SYS_MODULE"):
        keys.setdefault("security_opt", ["label=disable"])  # SELinux confines module loading of containers
    made = {"privileged": privileged, "cap_add": cap_add}
    return made | {"environment": asked.environment, "keys": keys}


def _volumes(*lists: list[Any]) -> list[Any]:
    """The volumes of LISTS; of two at one path in the container the later, which the answers name."""
    return list({_target(volume): volume for volumes in lists for volume in volumes}.values())


def _target(volume: Any) -> str:
    """Where a container sees VOLUME; what Heat works out stands for itself."""
    found = paths.bound(volume) if isinstance(volume, str) else None
    return found[1] if found else json.dumps(volume)


def _modules_mount(wanted: bool) -> list[str]:
    return [paths.KERNEL_MODULES_MOUNT] if wanted else []
