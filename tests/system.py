"""Programs of the distribution that tests run: installed where they are missing, for a bare machine."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

APT = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"]


CONTAINER_PROGRAMS = {
    **{name: name for name in ("buildah", "podman", "skopeo", "docker-registry", "runc")},
    "rpmbuild": "rpm",
    "depmod": "kmod",
}


def installed(program: str) -> str:
    """Return PROGRAM, after installing the Debian package of the same name where it is missing (as root)."""
    install({program: program})
    return program


def container_programs() -> None:
    """Install what builds and runs images where it is missing (as root)."""
    install(CONTAINER_PROGRAMS)


def install(packages: dict[str, str]) -> None:
    """Install those of PACKAGES, by program, whose program is missing."""
    with (Path(tempfile.gettempdir()) / "vendor-scaffold-apt.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        missing = [package for program, package in packages.items() if not shutil.which(program)]
        if missing:
            quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run([*APT, "update"], check=True, capture_output=True)
            command = [*APT, "install", "-y", "--no-install-recommends", *missing]
            subprocess.run(command, check=True, capture_output=True, env=quiet)
