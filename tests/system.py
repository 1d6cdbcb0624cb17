"""Programs of the distribution that tests run: installed where they are missing, for a bare machine."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

APT = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"]


def installed(program: str) -> str:
    """Return PROGRAM, after installing the Debian package of the same name where it is missing (as root)."""
    with (Path(tempfile.gettempdir()) / "vendor-scaffold-apt.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shutil.which(program):
            quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run([*APT, "update"], check=True, capture_output=True)
            install = [*APT, "install", "-y", "--no-install-recommends", program]
            subprocess.run(install, check=True, capture_output=True, env=quiet)
    return program
