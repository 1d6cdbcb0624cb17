"""A vendor repository before an update, and the update: of every kind of change one."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from scaffold.tree import File, pack

STATE = ".vendor-scaffold"
BEFORE = {
    "README.md": File(b"one\n"),
    "Makefile": File("bauen für alle\n".encode("latin-1")),
    "containers/agent/Dockerfile": File(b"FROM old\n"),
    "containers/agent/run.sh": File(b"#!/bin/sh\n"),
    "containers/loader/deep/launch.sh": File(b"#!/bin/sh\n", executable=True),
    "docs": File(b"a file so far\n"),
    "roles/data/compute.yaml": File(b"- name: Compute\n"),
    "latest": File(b"README.md", link=True),
    f"{STATE}/answers.yaml": File(b"schema: 1\n"),
    f"{STATE}/state.json": File(b"{}\n"),
}
RENAMED = "new\nline\udcff.md"  # by the vendor: the template calls it GUIDE.md


def rendered(tree: Mapping[str, File | None]) -> File:
    """The pristine.json of a template that made TREE."""
    managed = {path: file for path, file in tree.items() if not path.startswith(STATE) and path != RENAMED}
    managed["GUIDE.md"] = File(b"so far\n")
    return File(pack({path: file for path, file in managed.items() if file}).encode())


BEFORE |= {f"{STATE}/pristine.json": rendered(BEFORE), RENAMED: File(b"so far\n")}
WRITES: dict[str, File | None] = {
    "README.md": File(b"two\n"),
    "containers/agent/run.sh": File(b"#!/bin/sh\n", executable=True),  # the mode alone
    "containers/loader/deep/launch.sh": None,  # with its directories
    "docs": None,  # a file becomes a directory
    "docs/guide/index.md": File(b"# Guide\n"),
    "roles/data/compute.yaml": None,  # a directory becomes a file
    "roles": File(b"- name: Compute\n"),
    "latest": File(b"docs/guide/index.md", link=True),
    RENAMED: File(b""),
    f"{STATE}/answers.yaml": File(b"schema: 1\nvendor: x\n"),
    f"{STATE}/state.json": File(b'{"schema": 1}\n'),
}
WRITES[f"{STATE}/pristine.json"] = rendered(BEFORE | WRITES)


def lay(root: Path, tree: dict[str, File]) -> Path:
    for path, file in tree.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if file.link:
            target.symlink_to(os.fsdecode(file.content))
        else:
            target.write_bytes(file.content)
            target.chmod(0o775 if file.executable else 0o664)  # group write is the vendor's own choice
    return root


def laid(root: Path) -> Path:
    """The repository before the update, with files of the vendor's own and an unusual directory mode."""
    lay(root, BEFORE | {"notes.txt": File(b"mine\n"), "containers/loader2/x": File(b"")})
    (root / "containers/loader/deep").chmod(0o2750)
    return root


def snapshot(root: Path) -> dict[str, tuple[int, bytes]]:
    """Every path but those of local/, with type, mode and content."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name != f"{STATE}/local" and not name.startswith(f"{STATE}/local/"):
            mode = path.lstat().st_mode
            link = os.fsencode(path.readlink()) if stat.S_ISLNK(mode) else b""
            found[name] = (mode, path.read_bytes() if stat.S_ISREG(mode) else link)
    return found


def left_over(root: Path) -> set[str]:
    """What local/ holds besides undo data."""
    local = root / STATE / "local"
    return {path.name for path in local.iterdir()} - {".gitignore", "last"} if local.exists() else set()
