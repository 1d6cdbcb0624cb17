"""The kernel module of one service: who loads it, and how a host that loads it gets it."""

from __future__ import annotations

from typing import Any

from scaffold.model import HostInstall, KernelModule


def kernel_module(slug: str, answers: dict[str, Any], integration: str) -> KernelModule | None:
    """The kernel module that a service of the vendor SLUG asks for."""
    asked = answers.get("kernel_module")
    if not asked:
        return None
    delivery = asked.get("delivery", "container" if integration == "service" else "host")
    return KernelModule(
        name=asked["name"],
        delivery=delivery,
        loader=asked.get("loader", "separate") if delivery == "container" else "",
        source=asked.get("source", "host"),
        sysfs="/sys/module/" + asked["name"].replace("-", "_"),
        scope=asked.get("scope", "role"),
        host=_host(slug, asked),
    )


def _host(slug: str, asked: dict[str, Any]) -> HostInstall:
    brings = any(asked.get(key) for key in ("packages", "rpm_files"))
    repository = asked.get("repository")
    return HostInstall(
        how=asked.get("install", "image" if brings else "none"),
        packages=asked.get("packages", []),
        rpm_files=asked.get("rpm_files", []),
        repo_files=asked.get("repo_files", []),
        repository={**repository, "file": f"{slug}.repo"} if repository else {},
        dkms=asked.get("dkms", False),
    )
