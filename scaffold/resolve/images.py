"""The images of one service: layers on stock images, however they are built."""

from __future__ import annotations

import re
from typing import Any

from scaffold.catalogue import Catalogue, StockImage, short_name
from scaffold.model import Image, Install, KernelModule, KollaImage, ServiceName, VendorRepo
from scaffold.releases import Base
from scaffold.resolve.prepare import entry

ARCHIVES = (".whl", ".zip", ".tar.gz")
TAR = {"tar": "-xf", "gz": "-xzf", "tgz": "-xzf", "xz": "-xJf"}
SHARED = ("integration", "build", "prepare", "image_tag", "labels")  # a service says them for all its images


def images(
    repo: VendorRepo,
    name: ServiceName,
    answers: dict[str, Any],
    stock: Catalogue,
    module: KernelModule | None,
) -> list[Image]:
    """The images of a service: one, or those under `images`, each named after its stock image."""
    if answers["integration"] == "config":
        return []
    if not answers.get("images"):
        return [_image(repo, name, answers, stock, module, name.kebab)]
    found = []
    for one in answers["images"]:
        own = each(answers, one) | {"extra": {"dockerfile": one.get("dockerfile", [])}}
        found.append(_image(repo, name, own, stock, None, short(one)))
    return found


def each(answers: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    """The answers of ONE of several images, with what the service says for all of them."""
    return {key: answers[key] for key in SHARED if key in answers} | one


def asked_images(service: dict[str, Any]) -> list[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """The images of SERVICE, each with the path of its answers: () or ("images", 0)."""
    if service.get("integration") == "image" and service.get("images"):
        return [(("images", index), each(service, one)) for index, one in enumerate(service["images"])]
    return [((), service)]


def short(answers: dict[str, Any]) -> str:
    """The short name of the stock image that ANSWERS name: cinder-volume."""
    asked = answers["base_image"]
    return short_name(asked) if "/" in asked else asked


def _image(
    repo: VendorRepo,
    name: ServiceName,
    answers: dict[str, Any],
    stock: Catalogue,
    module: KernelModule | None,
    key: str,
) -> Image:
    """One layer: what it is made of, and which parameters name it."""
    asked = answers["base_image"]
    base_name = short(answers)
    known = stock.images.get(base_name)
    swap = answers["integration"] == "image"
    build = answers["build"]
    build = repo.release.tripleo.image_build.tool if build == "kolla" else build
    tag = answers["image_tag"]
    if build == "tcib" and swap:
        key = f"{base_name}-{repo.slug}"
    image_name, folder, reference = _place(repo, answers, known, build, key, base_name)
    return Image(
        name=image_name,
        reference=reference,
        base=asked if "/" in asked else stock_reference(repo.base, base_name),
        base_name=base_name,
        base_user=answers.get("base_user") or (known.user if known and known.user else "root"),
        parameters=_swapped(known)
        if swap
        else [f"{repo.release.tripleo.image_parameter_prefix}{name.camel}Image"],
        labels=_labels(repo, name, answers, image_name, tag),
        install=_install(answers, name, module, swap),
        package_manager=repo.base.package_manager,
        python=repo.base.python,
        modules_prefix=module.prefix if module else "",
        dockerfile=answers.get("extra", {}).get("dockerfile", []),
        folder=folder,
        build=build,
        key=key,
        kolla=_kolla(repo, known) if build == "kolla" else None,
        prepare=[entry(repo, answers, base_name, folder)] if build == "prepare" else [],
    )


def _place(
    repo: VendorRepo, answers: dict[str, Any], known: StockImage | None, build: str, key: str, base_name: str
) -> tuple[str, str, str]:
    """Name, folder and reference. kolla, TCIB and image prepare name what they build themselves."""
    base, tag = repo.base, answers["image_tag"]
    swap = answers["integration"] == "image"
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
    image_name = answers.get("image_name", f"{base.prefix}{base_name}-{repo.slug}" if swap else key)
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
    repo: VendorRepo, name: ServiceName, answers: dict[str, Any], image_name: str, tag: str
) -> dict[str, str]:
    summary = answers.get("labels", {}).get("summary", title(repo.vendor, name))
    product = repo.base.product
    of_stock = f"{short(answers)} of {product} with {summary}"
    defaults = {
        "name": f"{repo.namespace}/{image_name}",
        "vendor": repo.vendor,
        "version": tag,
        "release": "1",
        "summary": summary,
        "description": of_stock if answers.get("integration") == "image" else f"{summary} for {product}",
        "maintainer": repo.maintainer,
    }
    asked: dict[str, str] = answers.get("labels", {})
    return defaults | asked


def _install(answers: dict[str, Any], name: ServiceName, module: KernelModule | None, swap: bool) -> Install:
    asked = answers.get("install", {})
    binary = "" if asked or swap or "command" in answers else f"/usr/bin/{name.kebab}"
    launcher = answers.get("launcher_script", {}).get("exec")
    packages = list(asked.get("packages", []))
    if module and module.delivery == "container" and "kmod" not in packages:
        packages.insert(0, "kmod")  # modprobe, which not every stock image has
    made = {
        "packages": packages,
        "pip_files": [one for one in asked.get("pip", []) if one.endswith(ARCHIVES) and "==" not in one],
        "archives": [_archive(one) for one in asked.get("archives", [])],
        "python_sources": [_source(one) for one in asked.get("python_sources", [])],
        "binary": "" if launcher else binary,
    }
    return Install(**asked | made)


def _archive(asked: dict[str, Any]) -> dict[str, Any]:
    file = asked["url"].rpartition("/")[2]
    return {"strip": 0} | asked | {"file": file, "tar": TAR[file.rpartition(".")[2]]}


def _source(asked: dict[str, str]) -> dict[str, str]:
    return {"name": asked["name"], "into": asked.get("into", "").replace(".", "/")}
