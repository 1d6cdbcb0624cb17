"""The kernel module of one service: who loads it, and how a host that loads it gets it."""

from __future__ import annotations

from scaffold.fields import ServiceAnswers
from scaffold.fields.parts import KernelModuleAnswers
from scaffold.model import HostInstall, KernelModule
from scaffold.resolve.completing import completed_module
from scaffold.tripleo.paths import LOADED_MODULES


def kernel_module(slug: str, answers: ServiceAnswers) -> KernelModule | None:
    """The kernel module that a service of the vendor SLUG asks for."""
    asked = completed_module(answers)
    if asked is None:
        return None
    return KernelModule(
        name=asked.name,
        delivery=asked.delivery,
        loader=asked.loader if asked.delivery == "container" else "",
        source=asked.source,
        prefix=f"/opt/{slug}" if (asked.delivery, asked.source) == ("container", "image") else "",
        sysfs=f"{LOADED_MODULES}/" + asked.name.replace("-", "_"),
        scope=asked.scope,
        host=_host(slug, asked),
    )


def _host(slug: str, asked: KernelModuleAnswers) -> HostInstall:
    repository = asked.repository
    return HostInstall(
        how=asked.install,
        packages=asked.packages,
        rpm_files=asked.rpm_files,
        repo_files=asked.repo_files,
        repository=repository.plain | {"file": f"{slug}.repo"} if repository else {},
        dkms=asked.dkms,
    )
