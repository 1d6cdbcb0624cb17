"""puppet_config of one service: the configuration files that puppet writes before its containers start."""

from __future__ import annotations

import re

from scaffold.catalogue import Catalogue
from scaffold.catalogue import stock as stock_names
from scaffold.fields import ServiceAnswers
from scaffold.model import Image, PuppetConfig, ServiceName, VendorRepo
from scaffold.releases import Release, cloud
from scaffold.resolve.images import stock_reference
from scaffold.resolve.tripleo.bases import given

# the module of a class that a manifest includes or declares
CLASS = re.compile(r"""(?:\b(?:include|contain|require)\s+|\bclass\s*\{\s*)['"]?(?:::)?([a-z]\w*)""")


def puppet_config(
    repo: VendorRepo, name: ServiceName, answers: ServiceAnswers, stock: Catalogue, layer: Image | None
) -> PuppetConfig | None:
    """The puppet_config of a service that asks for one.

    A volume that the release has itself keeps the image that image prepare chooses, unless the answers bring
    one of their own; one that keeps the puppet_config of what it wraps has, unasked, neither.
    """
    asked = answers.puppet_config
    if not asked:
        return None
    volume = config_volume(name, answers)
    parameter = config_image_parameter(repo.release.tripleo.image_parameter_prefix, volume)
    wanted = asked.config_image or ""
    otherwise = of_stock(stock, wanted, "config_parameters")
    of_release = not volume or parameter in config_parameters(stock)
    read = [parameter] if of_release and volume else [otherwise] if otherwise else []
    if of_release or otherwise:
        image = wanted if "/" in wanted else ""
    else:
        image = (stock_reference(repo.base, wanted) if wanted and "/" not in wanted else wanted) or (
            layer.reference if layer else ""
        )
    return PuppetConfig(
        config_volume=volume,
        puppet_tags=asked.puppet_tags,
        step_config=asked.step_config,
        image_parameter=parameter if volume else "",
        image=image,
        volumes=asked.volumes,
        otherwise="" if of_release else otherwise,
        modules=sorted(set(CLASS.findall(asked.step_config)) - cloud.puppet_modules()),
        stock=described(repo.release, read),
        host_parameter=cloud.host_puppet_parameter(repo.release.name),
    )


def described(release: Release, parameters: list[str]) -> dict[str, str]:
    """PARAMETERS of RELEASE as its own templates describe them: tools/yaml-validate.py wants the same."""
    prefix, volumes = release.tripleo.image_parameter_prefix, stock_names(release.name).config_volumes
    known = {config_image_parameter(prefix, volume): volume for volume in volumes}
    text = "The container image to use for the {} config_volume"
    return {name: text.format(known[name]) if name in known else "image" for name in parameters}


def of_stock(stock: Catalogue, image: str, first: str) -> str:
    """The parameter that the release sets to the stock IMAGE; those that FIRST names come first."""
    known = stock.images.get(image)
    kinds = sorted(("parameters", "config_parameters"), key=lambda kind: kind != first)
    return next((one for kind in kinds for one in getattr(known, kind)), "") if known else ""


def config_volume(name: ServiceName, answers: ServiceAnswers) -> str:
    """The config volume of a service; empty without puppet, and unasked where a base has a puppet_config."""
    asked = answers.puppet_config
    kept = given(answers.wraps, "puppet_config")
    return (asked.config_volume or ("" if kept else name.snake)) if asked else ""


def config_image_parameter(prefix: str, volume: str) -> str:
    """The image parameter of a config volume, as tools/yaml-validate.py spells it (to_camel_case)."""
    return f"{prefix}{ServiceName.of(volume.replace('_', '-')).camel}ConfigImage"


def config_parameters(stock: Catalogue) -> set[str]:
    """The config image parameters that the release declares itself."""
    return {name for image in stock.images.values() for name in image.config_parameters}
