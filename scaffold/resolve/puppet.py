"""puppet_config of one service: the configuration files that puppet writes before its containers start."""

from __future__ import annotations

from typing import Any

from scaffold.catalogue import Catalogue
from scaffold.model import Image, PuppetConfig, ServiceName, VendorRepo
from scaffold.resolve.images import stock_reference


def puppet_config(
    repo: VendorRepo, name: ServiceName, answers: dict[str, Any], stock: Catalogue, layer: Image | None
) -> PuppetConfig | None:
    """The puppet_config of a service that asks for one.

    The image of a volume that the release has itself stays as it is unless the answers name another; a
    service that wraps a stock one adds to its manifest, and has neither image nor, unasked, a volume.
    """
    asked = answers.get("puppet_config")
    if not asked:
        return None
    wraps = "wraps" in answers
    volume = config_volume(name, answers)
    parameter = config_image_parameter(repo.release.image_parameter_prefix, volume)
    own = layer.reference if layer and not wraps and parameter not in config_parameters(stock) else ""
    image = asked.get("config_image", own)
    return PuppetConfig(
        config_volume=volume,
        puppet_tags=asked.get("puppet_tags", []),
        step_config=asked["step_config"],
        image_parameter=parameter,
        image=image if "/" in image or not image else stock_reference(repo.base, image),
        volumes=asked.get("volumes", []),
    )


def config_volume(name: ServiceName, answers: dict[str, Any]) -> str:
    """The config volume of a service that asks for puppet; unasked, one that wraps another has none."""
    volume: str = answers["puppet_config"].get("config_volume", "" if "wraps" in answers else name.snake)
    return volume


def config_image_parameter(prefix: str, volume: str) -> str:
    """The image parameter of a config volume, as tools/yaml-validate.py spells it (to_camel_case)."""
    return f"{prefix}{ServiceName.of(volume.replace('_', '-')).camel}ConfigImage"


def config_parameters(stock: Catalogue) -> set[str]:
    """The config image parameters that the release declares itself."""
    return {name for image in stock.images.values() for name in image.config_parameters}
