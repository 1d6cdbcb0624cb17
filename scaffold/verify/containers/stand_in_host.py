"""The host as a container sees it through its mounts, below a directory: nothing of this machine is mounted.

TripleO's files (kolla configs, config scripts) are as role_data says; the tree of kernel modules has the
service's module, built into the kernel or as a file that no kernel loads; all else is there, and empty.
"""

from __future__ import annotations

import json
import platform
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scaffold.tripleo.paths import KERNEL_MODULES
from scaffold.verify import install
from scaffold.verify.confinement import below

OWN = ("/dev", "/proc", "/sys")  # a container has these of its own; the host's are not lent to a rehearsal
# an ELF relocatable with one section, its names: enough for depmod and modprobe, and no module to the kernel
NAMES = b"\0.shstrtab\0"
NOT_A_MODULE = (
    b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    + struct.pack("<HHIQQQIHHHHHH", 1, 62, 1, 0, 0, 80, 0, 64, 0, 0, 64, 2, 1)
    + NAMES.ljust(16, b"\0")
    + bytes(64)
    + struct.pack("<IIQQQQIIQQ", 1, 3, 0, 0, 64, len(NAMES), 0, 0, 1, 0)
)


def furnish(root: Path, data: Mapping[str, Any], scripts: tuple[str, str]) -> None:
    """Write what TripleO writes on a host; SCRIPTS are the section of config scripts and their directory."""
    for path, config in (data.get("kolla_config") or {}).items():
        _write(below(root, path), json.dumps(config))
    section, directory = scripts
    for name, script in (data.get(section) or {}).items():
        file = below(root, f"{directory}/{name}")
        _write(file, str(script.get("content", "")))
        file.chmod(int(str(script.get("mode", "0755")), 8))


def modules(root: Path, names: Iterable[str], *, built_in: bool) -> Path:
    """A tree to mount at /lib/modules, with NAMES for the kernel that runs here."""
    kernel = platform.release()
    tree = root / f"modules-{'built-in' if built_in else 'files'}"
    directory = tree / "lib/modules" / kernel
    if not directory.exists():
        files = [f"kernel/extra/{name}.ko" for name in names]
        (directory / "kernel/extra").mkdir(parents=True)
        for file in files if not built_in else ():
            (directory / file).write_bytes(NOT_A_MODULE)
        (directory / "modules.builtin").write_text("".join(f"{file}\n" for file in files if built_in))
        (directory / "modules.order").write_text("".join(f"{file}\n" for file in files))
        install.run([install.system("depmod", "kmod"), "-b", tree, kernel])
    return tree / "lib/modules"


def mounts(root: Path, volumes: Iterable[str], running: Path) -> list[str]:
    """VOLUMES with their sources below ROOT, made where they are missing; RUNNING is the tree of modules."""
    found = []
    for volume in volumes:
        source, target, *options = volume.split(":")
        if any(target == own or target.startswith(f"{own}/") for own in OWN):
            continue
        here = running if source == KERNEL_MODULES else below(root, source)
        if not here.exists():
            if Path(source).suffix or Path(source).is_file():  # /etc/hosts is a file everywhere
                _write(here, "")
            else:
                here.mkdir(parents=True)
        mode = "ro" if "ro" in ",".join(options).split(",") else "rw"
        found.append(f"{here}:{target}:{mode}")
    return found


def bring_sources(root: Path, config: Mapping[str, Any], volumes: Iterable[str]) -> None:
    """Files below the mounts that a kolla CONFIG copies: those that puppet generates on a host, say."""
    places = [volume.split(":")[:2] for volume in volumes]
    for entry in config.get("config_files") or []:
        source = str(entry.get("source", ""))
        for origin, target in places:
            if source.startswith(target.rstrip("/") + "/"):
                inner = source.removeprefix(target.rstrip("/") + "/").replace("*", "stand-in")
                file = below(
                    root, f"{origin}/{inner}stand-in" if inner.endswith("/") else f"{origin}/{inner}"
                )
                if not file.exists():
                    _write(file, "")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
