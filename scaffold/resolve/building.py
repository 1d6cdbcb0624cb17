"""Answers about images that cannot work together with the way the images are built."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scaffold.answers import Answers
from scaffold.catalogue import Catalogue
from scaffold.errors import Fault
from scaffold.model import ServiceName
from scaffold.releases import Release
from scaffold.resolve.images import each, short
from scaffold.resolve.prepare import TASKS

OF_EACH = ("base_image", "base_user", "image_name", "install")  # what several images cannot share


def asked(service: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The images of SERVICE, each with the path of its answers: `` or `images.0.`."""
    if service.get("integration") == "image" and service.get("images"):
        return [(f"images.{index}.", each(service, one)) for index, one in enumerate(service["images"])]
    return [("", service)]


def of_images(
    fault: Any, service: dict[str, Any], integration: str, release: Release, stock: Catalogue, rhosp: bool
) -> Iterator[Fault]:
    """Yield what one service's images cannot have: with each other, and by the way that they are built."""
    if service.get("images") and integration != "image":
        yield fault(
            "images", f"integration: {integration} has no several stock images; use integration: image"
        )
        return
    for key in OF_EACH if service.get("images") else ():
        if key in service:
            yield fault(key, "say it of each of the images; leave it out here")
    for prefix, answers in asked(service):
        build = answers.get("build", "layer")
        rules = {"layer": _layer, "kolla": _kolla, "prepare": _prepare}[build]
        for key, message in rules(answers, integration, release, stock, rhosp):
            yield fault(prefix + key, message)
        if build != "layer":
            yield from _not_by_layer(fault, prefix, answers, build)


def of_repository(answers: Answers, release: Release, stock: Catalogue) -> Iterator[Fault]:
    """Yield images of two services or of one that stand for the same thing."""
    yield from _tags(answers, release)
    seen: dict[tuple[str, str], str] = {}
    for index, service in enumerate(answers.values["services"]):
        if service.get("integration") == "config":
            continue
        for prefix, image in asked(service):
            where = f"services.{index}.{prefix}"
            for kind, name in _own(service, image, release, stock):
                other = seen.setdefault((kind, name), where)
                if other != where:
                    parts = tuple(int(part) if part.isdigit() else part for part in where.split(".") if part)
                    message = f"{_path(other)} has the {kind} {name} too; each needs its own"
                    yield answers.fault((*parts, "base_image"), message)


def _own(
    service: dict[str, Any], image: dict[str, Any], release: Release, stock: Catalogue
) -> Iterator[tuple[str, str]]:
    build, name = image.get("build", "layer"), short(image)
    swap = service.get("integration") == "image"
    if build == "kolla" and release.image_build.tool == "kolla":
        yield "kolla image", name
    yield "folder", name if service.get("images") else ServiceName.of(service["service_name"]).kebab
    if "image_name" in image:
        yield "image", image["image_name"]
    known = stock.images.get(name) if swap else None
    for parameter in (*known.parameters, *known.config_parameters) if known else ():
        yield "image parameter", parameter


def _tags(answers: Answers, release: Release) -> Iterator[Fault]:
    """kolla-build.conf has one tag."""
    tags: set[str] = set()
    for index, service in enumerate(answers.values["services"]):
        for prefix, image in asked(service):
            if image.get("build") == "kolla" and release.image_build.tool == "kolla":
                tags.add(image.get("image_tag", "1.0"))
                if len(tags) == 2:
                    parts = [int(part) if part.isdigit() else part for part in prefix.split(".") if part]
                    message = "kolla builds all images of a run with one tag; give them the same"
                    yield answers.fault(("services", index, *parts, "image_tag"), message)


def _path(where: str) -> str:
    return "".join(
        f"[{part}]" if part.isdigit() else f".{part}" for part in where.rstrip(".").split(".")
    ).removeprefix(".")


