"""Images: what they are made from, and that no two of them stand for the same thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scaffold import catalogue, releases
from scaffold.answers import path_text
from scaffold.answers.partial import as_far_as_known
from scaffold.catalogue import StockImage
from scaffold.errors import Fault
from scaffold.fields.asked import Trait
from scaffold.fields.declared import WITH_IMAGES
from scaffold.fields.image_parts import ImageAnswers, InstallAnswers, OneOfSeveralAnswers
from scaffold.resolve.consistency.subject import Path, ServiceConstraint, Subject, Whole
from scaffold.resolve.images import asked_images, of_all, short
from scaffold.resolve.sharing import said_at
from scaffold.unknown import after, meant, there_is_no, unknown


@dataclass(frozen=True)
class Layer:
    """One image of a service, and its OWN answers."""

    service: Subject
    prefix: Path
    own: ImageAnswers

    @property
    def known(self) -> StockImage | None:
        """The stock image that it is made from."""
        return self.service.stock.images.get(short(self.own))

    @property
    def install(self) -> InstallAnswers:
        """What it installs."""
        return self.own.install

    @property
    def lines(self) -> list[str]:
        """The lines of its Dockerfile."""
        if isinstance(self.own, OneOfSeveralAnswers):
            return self.own.dockerfile
        return self.service.own.extra.dockerfile

    @property
    def dockerfile(self) -> str:
        """The answer that holds lines of its Dockerfile; empty for none."""
        where = "dockerfile" if isinstance(self.own, OneOfSeveralAnswers) else "extra.dockerfile"
        return where if self.lines else ""

    def fault(self, key: str, message: str) -> Fault:
        """A fault of the answer KEY of the image."""
        path: Path = tuple(int(part) if part.isdigit() else part for part in key.split("."))
        if not self.prefix:
            return self.service.at(path, message)
        given = self.service.own.images[int(self.prefix[1])].plain
        own, path = said_at(path, of_all(self.service.own), given)
        beside = ("extra",) if path[0] == "dockerfile" and not own else ()
        return self.service.at((*(self.prefix if own else beside), *path), message)


def layers(service: Subject) -> Iterator[Layer]:
    """The images of a service; none of one that is configuration or an environment file only."""
    if service.integration in WITH_IMAGES:
        for prefix, own in asked_images(service.own):
            yield Layer(service, prefix, own)


# --- of the repository


def tags(whole: Whole) -> Iterator[Fault]:
    """kolla-build.conf has one tag."""
    first = ""
    for service in whole.services if whole.release.tripleo.image_build.tool == "kolla" else ():
        for layer in as_far_as_known(layers(service)):
            if layer.own.build == "kolla" and not layer.own.image:
                first = first or layer.own.image_tag
                if layer.own.image_tag != first:
                    message = "kolla builds all images of a run with one tag; give them the same"
                    yield layer.fault("image_tag", message)
                    return


def shared(whole: Whole) -> Iterator[Fault]:
    """No two images stand for the same thing."""
    seen: dict[tuple[str, str], Layer] = {}
    for service in whole.distinct:
        for layer in as_far_as_known(layers(service)):
            for kind, name in as_far_as_known(_names(layer)):
                other = seen.setdefault((kind, name), layer)
                if other is not layer:
                    where = path_text(("services", other.service.index, *other.prefix))
                    yield layer.fault("base_image", f"{where} has the {kind} {name} too; each needs its own")
                    break


def _names(layer: Layer) -> Iterator[tuple[str, str]]:
    own, name, service = layer.own, short(layer.own), layer.service
    if own.build == "kolla" and service.release.tripleo.image_build.tool == "kolla" and not own.image:
        yield "kolla image", name
    if not own.image:
        yield "folder", name if service.own.images else service.name.kebab
    if own.image_name:
        yield "image", own.image_name
    known = layer.known if service.integration == "image" else None
    for parameter in (*known.parameters, *known.config_parameters) if known else ():
        yield "image parameter", parameter


# --- of a service


def shape(service: Subject) -> Iterator[Fault]:
    """Which services have images, and which several."""
    given, integration = service.given, service.integration
    for key, _ in given.having(Trait.OF_IMAGE) if integration not in WITH_IMAGES else ():
        what = "a config-only service" if service.templated else "an environment file alone"
        message = f"{what} has no image; leave it out, or integration: service"
        yield service.fault(key, message)
    if integration == "service" and given.images:
        message = f"integration: {integration} has no several stock images; use integration: image"
        yield service.fault("images", message)
    for key, _ in given.having(Trait.OF_EACH) if integration == "image" and given.images else ():
        yield service.fault(key, "say it of each of the images; leave it out here")


def bases(service: Subject) -> Iterator[Fault]:
    """Each image is made from one that there is."""
    for layer in layers(service):
        if not layer.own.image or service.integration == "image":
            yield from as_far_as_known(_base(layer))


def existing(service: Subject) -> Iterator[Fault]:
    """Of an image that exists nothing is said that a build would do."""
    for layer in layers(service):
        if layer.own.image:
            yield from as_far_as_known(_existing(layer))


def _existing(layer: Layer) -> Iterator[Fault]:
    service = layer.service
    given = service.own.images[int(layer.prefix[1])] if layer.prefix else service.own
    named = [key for key, _ in given.having(Trait.OF_BUILD)]
    if service.integration == "service":
        named += given.given(ImageAnswers.base_image)
    if layer.dockerfile and not layer.prefix:
        named.append(layer.dockerfile)
    for key in named:
        yield layer.fault(key, "nothing is built where image names one that exists; leave one of the two out")
    if given.build == "kolla":
        yield layer.fault("build", "the image exists, and is built by nothing here; leave it out, or prepare")


def _base(layer: Layer) -> Iterator[Fault]:
    asked = layer.own.base_image
    yield from _base_of_any(layer, asked)
    release = layer.service.release.name
    if "/" not in asked and not layer.known:
        hint = after(meant(*layer.service.stock.closest(asked)))
        message = f"{there_is_no('stock image', asked, f'in {release}')}{hint}"
        yield layer.fault("base_image", f"{message} (vendor-scaffold catalogue lists them)")
    elif not layer.known and not layer.own.base_user and not layer.own.image:
        message = f"missing: {asked} is in no catalogue, so say which user it runs as"
        yield layer.fault("base_user", message)
    elif layer.service.integration == "image" and not (layer.known and layer.known.parameters):
        message = f"{release} has no image parameter for {asked}, so it cannot be swapped"
        yield layer.fault("base_image", message)


def _base_of_any(layer: Layer, asked: str) -> Iterator[Fault]:
    """Where the release is not known, an image that no release has is wrong all the same."""
    if layer.service.whole.knows_release or "/" in asked:
        return
    stock = {name for release in releases.NAMES for name in catalogue.load(release).images}
    if asked not in stock:
        message = unknown("stock image", asked, stock, "in any release")
        yield layer.fault("base_image", f"{message} (vendor-scaffold catalogue lists them)")


OF_SERVICE: tuple[ServiceConstraint, ...] = (shape, bases, existing)
