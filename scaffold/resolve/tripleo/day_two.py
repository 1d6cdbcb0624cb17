"""What a repository means for the operator of a cloud that is deployed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scaffold.catalogue import Catalogue
from scaffold.catalogue import stock as stock_names
from scaffold.environments import DayTwo
from scaffold.fields import ServiceAnswers
from scaffold.fields.declared import WITH_IMAGES
from scaffold.model import HostInstall, Image, Service, VendorRepo
from scaffold.releases import cloud
from scaffold.resolve.images import tags
from scaffold.resolve.tripleo import backends
from scaffold.tripleo import paths


def day_two(repo: VendorRepo, asked: list[ServiceAnswers], version: str, stock: Catalogue) -> DayTwo:
    """What follows from the services of REPO, as they are ASKED. version: of RHOSP; empty for RDO."""
    lifecycle = cloud.lifecycle(repo.release.name, version)
    runs = [(image, roles) for service in repo.services for image, roles in _runs(service, stock)]
    wrapped = [service.wraps.service for service in repo.services if service.wraps]
    wrapped += [
        of.service for one in asked if one.integration not in WITH_IMAGES for _, of, _ in backends.every(one)
    ]
    own = {name for one in asked for name in one.parameters}
    swapped = [image.base_name for service in repo.services for image in _swapped(service)]
    return DayTwo(
        lifecycle=lifecycle,
        tags=[tag for one in asked for tag in tags(one, one.service_name)],
        listings=cloud.listings([*swapped, *_configured(asked)], wrapped),
        containers=[name for service in repo.services for name in _containers(repo, service, stock)],
        host_packages=[
            name for one in repo.services if one.kernel_module for name in _packages(one.kernel_module.host)
        ],
        on_computes=[
            name for image, roles in runs if {*roles} - {"Controller"} for name in image.parameters[:1]
        ],
        own=any(service.containers for service in repo.services),
        kept=[name for name in repo.environment.parameter_defaults if name not in own],
        backends=[name for one in asked for name in one.cinder_backends],
        kernel_args=[*_of_kernel(repo.environment.parameter_defaults)],
        logs=[*dict.fromkeys(_logs(swapped, repo.release.name))],
    )


def _logs(images: list[str], release: str) -> Iterator[str]:
    """Where the services of the stock IMAGES write their logs on a node: a directory for each project."""
    known = stock_names(release).log_directories
    projects = (name.split("-")[0] for name in images)
    yield from (f"{paths.HOST_LOGS}/{project}" for project in projects if project in known)


def _configured(asked: list[ServiceAnswers]) -> Iterator[str]:
    """How the images begin that the hieradata of services ASKED is for: `cinder-`, of `cinder::config`."""
    yield from (f"{key.split('::')[0]}-" for one in asked for key in one.config_settings if "::" in key)


def _of_kernel(defaults: dict[str, Any]) -> Iterator[str]:
    """The roles that parameter DEFAULTS give arguments for the kernel; all, for a parameter of no role."""
    for name, value in defaults.items():
        if name == "KernelArgs":
            yield "every role"
        elif name.endswith("Parameters") and isinstance(value, dict) and "KernelArgs" in value:
            yield name.removesuffix("Parameters")


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
