"""What a repository means for the operator of a cloud that is deployed."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.catalogue import Catalogue
from scaffold.environments import DayTwo
from scaffold.fields import ServiceAnswers
from scaffold.fields.declared import WITH_IMAGES
from scaffold.model import HostInstall, Image, Service, VendorRepo
from scaffold.releases import cloud
from scaffold.resolve.images import tags
from scaffold.resolve.tripleo import backends


def day_two(repo: VendorRepo, asked: list[ServiceAnswers], version: str, stock: Catalogue) -> DayTwo:
    """What follows from the services of REPO, as they are ASKED. version: of RHOSP; empty for RDO."""
    lifecycle = cloud.lifecycle(repo.release.name, version)
    runs = [(image, roles) for service in repo.services for image, roles in _runs(service, stock)]
    wrapped = [service.wraps.service for service in repo.services if service.wraps]
    wrapped += [
        of.service for one in asked if one.integration not in WITH_IMAGES for _, of, _ in backends.every(one)
    ]
    swapped = [image.base_name for service in repo.services for image in _swapped(service)]
    return DayTwo(
        lifecycle=lifecycle,
        tags=[tag for one in asked for tag in tags(one, one.service_name)],
        listings=cloud.listings(swapped, wrapped),
        containers=[name for service in repo.services for name in _containers(repo, service, stock)],
        host_packages=[
            name for one in repo.services if one.kernel_module for name in _packages(one.kernel_module.host)
        ],
        on_computes=[
            name for image, roles in runs if {*roles} - {"Controller"} for name in image.parameters[:1]
        ],
    )


def _swapped(service: Service) -> list[Image]:
    return service.images if service.integration == "image" else []


def _runs(service: Service, stock: Catalogue) -> Iterator[tuple[Image, list[str]]]:
    """The images of SERVICE, each with the roles whose nodes run it."""
    for image in service.images:
        known = stock.images.get(image.base_name) if service.integration == "image" else None
        yield image, list(known.roles) if known else service.roles


def _packages(host: HostInstall) -> list[str]:
    """The packages of a module by name; a file is called NAME-VERSION-RELEASE.ARCH.rpm."""
    return [*host.packages, *(file.rsplit("-", 2)[0] for file in host.rpm_files)]


def _containers(repo: VendorRepo, service: Service, stock: Catalogue) -> Iterator[str]:
    yield from (one.name for one in service.containers if one.restart)
    for image in _swapped(service):
        known = stock.images.get(image.base_name)
        if known and image.base_name not in repo.bundles:
            yield from known.containers[:1]
