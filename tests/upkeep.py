"""Vendor repositories of an older template, made and edited for the tests of update."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from scaffold.tree import File, digest, pack, unpack

ANSWERS = """\
# what Acme deploys
vendor: Acme
release: wallaby  # until the next one
services:
  - service_name: acme-agent
    step: 3
    roles: [Controller]  # not on computes
    kernel_module: {name: acme_dev, delivery: host}
  - service_name: acme-exporter
"""
SERVICE = "docker/services/acme-agent.yaml"
OTHER = "docker/services/acme-exporter.yaml"
STATE = ".vendor-scaffold"


def run(*args: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`vendor-scaffold ARGS` in CWD, with no terminal."""
    command = [sys.executable, "-m", "scaffold", *map(str, args)]
    return subprocess.run(
        command,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=os.environ | environment,
    )


def made(directory: Path, answers: str = ANSWERS) -> Path:
    """A new vendor repository in DIRECTORY, whose answers.yaml is as somebody wrote it."""
    repo = directory / "acme"
    done = subprocess.run(
        [sys.executable, "-m", "scaffold", "new", "--answers", "-", repo],
        input=answers,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return repo


def aged(repo: Path, path: str, before: str | None, after: str = "", version: str = "0.0.9") -> None:
    """Make REPO one of an older template, in which PATH said BEFORE where it says AFTER now.

    before None: the older template had no such file. after empty: the newer one has it no more.
    """
    tree, _ = unpack((repo / STATE / "pristine.json").read_text())
    if before is None:
        del tree[path]
        (repo / path).unlink()
    else:
        text = tree[path].content.decode() if path in tree else ""
        assert after in text
        old = text.replace(after, before, 1) if after else before
        tree[path] = File(old.encode(), tree[path].executable if path in tree else False)
        (repo / path).parent.mkdir(parents=True, exist_ok=True)
        (repo / path).write_text(old)
    (repo / STATE / "pristine.json").write_text(pack(tree))
    state = json.loads((repo / STATE / "state.json").read_text())
    state |= {"template_version": version, "tool_version": version, "pristine_sha256": digest(tree)}
    (repo / STATE / "state.json").write_text(json.dumps(state))


def edit(repo: Path, path: str, before: str, after: str) -> None:
    """Do what the vendor does in an editor."""
    text = (repo / path).read_text()
    assert before in text
    (repo / path).write_text(text.replace(before, after, 1))


def files(repo: Path) -> dict[str, bytes]:
    """Every file of REPO but what is git-ignored: path -> mode and content."""
    return {
        path.relative_to(repo).as_posix(): bytes(str(path.lstat().st_mode), "ascii")
        + (str(path.readlink()).encode() if path.is_symlink() else path.read_bytes())
        for path in sorted(repo.rglob("*"))
        if not path.is_dir() and ".vendor-scaffold/local" not in path.as_posix()
    }
