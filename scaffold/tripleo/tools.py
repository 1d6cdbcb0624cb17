"""The tools of an image that a layer may use, and the packages of CentOS and RHEL that bring them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Tool:
    """A tool. package: what brings it, by what installs packages; also: packages that bring it too."""

    package: Mapping[str, str]
    also: tuple[str, ...] = ()

    @property
    def packages(self) -> frozenset[str]:
        """All packages that bring it."""
        return frozenset((*self.package.values(), *self.also))


def _tool(package: str, *also: str) -> Tool:
    return Tool(MappingProxyType(dict.fromkeys(("yum", "dnf"), package)), also)


# CentOS 7 and RHEL 7 have no package of pip; python2-pip is EPEL's, which TripleO takes out of its images
TOOLS: Mapping[str, Tool] = MappingProxyType(
    {
        "curl": _tool("curl"),
        "gcc": _tool("gcc"),
        "git": _tool("git", "git-core"),
        "gzip": _tool("gzip"),
        "hostname": _tool("hostname"),
        "ip": _tool("iproute"),
        "kmod": _tool("kmod"),
        "pip": Tool(MappingProxyType({"dnf": "python3-pip"}), ("python-pip", "python2-pip")),
        "ps": _tool("procps-ng"),
        "rsync": _tool("rsync"),
        "setuptools": Tool(
            MappingProxyType({"yum": "python-setuptools", "dnf": "python3-setuptools"}),
            ("python2-setuptools",),
        ),
        "tar": _tool("tar"),
        "unzip": _tool("unzip"),
        "wget": _tool("wget"),
        "which": _tool("which"),
        "xz": _tool("xz"),
    }
)


def brought_by(packages: Iterable[str]) -> frozenset[str]:
    """The tools that some of PACKAGES bring by themselves; what they depend on is not followed."""
    named = frozenset(packages)
    return frozenset(name for name, tool in TOOLS.items() if tool.packages & named)
