"""Debian's cloud kernel, unpacked: nothing of this machine's boot is touched."""

from __future__ import annotations

from pathlib import Path

from scaffold.verify import install

from ..system import installed


def unpacked() -> Path:
    """The directory that holds its boot/ and lib/modules/, kept in the cache of the engines."""
    installed("apt-get", "apt")
    depends = install.run(["apt-cache", "depends", "linux-image-cloud-amd64"]).splitlines()
    (package,) = (line.split()[-1] for line in depends if "Depends: linux-image" in line)

    def build(target: Path) -> None:
        target.mkdir()
        install.run(["apt-get", "download", package], cwd=target)
        (deb,) = target.glob("*.deb")
        install.run(["dpkg-deb", "-x", deb, target])
        install.run(["depmod", "-b", target, release(target)])

    return install.once("vm-kernel", f"{package}, with modules.dep", build)


def release(kernel: Path) -> str:
    """Its version, as uname says it."""
    (modules,) = (kernel / "lib/modules").iterdir()
    return modules.name
