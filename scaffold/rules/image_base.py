"""The base of an image is one that the release publishes, and of the service whose parameter names the image.

Why: a build stops at a base that no registry has. And an image on the base of another service starts, and
lacks the program that the container runs.

Bad, for ContainerCinderVolumeImage::

    FROM registry.redhat.io/rhosp-rhel8/openstack-cinder-backup:16.2

Good::

    FROM registry.redhat.io/rhosp-rhel8/openstack-cinder-volume:16.2

Source: the images of each release, in scaffold/catalogue. Only what is nearly the name of one, or lacks its
prefix, is said not to be there: registries have images that no deployment uses.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from scaffold.catalogue import Catalogue, load, short_name
from scaffold.documents import Dockerfile
from scaffold.documents.builds import builds
from scaffold.documents.dockerfile import Stage
from scaffold.documents.nodes import Scalar
from scaffold.documents.reference import IMAGE_PARAMETER, Reference, origins, reference
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Place
from scaffold.lint.repository import Repository, per_repository
from scaffold.releases import load as load_release
from scaffold.unknown import Slips, meant


def check(dockerfile: Dockerfile, repository: Repository) -> Iterator[Finding]:
    """Look at the bases of a namespace that a release is known by."""
    for stage in dockerfile.stages:
        image = reference(dockerfile.base(stage))
        found = next(origins(image), None)
        if found is None:
            continue
        catalogue = load(found.release)
        prefix = load_release(found.release).bases[found.version or "rdo"].prefix
        place = _place(dockerfile, stage, image)
        wrong = _unpublished(image, prefix, catalogue)
        if wrong:
            yield Finding(place, f"{catalogue.release.capitalize()} publishes no {image.name}", meant(wrong))
        elif stage is dockerfile.layers[0] and image.name.startswith(prefix):
            yield from _of_another(short_name(image.name), place, dockerfile, catalogue, repository)


def _place(dockerfile: Dockerfile, stage: Stage, image: Reference) -> Place:
    """Where the name is written: in FROM, or in the ARG that it comes from."""
    for instruction in dockerfile.instructions:
        if instruction is stage.start:
            break
        if instruction.name == "ARG" and image.name in instruction.text:
            return instruction
    return stage.start


def _unpublished(image: Reference, prefix: str, catalogue: Catalogue) -> str:
    """What the image is called, where the release has none of this name."""
    if image.name.startswith(prefix):
        name = image.name.removeprefix(prefix)
        near = Slips(catalogue.images).of(name) if name not in catalogue.images else ""
        return f"{prefix}{near}" if near else ""
    return f"{prefix}{short_name(image.name)}" if short_name(image.name) in catalogue.images else ""


def _of_another(
    base: str, place: Place, dockerfile: Dockerfile, catalogue: Catalogue, repository: Repository
) -> Iterator[Finding]:
    """The base, where the parameters that name this image are all of other stock images."""
    own = catalogue.images.get(base)
    named = _parameters(repository).get(posixpath.dirname(dockerfile.path) or ".", set())
    stock = {
        parameter: image
        for image in catalogue.images.values()
        for parameter in image.parameters
        if parameter in named and not parameter.endswith("ConfigImage")
    }
    if own and stock and not any(parameter in stock for parameter in own.parameters):
        parameter, image = next(iter(stock.items()))
        yield Finding(place, f"{parameter} wants an image of {image.name}, not of {base}", image.name)


@per_repository
def _parameters(repository: Repository) -> Mapping[str, set[str]]:
    """The parameters that are set to the image of each build context."""
    by_image: dict[str, set[str]] = {}
    for environment in repository.environments:
        for key, value, _ in environment.assignments():
            if IMAGE_PARAMETER.fullmatch(key.text) and isinstance(value, Scalar):
                by_image.setdefault(re.sub(r":[^/]*$", "", value.text), set()).add(key.text)
    found: dict[str, set[str]] = {}
    for document in repository.documents:
        for build in builds(document):
            name = re.sub(r":[^/]*$", "", build.text)
            if build.context and name in by_image:
                found.setdefault(build.context, set()).update(by_image[name])
    return found


RULE = Rule(id="image-base", page=__doc__, files=Dockerfile, check=check)
