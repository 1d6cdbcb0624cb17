"""An image parameter that an environment file sets is declared, and its value is not another service's image.

Why: Heat silently ignores a default of a parameter that no template declares, and the stock image
runs. An image of another service starts, and lacks the program. A name that is not nearly a known one may be
declared by another vendor's template, and is not judged.

Bad::

    parameter_defaults:
      ContainerCinderVolumesImage: registry.example.com/vendorx/cinder-volume:1
      ContainerManilaShareImage: registry.example.com/vendorx/openstack-cinder-volume-vendorx:1

Good::

    parameter_defaults:
      ContainerCinderVolumeImage: registry.example.com/vendorx/cinder-volume:1

Source: heat/engine/environment.py of openstack-heat (parameter_defaults);
container-images/*_containers.yaml.j2 of tripleo-common name the images and their parameters; a vendor's
README sets ContainerCinderVolumeImage for Manila. The package openstack-cinder, of every image of cinder,
has the programs of cinder-volume and cinder-backup, so a driver's layer on the one serves the other too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.catalogue import Catalogue, StockImage, short_name
from scaffold.documents import EnvironmentFile
from scaffold.documents.nodes import Scalar
from scaffold.documents.reference import IMAGE_PARAMETER
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository
from scaffold.unknown import did_you_mean

SERVES = {"cinder-volume": ("cinder-backup",)}  # image: others that it serves as well
MOST = 1000  # unknown names that are looked up: no real file has as many


def check(environment: EnvironmentFile, repository: Repository) -> Iterator[Finding]:
    """Look up every parameter with the name of an image parameter of this release."""
    catalogue = repository.catalogue
    own = repository.parameters
    stock = {name: image for image in catalogue.images.values() for name in _parameters(image)}
    looked_up = 0
    for key, value, _ in environment.assignments():
        ours = key.text.startswith(repository.release.tripleo.image_parameter_prefix)
        if not IMAGE_PARAMETER.fullmatch(key.text) or not ours or key.text in own:
            continue
        if key.text not in {*stock, *repository.stock.image_parameters}:
            if not repository.complete:
                continue
            looked_up += 1
            hint = did_you_mean(key.text, {*stock, *own}, cutoff=0.9) if looked_up <= MOST else ""
            if hint:  # any other name may be that of a template which lies elsewhere
                yield Finding(key, f"no template of {repository.release.title} declares {key.text}", hint)
        elif isinstance(value, Scalar) and key.text in stock:
            other = _other(value.text, key.text, catalogue)
            if other:
                message = f"{key.text} gets an image of {other.name}"
                yield Finding(value, message, f"its parameter is {_parameters(other)[0]}")


def _parameters(image: StockImage) -> tuple[str, ...]:
    return (*image.parameters, *image.config_parameters)


def _other(reference: str, parameter: str, catalogue: Catalogue) -> StockImage | None:
    """The stock image whose name the reference begins with, where it is not one of the parameter's."""
    name = short_name(reference)
    named = [
        each for each in catalogue.images.values() if re.match(rf"{re.escape(each.name)}(?![a-z0-9])", name)
    ]
    also = [
        catalogue.images[of] for each in named for of in SERVES.get(each.name, ()) if of in catalogue.images
    ]
    if not named or any(parameter in _parameters(each) for each in (*named, *also)):
        return None
    if parameter.endswith("ConfigImage"):  # puppet runs in any image of the project
        own = {
            each.name.split("-")[0] for each in catalogue.images.values() if parameter in _parameters(each)
        }
        named = [each for each in named if each.name.split("-")[0] not in own]
        if not named:
            return None
    longest = max(named, key=lambda each: len(each.name))
    return longest if "-" in longest.name and _parameters(longest) else None


RULE = Rule(id="image-parameter", page=__doc__, files=EnvironmentFile, check=check, needs_release=True)
