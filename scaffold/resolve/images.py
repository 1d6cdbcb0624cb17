"""The images of one service: layers on stock images, however they are built."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from scaffold.catalogue import Catalogue, StockImage, short_name
from scaffold.fields import ServiceAnswers
from scaffold.fields.asked import Trait
from scaffold.fields.image_parts import ArchiveAnswers, ImageAnswers, OneOfSeveralAnswers, PythonSourceAnswers
from scaffold.model import Image, Install, KernelModule, KollaImage, ServiceName, VendorRepo
from scaffold.releases import Base
from scaffold.resolve.tripleo.prepare import entry

ARCHIVES = (".whl", ".zip", ".tar.gz")
TAR = {"tar": "-xf", "gz": "-xzf", "tgz": "-xzf", "xz": "-xJf"}


def images(
    repo: VendorRepo,
    name: ServiceName,
    answers: ServiceAnswers,
    stock: Catalogue,
    module: KernelModule | None,
) -> list[Image]:
    """The images of a service: one, or those under `images`, each named after its stock image."""
    if answers.integration == "config":
        return []
    made = _Images(repo, name, answers, stock)
    if not answers.images:
        return [made.image(answers, answers.extra.dockerfile, module, name.kebab)]
    several = (each(answers, one) for one in answers.images)
    return [made.image(one, one.dockerfile, None, short(one)) for one in several]


def each(answers: ServiceAnswers, one: OneOfSeveralAnswers) -> OneOfSeveralAnswers:
    """The answers of ONE of several images, with what the service says for all of them."""
    return one.under(dict(answers.having(Trait.SHARED)))


def asked_images(service: ServiceAnswers) -> list[tuple[tuple[str | int, ...], ImageAnswers]]:
    """The images of SERVICE, each with the path of its answers: () or ("images", 0)."""
    if service.integration == "image" and service.images:
        return [(("images", index), each(service, one)) for index, one in enumerate(service.images)]
    return [((), service)]


def short(asked: ImageAnswers) -> str:
    """The short name of the stock image that is ASKED for: cinder-volume."""
    return short_name(asked.base_image) if "/" in asked.base_image else asked.base_image


class _Images(NamedTuple):
    """What all images of one service have in common."""

    repo: VendorRepo
    name: ServiceName
    answers: ServiceAnswers
    stock: Catalogue

    def image(self, asked: ImageAnswers, lines: list[str], module: KernelModule | None, key: str) -> Image:
        """The layer that is ASKED for, with LINES of its Dockerfile: what it is made of, and who names it."""
        repo, name, base_name = self.repo, self.name, short(asked)
        known = self.stock.images.get(base_name)
        swap = self.answers.integration == "image"
        build = repo.release.tripleo.image_build.tool if asked.build == "kolla" else asked.build
        if build == "tcib" and swap:
            key = f"{base_name}-{repo.slug}"
        image_name, folder, reference = _place(repo, asked, known, build, key, swap=swap)
        own = f"{repo.release.tripleo.image_parameter_prefix}{name.camel}Image"
        return Image(
            name=image_name,
            reference=reference,
            base=asked.base_image if "/" in asked.base_image else stock_reference(repo.base, base_name),
            base_name=base_name,
            base_user=asked.base_user or (known.user if known and known.user else "root"),
            parameters=_swapped(known) if swap else [own],
            labels=_labels(repo, name, asked, image_name, swap=swap),
            install=_install(self.answers, asked, name, module, swap),
            package_manager=repo.base.package_manager,
            python=repo.base.python,
            modules_prefix=module.prefix if module else "",
            dockerfile=lines,
            folder=folder,
            build=build,
            key=key,
            kolla=_kolla(repo, known) if build == "kolla" else None,
            prepare=[entry(repo, asked, base_name, folder)] if build == "prepare" else [],
        )


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
    image_name = asked.image_name or (f"{base.prefix}{base_name}-{repo.slug}" if swap else key)
    return image_name, f"containers/{key}", f"{own}/{image_name}:{tag}"


def _kolla(repo: VendorRepo, known: StockImage | None) -> KollaImage | None:
    if not known:
        return None
    buildah = repo.release.tripleo.image_build.use_buildah and repo.container_engine == "podman"
    tool = "openstack" if buildah else "kolla-build"
    return KollaImage(known.name.replace("-", "_"), repo.slug, known.appends, tool)


def stock_reference(base: Base, name: str) -> str:
    """The full reference of the stock image NAME."""
    return f"{base.registry}/{base.namespace}/{base.prefix}{name}:{base.tag}"


def _swapped(stock: StockImage | None) -> list[str]:
    """A config image goes with its service image: puppet writes the configuration in it."""
    return [*stock.parameters, *stock.config_parameters] if stock else []


def title(vendor: str, name: ServiceName) -> str:
    """What people call the service NAME of VENDOR: its name, and the vendor's once."""
    words, spelt = name.kebab.split("-"), re.sub(r"[^a-z0-9]", "", vendor.lower())
    known = 0
    while known < len(words) and spelt.startswith("".join(words[: known + 1])):
        known += 1
    return " ".join([vendor, *words[known:]])


def _labels(
    repo: VendorRepo, name: ServiceName, asked: ImageAnswers, image_name: str, *, swap: bool
) -> dict[str, str]:
    summary = asked.labels.get("summary", title(repo.vendor, name))
    product = repo.base.product
    of_stock = f"{short(asked)} of {product} with {summary}"
    defaults = {
        "name": f"{repo.namespace}/{image_name}",
        "vendor": repo.vendor,
        "version": asked.image_tag,
        "release": "1",
        "summary": summary,
        "description": of_stock if swap else f"{summary} for {product}",
        "maintainer": repo.maintainer,
    }
    return defaults | asked.labels


def _install(
    answers: ServiceAnswers, image: ImageAnswers, name: ServiceName, module: KernelModule | None, swap: bool
) -> Install:
    asked, launcher = image.install, answers.launcher_script
    brought = not (asked or swap or answers.says(ServiceAnswers.command) or (launcher and launcher.exec))
    packages = list(asked.packages)
    if module and module.delivery == "container" and "kmod" not in packages:
        packages.insert(0, "kmod")  # modprobe, which not every stock image has
    made = {
        "packages": packages,
        "pip_files": [one for one in asked.pip if one.endswith(ARCHIVES) and "==" not in one],
        "archives": [_archive(one) for one in asked.archives],
        "python_sources": [_source(one) for one in asked.python_sources],
        "binary": f"/usr/bin/{name.kebab}" if brought else "",
    }
    return Install(**asked.plain | made)


def _archive(asked: ArchiveAnswers) -> dict[str, Any]:
    file = asked.url.rpartition("/")[2]
    return {"strip": asked.strip} | asked.plain | {"file": file, "tar": TAR[file.rpartition(".")[2]]}


def _source(asked: PythonSourceAnswers) -> dict[str, str]:
    return {"name": asked.name, "into": (asked.into or "").replace(".", "/")}
