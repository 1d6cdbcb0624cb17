"""What an engine needs before it can run: pieces of the cache, programs of the distribution, root."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from scaffold.verify import install
from scaffold.verify.findings import Unavailable
from scaffold.verify.install import Piece

# program -> its names, the package of Debian, the package of Fedora and RHEL
PROGRAMS: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    **{name: ((name,), name, name) for name in ("buildah", "podman", "skopeo", "runc")},
    "docker-registry": (("docker-registry", "registry"), "docker-registry", "docker-distribution"),
    "rpm": (("rpm",), "rpm", "rpm"),
    "rpmbuild": (("rpmbuild",), "rpm", "rpm-build"),
    "depmod": (("depmod",), "kmod", "kmod"),
}
CAP_SYS_ADMIN = 21  # linux/capability.h
ROOT = "only root may make images and containers with other users in them"


@dataclass(frozen=True)
class Needs:
    """What has to be here. programs: names of PROGRAMS."""

    pieces: tuple[Piece, ...] = ()
    programs: tuple[str, ...] = ()
    root: bool = False

    def __add__(self, other: Needs) -> Needs:
        pieces = {piece.name: piece for piece in (*self.pieces, *other.pieces)}
        programs = dict.fromkeys((*self.programs, *other.programs))
        return Needs(tuple(pieces.values()), tuple(programs), self.root or other.root)

    @property
    def waiting(self) -> list[Piece]:
        """The pieces that have to be installed first."""
        return [piece for piece in self.pieces if not piece.here()]

    def lacking(self, root: Path, engines: Iterable[str]) -> Unavailable | None:
        """What this machine does not give, and how to get it for ENGINES on the repository at ROOT."""
        missing = [name for name in self.programs if not found(name)]
        what = [ROOT] if self.root and os.geteuid() != 0 else []
        what += [f"{', '.join(missing)}: not installed"] if missing else []
        remedies = [packages(missing)] if missing else []
        remedies += [as_root(root, engines)] if self.root and os.geteuid() != 0 else []
        if self.root and os.geteuid() == 0 and not _may_mount():
            what.append("root may not mount here, as in a container without privileges")
            remedies.append("run it on a machine, or in a container that was started with --privileged")
        return Unavailable("; ".join(what), "; then ".join(remedies)) if what else None


def found(program: str) -> str | None:
    """The path of a program of the distribution, also below sbin."""
    names = PROGRAMS[program][0] if program in PROGRAMS else (program,)
    paths = (shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin") for name in names)
    return next(filter(None, paths), None)


def packages(programs: Iterable[str]) -> str:
    """The one line that installs PROGRAMS here; of both families where the machine is of neither."""
    wanted = [PROGRAMS[program] for program in programs]
    lines = {
        "apt-get": "apt-get install --no-install-recommends "
        + " ".join(dict.fromkeys(debian for _, debian, _ in wanted)),
        "dnf": "dnf install " + " ".join(dict.fromkeys(fedora for _, _, fedora in wanted)),
    }
    here = [line for program, line in lines.items() if shutil.which(program)]
    return " or ".join(here or lines.values())


def as_root(root: Path, engines: Iterable[str]) -> str:
    """The command that runs ENGINES as root: this very program, with the cache that is filled already."""
    words = ["sudo", "env", f"VENDOR_SCAFFOLD_ENGINES={install.cache_directory()}", *_program(), "verify"]
    words += [word for name in engines for word in ("--engine", name)]
    return shlex.join([*words, str(root)])


def _program() -> list[str]:
    given = Path(sys.argv[0])
    if given.name == "vendor-scaffold" and given.exists():
        return [str(given.absolute())]
    return [sys.executable, "-m", "scaffold"]


def _may_mount() -> bool:
    status = Path("/proc/self/status").read_text()
    (mask,) = re.findall(r"^CapEff:\s*(\w+)", status, re.MULTILINE)
    return bool(int(mask, 16) >> CAP_SYS_ADMIN & 1)
