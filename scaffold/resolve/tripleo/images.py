"""The images of one service of TripleO: layers on stock images, however they are built."""

from __future__ import annotations

from typing import NamedTuple

from scaffold.catalogue import Catalogue, StockImage, short_name
from scaffold.fields import ServiceAnswers
from scaffold.fields.declared import WITH_IMAGES
from scaffold.fields.image_parts import ImageAnswers
from scaffold.layers import Install
from scaffold.model import Image, KernelModule, KollaImage, ServiceName, VendorRepo
from scaffold.releases.tools import packaged
from scaffold.resolve.images import brings, copied, each, installed, labels, short, stock_reference
from scaffold.resolve.tripleo.parameters import image_parameter
from scaffold.resolve.tripleo.prepare import copied as prepared
from scaffold.resolve.tripleo.prepare import entry


def images(
    repo: VendorRepo,
    name: ServiceName,
    answers: ServiceAnswers,
    stock: Catalogue,
    module: KernelModule | None,
) -> list[Image]:
    """The images of a service: one, or those under `images`, each named after its stock image."""
    if answers.integration not in WITH_IMAGES:
        return []
    made = _Images(repo, name, answers, stock)
    if not answers.images:
        return [made.image(answers, answers.extra.dockerfile, module, name.kebab)]
    several = (each(answers, one) for one in answers.images)
    return [made.image(one, one.dockerfile, None, short(one)) for one in several]


class _Images(NamedTuple):
    """What all images of one service have in common."""

    repo: VendorRepo
    name: ServiceName
    answers: ServiceAnswers
    stock: Catalogue

    def image(self, asked: ImageAnswers, lines: list[str], module: KernelModule | None, key: str) -> Image:
        """The layer that is ASKED for, with LINES of its Dockerfile: what it is made of, and who names it."""
        if asked.image:
            return self.existing(asked, asked.image, key)
        repo, name, base_name = self.repo, self.name, short(asked)
        known = self.stock.images.get(base_name)
        swap = self.answers.integration == "image"
        build = repo.release.tripleo.image_build.tool if asked.build == "kolla" else asked.build
        if build == "tcib" and swap:
            key = f"{base_name}-{repo.slug}"
        image_name, folder, reference = _place(repo, asked, known, build, key, swap=swap)
        by_dockerfile = build == "layer" or (build == "prepare" and asked.prepare == "dockerfile")
        held = self.stock.holds(base_name, repo.base.package_manager)
        own_pip = "pip" not in held and not packaged("pip", repo.base.package_manager)
        install = installed(self.answers, asked, name, module, swap, repo.base, own_pip)
        return Image(
            name=image_name,
            reference=reference,
            base=asked.base_image if "/" in asked.base_image else stock_reference(repo.base, base_name),
            base_name=base_name,
            base_user=asked.base_user or (known.user if known and known.user else "root"),
            source="",
            parameters=self.parameters(known),
            args=asked.args,
            labels=labels(repo, name, asked, image_name, swap=swap),
            install=install,
            brings=brings(install, repo.base, held),
            package_manager=repo.base.package_manager,
            python=repo.base.python,
            modules_prefix=module.prefix if module else "",
            dockerfile=lines,
            copied=copied(lines),
            has_dockerfile=by_dockerfile,
            licensed=by_dockerfile or build != "prepare",
            keeps_steps=_keeps_steps(repo, build),
            folder=folder,
            build=build,
            key=key,
            kolla=_kolla(repo, known) if build == "kolla" else None,
            prepare=[entry(repo, asked, base_name, folder)] if build == "prepare" else [],
        )

    def existing(self, asked: ImageAnswers, reference: str, key: str) -> Image:
        """The image REFERENCE, which nothing builds; image prepare may copy it."""
        repo, swap = self.repo, self.answers.integration == "image"
        path, _, tag = reference.partition("/")[2].rpartition(":")
        name = short(asked) if swap else short_name(reference)
        known = self.stock.images.get(name)
        by_prepare = asked.build == "prepare"
        return Image(
            name=path.rpartition("/")[2],
            reference=f"{repo.registry}/{path}:{tag}" if by_prepare else reference,
            source=reference,
            base="",
            base_name=name,
            base_user=(known.user if known else "") or "root",
            parameters=self.parameters(known),
            args={},
            labels={},
            install=Install(),
            brings=[],
            package_manager=repo.base.package_manager,
            python=repo.base.python,
            modules_prefix="",
            dockerfile=[],
            copied=[],
            has_dockerfile=False,
            licensed=False,
            keeps_steps=False,
            folder="",
            build="existing",
            key=key,
            kolla=None,
            prepare=[prepared(repo, reference, name)] if by_prepare else [],
        )

    def parameters(self, known: StockImage | None) -> list[str]:
        """What is set to an image: of the stock one that is KNOWN, in a swap, or of the service."""
        if self.answers.integration == "image":
            return _swapped(known)
        return [image_parameter(self.repo.release, self.name)]


def _place(
    repo: VendorRepo, asked: ImageAnswers, known: StockImage | None, build: str, key: str, *, swap: bool
) -> tuple[str, str, str]:
    """Name, folder and reference. kolla, TCIB and image prepare name what they build themselves."""
    base, tag, base_name = repo.base, asked.image_tag, short(asked)
    own = f"{repo.registry}/{repo.namespace}"
    if build == "kolla":
        path = known.kolla if known and known.kolla else base_name
        image_name = f"{base.prefix}{base_name}"
        return image_name, f"kolla/docker/{path}/{repo.slug}", f"{own}/{image_name}:{tag}"
    if build == "tcib":
        image_name = f"openstack-{key}"  # its --prefix, and the name of the directory
        return image_name, f"tcib/files/{key}", f"{own}/{image_name}:{tag}"
    if build == "prepare":
        image_name = f"{base.prefix}{base_name}"
        reference = f"{repo.registry}/{base.namespace}/{image_name}:{base.tag}-{repo.slug}-{tag}"
        return image_name, f"containers/{key}", reference
    image_name = layer_name(asked, base.prefix, repo.slug, key, swap=swap)
    return image_name, f"containers/{key}", f"{own}/{image_name}:{tag}"


def layer_name(asked: ImageAnswers, prefix: str, slug: str, key: str, *, swap: bool) -> str:
    """The name of the layer that is ASKED for: its own, or in a swap that of its base and of the vendor."""
    return asked.image_name or (f"{prefix}{short(asked)}-{slug}" if swap else key)


def _kolla(repo: VendorRepo, known: StockImage | None) -> KollaImage | None:
    if not known:
        return None
    tool = "openstack" if _with_buildah(repo) else "kolla-build"
    return KollaImage(known.name.replace("-", "_"), repo.slug, known.appends, tool)


def _with_buildah(repo: VendorRepo) -> bool:
    return repo.release.tripleo.image_build.use_buildah and repo.container_engine == "podman"


def _keeps_steps(repo: VendorRepo, build: str) -> bool:
    """Docker does, and kolla-build with it; buildah makes one layer, and podman with --squash."""
    return {
        "layer": repo.container_engine == "docker",
        "prepare": repo.release.tripleo.prepare_builder == "docker",
        "kolla": not _with_buildah(repo),
        "tcib": False,
    }[build]


def _swapped(stock: StockImage | None) -> list[str]:
    """A config image goes with its service image: puppet writes the configuration in it."""
    return [*stock.parameters, *stock.config_parameters] if stock else []
