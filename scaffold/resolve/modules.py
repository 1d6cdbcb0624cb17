"""The kernel module of one service: who loads it, and how a host that loads it gets it."""

from __future__ import annotations

from typing import Any

from scaffold.model import HostInstall, KernelModule
from scaffold.resolve.completing import completed_module
from scaffold.tripleo.paths import LOADED_MODULES


def kernel_module(slug: str, answers: dict[str, Any]) -> KernelModule | None:
    """The kernel module that a service of the vendor SLUG asks for."""
    if not answers.get("kernel_module"):
        return None
    asked = completed_module(answers)
    return KernelModule(
        name=asked["name"],
        delivery=asked["delivery"],
        loader=asked["loader"] if asked["delivery"] == "container" else "",
        source=asked["source"],
        prefix=f"/opt/{slug}" if (asked["delivery"], asked["source"]) == ("container", "image") else "",
        sysfs=f"{LOADED_MODULES}/" + asked["name"].replace("-", "_"),
        scope=asked["scope"],
        host=_host(slug, asked),
    )


def _host(slug: str, asked: dict[str, Any]) -> HostInstall:
    repository = asked.get("repository")
    return HostInstall(
        how=asked["install"],
        packages=asked.get("packages", []),
        rpm_files=asked.get("rpm_files", []),
        repo_files=asked.get("repo_files", []),
        repository={**repository, "file": f"{slug}.repo"} if repository else {},
        dkms=asked.get("dkms", False),
    )
