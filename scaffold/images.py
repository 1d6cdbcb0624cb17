"""The image of one service: a layer on a stock image."""

from __future__ import annotations

from typing import Any

from scaffold.catalogue import Catalogue, StockImage, short_name
from scaffold.model import Image, Install, KernelModule, ServiceName, VendorRepo
from scaffold.releases import Base


def image(
    repo: VendorRepo,
    name: ServiceName,
    answers: dict[str, Any],
    stock: Catalogue,
    module: KernelModule | None,
) -> Image:
    """The layer of a service: what it is made of, and which parameters name it."""
    asked = answers.get("base_image", "cinder-volume")
    short = short_name(asked) if "/" in asked else asked
    known = stock.images.get(short)
    swap = answers.get("integration") == "image"
    image_name = answers.get("image_name", f"{repo.base.prefix}{short}-{repo.slug}" if swap else name.kebab)
    tag = answers.get("image_tag", "1.0")
    brings = bool(module and module.delivery == "container" and module.source == "image")
    return Image(
        name=image_name,
        reference=f"{repo.registry}/{repo.namespace}/{image_name}:{tag}",
        base=asked if "/" in asked else stock_reference(repo.base, short),
        base_name=short,
        base_user=answers.get("base_user") or (known.user if known and known.user else "root"),
        parameters=_swapped(known) if swap else [f"{repo.release.image_parameter_prefix}{name.camel}Image"],
        labels=_labels(repo, name, answers, image_name, tag),
        install=_install(answers, name, module, swap),
        package_manager=repo.base.package_manager,
        python=repo.base.python,
        modules_prefix=f"/opt/{repo.slug}" if brings else "",
        dockerfile=answers.get("extra", {}).get("dockerfile", []),
    )


def stock_reference(base: Base, short: str) -> str:
    """The full reference of the stock image SHORT."""
    return f"{base.registry}/{base.namespace}/{base.prefix}{short}:{base.tag}"


def _swapped(stock: StockImage | None) -> list[str]:
    """A config image goes with its service image: puppet writes the configuration in it."""
    return [*stock.parameters, *stock.config_parameters] if stock else []


def _labels(
    repo: VendorRepo, name: ServiceName, answers: dict[str, Any], image_name: str, tag: str
) -> dict[str, str]:
    summary = answers.get("labels", {}).get("summary", f"{repo.vendor} {name.kebab}")
    defaults = {
        "name": f"{repo.namespace}/{image_name}",
        "vendor": repo.vendor,
        "version": tag,
        "release": "1",
        "summary": summary,
        "description": f"{summary} for TripleO {repo.release.title}",
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
    return Install(
        repo_files=asked.get("repo_files", []),
        rpm_files=asked.get("rpm_files", []),
        packages=packages,
        pip=asked.get("pip", []),
        binary="" if launcher else binary,
    )