def _not_by_layer(fault: Any, prefix: str, answers: dict[str, Any], build: str) -> Iterator[Fault]:
    if "image_name" in answers:
        yield fault(
            prefix + "image_name", f"build: {build} names its images itself; leave it out, or build: layer"
        )


def _layer(
    answers: dict[str, Any], integration: str, release: Release, stock: Catalogue, rhosp: bool
) -> Iterator[tuple[str, str]]:
    if "prepare" in answers:
        yield "prepare", "says what image prepare does; set build: prepare, or leave it out"
    yield from _lists_of_kolla(answers)


def _lists_of_kolla(answers: dict[str, Any], tool: str = "a layer") -> Iterator[tuple[str, str]]:
    for key in ("packages_override", "base_packages"):
        if answers.get("install", {}).get(key):
            yield f"install.{key}", f"{tool} does not use kolla's templates; use install.packages"


def _kolla(
    answers: dict[str, Any], integration: str, release: Release, stock: Catalogue, rhosp: bool
) -> Iterator[tuple[str, str]]:
    if "prepare" in answers:
        yield "prepare", "says what image prepare does; set build: prepare, or leave it out"
    if rhosp:
        yield "build", "Red Hat does not publish what its images are built from; use build: layer"
    if release.image_build.tool == "tcib":
        yield from _lists_of_kolla(answers, "TCIB, which builds the images of this release,")
        if answers.get("extra", {}).get("dockerfile") or answers.get("dockerfile"):
            key = "dockerfile" if answers.get("dockerfile") else "extra.dockerfile"
            yield (
                key,
                f"TCIB, which builds the images of {release.name}, writes the Dockerfile; use build: layer",
            )
        return
    if "/" in answers.get("base_image", ""):
        yield "base_image", "kolla builds the release's own images; name it only, or build: layer"
    known = stock.images.get(short(answers))
    if not known:
        return
    install = answers.get("install", {})
    if not known.kolla:
        yield "base_image", f"kolla has no template for {known.name}, so it cannot build it; use build: layer"
    elif not known.appends and install.get("packages_override"):
        yield "install.packages_override", f"kolla's template of {known.name} installs no packages of a list"
    if install.get("packages_override") and install.get("packages"):
        yield "install.packages_override", "kolla takes it in place of packages; name all of them here"


def _prepare(
    answers: dict[str, Any], integration: str, release: Release, stock: Catalogue, rhosp: bool
) -> Iterator[tuple[str, str]]:
    tasks, install = answers.get("prepare", "dockerfile"), answers.get("install", {})
    if not release.prepare_tasks:
        yield "build", f"{release.name} has no ContainerImagePrepare, which came with rocky; use build: layer"
    elif TASKS[tasks] not in release.prepare_tasks:
        yield (
            "prepare",
            f"the role tripleo-modify-image of {release.name} has no {TASKS[tasks]}; use dockerfile",
        )
    if integration != "image":
        yield (
            "build",
            "image prepare sets the parameters of stock images only; use integration: image, or build: layer",
        )
    if "/" in answers.get("base_image", ""):
        yield "base_image", "image prepare takes the images of base_registry and base_namespace; name it only"
    yield from _lists_of_kolla(answers, "image prepare")
    wanted = {"rpms": "rpm_files", "packages": "packages"}.get(tasks)
    if wanted and not install.get(wanted):
        yield "prepare", f"{tasks} installs what install.{wanted} names, and nothing is there"
    for key in install if wanted else ():
        if install[key] and key not in (wanted, "packages_override", "base_packages"):
            yield f"install.{key}", f"prepare: {tasks} installs {wanted} only; use prepare: dockerfile"
    if wanted and "labels" in answers:
        yield "labels", f"prepare: {tasks} writes no labels; use prepare: dockerfile"
    if wanted and (answers.get("extra", {}).get("dockerfile") or answers.get("dockerfile")):
        key = "dockerfile" if answers.get("dockerfile") else "extra.dockerfile"
        yield key, f"prepare: {tasks} reads no Dockerfile; use prepare: dockerfile"
