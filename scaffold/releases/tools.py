"""The tools of an image that a layer may use, and the packages of CentOS and RHEL that bring them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Tool:
    """A tool.

    package: what brings it, by what installs packages; also: packages that bring it too.
    check: the command that succeeds where it is there.
    """

    package: Mapping[str, str]
    check: str
    also: tuple[str, ...] = ()

    @property
    def packages(self) -> frozenset[str]:
        """All packages that bring it."""
        return frozenset((*self.package.values(), *self.also))


def _tool(package: str, *also: str, command: str = "") -> Tool:
    brought = MappingProxyType(dict.fromkeys(("yum", "dnf"), package))
    return Tool(brought, f"command -v {command or package}", also)


# CentOS 7 and RHEL 7 have no package of pip: python2-pip is EPEL's, which TripleO takes out of its images.
# For what is no wheel, the pip of Python 2 needs setuptools.
TOOLS: Mapping[str, Tool] = MappingProxyType(
    {
        "curl": _tool("curl"),
        "gcc": _tool("gcc"),
        "git": _tool("git", "git-core"),
        "gzip": _tool("gzip"),
        "hostname": _tool("hostname"),
        "ip": _tool("iproute", command="ip"),
        "kmod": _tool("kmod", command="modprobe"),
        "patch": _tool("patch"),
        "pip": Tool(
            MappingProxyType({"dnf": "python3-pip"}),
            "python3 -m pip --version",
            ("python-pip", "python2-pip"),
        ),
        "ps": _tool("procps-ng", command="ps"),
        "rsync": _tool("rsync"),
        "setuptools": Tool(
            MappingProxyType({"yum": "python-setuptools"}),
            "python -c 'import setuptools'",
            ("python2-setuptools", "python3-setuptools"),
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


def packaged(name: str, package_manager: str) -> bool:
    """Whether the distribution has a package of the tool NAME for PACKAGE_MANAGER (yum or dnf)."""
    return package_manager in TOOLS[name].package
