"""Images: what the way that they are built cannot do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scaffold.answers.partial import as_far_as_known
from scaffold.catalogue import StockImage
from scaffold.errors import Fault
from scaffold.fields.asked import Trait
from scaffold.fields.image_parts import FileAnswers, ImageAnswers, InstallAnswers
from scaffold.releases import cloud
from scaffold.resolve.completing import with_defaults
from scaffold.resolve.consistency.images import Layer, layers
from scaffold.resolve.consistency.subject import ServiceConstraint, Subject
from scaffold.resolve.files import UNPACKED, action, by_pip
from scaffold.resolve.images import short, stock_reference
from scaffold.resolve.tripleo.companions import DRIVERS, listed
from scaffold.resolve.tripleo.images import layer_name
from scaffold.resolve.tripleo.prepare import TASKS


def builds(service: Subject) -> Iterator[Fault]:
    """Each image can be built as it is asked for."""
    for layer in layers(service):
        if layer.own.image:
            yield from as_far_as_known(_existing(layer, layer.own.image))
            continue
        yield from as_far_as_known(_from_nowhere(layer))
        yield from as_far_as_known(_build(layer))


def _existing(layer: Layer, reference: str) -> Iterator[Fault]:
    """What image prepare copies is named after the stock image."""
    if layer.own.build != "prepare":
        return
    yield from _by_image_prepare(layer)
    name = short(layer.own)
    if layer.service.integration == "image" and name not in reference.rpartition("/")[2].partition(":")[0]:
        message = f"image prepare looks for {name}, with more before or after it; leave out build: prepare"
        yield layer.fault("image", message)


def _from_nowhere(layer: Layer) -> Iterator[Fault]:
    """What says where to install from, where nothing is installed from there."""
    install = layer.install
    yield from _files(layer)
    if install.pip_index and not by_pip(install):
        message = "pip installs nothing; name it under pip, or leave this out"
        yield layer.fault("install.pip_index", message)
    for key, named in install.having(Trait.OF_REPOSITORIES):
        if named and not (
            install.packages
            or install.rpm_files
            or install.security_updates
            or install.pip
            or install.archives
            or install.files
        ):
            message = "nothing is installed from it; name packages, or leave this out"
            yield layer.fault(f"install.{key}", message)


def _files(layer: Layer) -> Iterator[Fault]:
    """Each file comes from one place, and nothing is said of it that has no effect."""
    for index, file in enumerate(layer.install.files):
        at = f"install.files.{index}"
        for missing in _missing(file):
            yield layer.fault(at, f"missing: {missing}")
        for key, reason in _needless(file):
            if file.plain.get(key) is not None:
                yield layer.fault(f"{at}.{key}", f"{reason}; leave it out")
        if "*" in (file.source or "") and action(file) != "install":
            yield layer.fault(
                f"{at}.source", "only RPMs are named by a pattern; name a directory, or each file"
            )
        name = file.url or file.source or ""
        if action(file) == "unpack" and not name.endswith(UNPACKED):
            yield layer.fault(f"{at}.action", f"must be another: it unpacks {', '.join(UNPACKED)} only")
        if action(file) == "install" and not name.endswith(".rpm"):
            yield layer.fault(f"{at}.action", "must be another: it installs .rpm only")


def _missing(file: FileAnswers) -> Iterator[str]:
    alone = not file.source and not file.url
    if alone and not (file.to and action(file) == "copy"):
        yield "source or url, where it comes from"
    elif alone and not file.mode and not file.owner and not str(file.to).endswith("/"):
        yield "mode or owner of what is there, or source or url"
    if file.url and not file.sha256:
        yield "sha256, which sha256sum prints"
    if not file.to and not (file.into and action(file) == "copy") and action(file) in ("copy", "unpack"):
        yield "to, where it goes"


def _needless(file: FileAnswers) -> Iterator[tuple[str, str]]:
    """The answers that say nothing of FILE, each with the reason."""
    does = action(file)
    if file.source:
        yield "url", "source names one already"
        yield "sha256", "it is compared with what is downloaded only"
    if file.to:
        yield "into", "to names the place already"
    if does not in ("copy", "patch"):
        yield "into", f"{does} puts nothing into a package"
    if does in ("install", "pip"):
        yield "to", f"{does} puts it where it belongs"
    if does not in ("copy", "unpack"):
        yield "mode", f"{does} leaves no file of this name"
        yield "owner", f"{does} leaves no file of this name"
    if does not in ("unpack", "patch") or (file.url or file.source or "").endswith(".zip"):
        yield "strip", "only a tar archive and a patch have paths that it counts"


def _build(layer: Layer) -> Iterator[Fault]:
    yield from {"layer": _layer, "kolla": _kolla, "prepare": _prepare}[layer.own.build](layer)


def _layer(layer: Layer) -> Iterator[Fault]:
    yield from _upon_itself(layer)
    yield from _prepares_nothing(layer)
    yield from _lists_of_kolla(layer, "a layer")


def _upon_itself(layer: Layer) -> Iterator[Fault]:
    """An image that is built and pushed in place of its base would hold itself once more each time."""
    service = layer.service
    top, swap = with_defaults(service.whole.asked.plain), service.integration == "image"
    base = replace(
        service.release.bases[top.base],
        registry=top.base_registry,
        namespace=top.base_namespace,
        tag=top.base_tag,
    )
    below = layer.own.base_image
    below = below if "/" in below else stock_reference(base, below)
    name = layer_name(layer.own, base.prefix, top.slug, service.name.kebab, swap=swap)
    if below == f"{top.registry}/{top.namespace}/{name}:{layer.own.image_tag}":
        message = (
            f"the vendor's image would be {below} too, and built upon itself; choose another tag or name"
        )
        yield layer.fault("base_image", message)


def _kolla(layer: Layer) -> Iterator[Fault]:
    yield from _prepares_nothing(layer)
    yield from _name(layer)
    if layer.service.whole.rhosp:
        message = "Red Hat does not publish what its images are built from; use build: layer"
        yield layer.fault("build", message)
    if layer.service.release.tripleo.image_build.tool == "tcib":
        yield from _tcib(layer)
        return
    if "/" in layer.own.base_image:
        message = "kolla builds the release's own images; name it only, or build: layer"
        yield layer.fault("base_image", message)
    if layer.known:
        yield from _by_template(layer, layer.known)


def _tcib(layer: Layer) -> Iterator[Fault]:
    yield from _lists_of_kolla(layer, "TCIB, which builds the images of this release,")
    if layer.own.args:
        release = layer.service.release.name
        message = f"TCIB, which builds the images of {release}, declares none; use build: layer"
        yield layer.fault("args", message)
    if layer.dockerfile:
        release = layer.service.release.name
        message = f"TCIB, which builds the images of {release}, writes the Dockerfile; use build: layer"
        yield layer.fault(layer.dockerfile, message)


def _by_template(layer: Layer, known: StockImage) -> Iterator[Fault]:
    override = layer.install.packages_override
    for key, wanted in layer.install.having(Trait.NOT_OF_KOLLA):
        if wanted:
            message = "kolla installs the newest packages of all its repositories; leave it out"
            yield layer.fault(f"install.{key}", message)
    if not known.kolla:
        message = f"kolla has no template for {known.name}, so it cannot build it; use build: layer"
        yield layer.fault("base_image", message)
    elif not known.appends and override:
        message = f"kolla's template of {known.name} installs no packages of a list"
        yield layer.fault("install.packages_override", message)
    if override and layer.install.packages:
        message = "kolla takes it in place of packages; name all of them here"
        yield layer.fault("install.packages_override", message)


def _prepare(layer: Layer) -> Iterator[Fault]:
    release, tasks = layer.service.release, layer.own.prepare
    yield from _name(layer)
    yield from _lists_of_kolla(layer, "image prepare")
    yield from _by_image_prepare(layer)
    if release.tripleo.prepare_tasks and TASKS[tasks] not in release.tripleo.prepare_tasks:
        message = f"the role tripleo-modify-image of {release.name} has no {TASKS[tasks]}; use dockerfile"
        yield layer.fault("prepare", message)
    if "/" in layer.own.base_image:
        message = "image prepare takes the images of base_registry and base_namespace; name it only"
        yield layer.fault("base_image", message)
    wanted = {"rpms": "rpm_files", "packages": "packages"}.get(tasks)
    if wanted:
        yield from _without_dockerfile(layer, tasks, wanted)


def _by_image_prepare(layer: Layer) -> Iterator[Fault]:
    """Image prepare is there, and knows the image."""
    release = layer.service.release
    yield from _of_neutron(layer)
    if not release.tripleo.prepare_tasks:
        message = f"{release.name} has no ContainerImagePrepare, which came with rocky; use build: layer"
        yield layer.fault("build", message)
    if layer.service.integration != "image":
        message = (
            "image prepare sets the parameters of stock images only; use integration: image, or build: layer"
        )
        yield layer.fault("build", message)


def _of_neutron(layer: Layer) -> Iterator[Fault]:
    """Image prepare knows the image with one driver of neutron only."""
    service = layer.service
    release, name = service.release.name, short(layer.own)
    wanted = cloud.neutron_driver(release, name)
    given = service.own.environment.parameter_defaults.get(DRIVERS)
    chosen = listed(given)
    decided = (
        "odl" if "opendaylight_v2" in chosen else "ovn" if "ovn" in chosen else "other" if chosen else ""
    )
    if wanted and decided and wanted != decided:
        others = (one for one in service.stock.images if one.startswith("neutron-server"))
        fits = next((one for one in others if cloud.neutron_driver(release, one) == decided), "")
        message = f"with {DRIVERS}: [{', '.join(chosen)}] image prepare knows no {name}"
        yield layer.fault("base_image", f"{message}; use {fits}" if fits else f"{message}; use build: layer")
    elif wanted == "other" and not decided and not cloud.keeps_neutron_driver(release):
        message = (
            f"{release} takes neutron-server-ovn in its place unless {DRIVERS} names other drivers; "
            "set that in environment.parameter_defaults, or build: layer"
        )
        yield layer.fault("base_image", message)


def _without_dockerfile(layer: Layer, tasks: str, wanted: str) -> Iterator[Fault]:
    if not layer.install.plain.get(wanted):
        yield layer.fault("prepare", f"{tasks} installs what install.{wanted} names, and nothing is there")
    for key, value in layer.install.plain.items():
        if value and key not in (wanted, *InstallAnswers.named(Trait.OF_KOLLA)):
            message = f"prepare: {tasks} installs {wanted} only; use prepare: dockerfile"
            yield layer.fault(f"install.{key}", message)
    if layer.own.args:
        yield layer.fault("args", f"prepare: {tasks} reads no Dockerfile; use prepare: dockerfile")
    if layer.own.says(ImageAnswers.labels):
        yield layer.fault("labels", f"prepare: {tasks} writes no labels; use prepare: dockerfile")
    if layer.dockerfile:
        message = f"prepare: {tasks} reads no Dockerfile; use prepare: dockerfile"
        yield layer.fault(layer.dockerfile, message)


def _prepares_nothing(layer: Layer) -> Iterator[Fault]:
    if layer.own.says(ImageAnswers.prepare):
        message = "says what image prepare does; set build: prepare, or leave it out"
        yield layer.fault("prepare", message)


def _name(layer: Layer) -> Iterator[Fault]:
    if layer.own.image_name:
        message = f"build: {layer.own.build} names its images itself; leave it out, or build: layer"
        yield layer.fault("image_name", message)


def _lists_of_kolla(layer: Layer, tool: str) -> Iterator[Fault]:
    for key, named in layer.install.having(Trait.OF_KOLLA):
        if named:
            message = f"{tool} does not use kolla's templates; use install.packages"
            yield layer.fault(f"install.{key}", message)


OF_SERVICE: tuple[ServiceConstraint, ...] = (builds,)
