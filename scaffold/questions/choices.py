"""What can be chosen, in words, and which answers a reply means."""

from __future__ import annotations

from scaffold import releases
from scaffold.tripleo.paths import KERNEL_MODULES

Choices = list[tuple[str, str]]  # the reply, and the words that stand for it

SHAPES = [
    ("service", "a service with containers of its own: agent, sidecar, loader"),
    ("image", "a driver in a stock service: a layer on its image"),
    ("config", "configuration only, without a container"),
    ("environment", "an environment file alone: parameters and hieradata of what the release has"),
]
OTHER = ("other", "something else: Ansible of its own, NIC or kernel arguments, an external cluster")
PRIVILEGES = [
    ("none", "none: the daemon only reads, writes and talks"),
    ("NET_ADMIN", "NET_ADMIN: enough to configure interfaces, routes and filters"),
    ("SYS_MODULE", "SYS_MODULE: enough to load a kernel module"),
    ("privileged", "privileged: every device and capability of the host"),
]
SOURCES = [("host", f"the host has it under {KERNEL_MODULES}"), ("image", "the image brings it")]
STEPS = [
    ("1", "1: load balancer, messaging, database bootstrap"),
    ("2", "2: core services"),
    ("3", "3: early OpenStack setup"),
    ("4", "4: general OpenStack services and agents"),
    ("5", "5: activation, and what needs everything else"),
]
CI = [("none", "none"), ("github", "GitHub Actions"), ("gitlab", "GitLab"), ("zuul", "Zuul")]


def every_release() -> Choices:
    """Each release, and each version of RHOSP built on it."""
    found: Choices = []
    for name in reversed(releases.NAMES):
        title = releases.load(name).title
        found.append((name, f"{title} (RDO)"))
        versions = [version for version, on in releases.RHOSP.items() if on == name]
        found += [(version, f"RHOSP {version}, which is {title}") for version in reversed(versions)]
    return found


def module(reply: str) -> dict[str, str]:
    """Who loads the kernel module."""
    if reply in ("none", "host"):
        return {".kernel_module.delivery": "host"} if reply == "host" else {}
    return {".kernel_module.delivery": "container", ".kernel_module.loader": reply}


def install(reply: str) -> dict[str, str]:
    """Files by the end of their names, everything else as packages."""
    words = reply.replace(",", " ").split()
    kinds = {".rpm": "rpm_files", ".repo": "repo_files", ".whl": "pip"}
    found: dict[str, list[str]] = {}
    for word in words:
        kind = next((kind for end, kind in kinds.items() if word.endswith(end)), "packages")
        found.setdefault(kind, []).append(word)
    return {f".install.{kind}": f"[{', '.join(names)}]" for kind, names in found.items()}


def privilege(reply: str) -> dict[str, str]:
    """One capability, or all."""
    more = {".privileged": "true"} if reply == "privileged" else {".cap_add": f"[{reply}]"}
    return {} if reply == "none" else more
