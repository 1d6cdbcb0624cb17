"""Engines that are given nothing by the machine: no packages of its python3, no root, no name of the user."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .. import bare
from ..upkeep import made
from .conftest import RELEASES

pytestmark = pytest.mark.engines
ANSWERS = """\
vendor: Acme
release: {release}
services:
  - service_name: acme-agent
    privileged: true
    kernel_module: {{name: acme_dev, loader: separate}}
    host_prep_tasks:
      - name: Make a directory of Acme
        file: {{path: /var/lib/acme, state: directory, mode: "0755"}}
"""
BUILT = """\
vendor: Acme
release: {release}
services:
  - service_name: acme-agent
    integration: image
    build: {build}
    base_image: cinder-volume
    install: {{packages: [acme]}}
"""
ENGINES = ("heat", "tht", "kolla", "command-line", "linters")


def states(report: str) -> dict[str, str]:
    return {act["engine"]: act["state"] for act in json.loads(report)["engines"]}


def named(*engines: str) -> list[str]:
    return [part for engine in engines for part in ("--engine", engine)]


@pytest.mark.parametrize("release", RELEASES)
def test_every_engine_passes_for_an_ordinary_user(release: str, tmp_path: Path) -> None:
    repo = made(tmp_path, ANSWERS.format(release=release))
    done = bare.verify(repo, tmp_path, *named(*ENGINES), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert states(done.stdout) == dict.fromkeys(ENGINES, "passed"), done.stdout


@pytest.mark.parametrize(
    ("release", "build"), [("train", "kolla"), ("wallaby", "kolla"), ("wallaby", "prepare")]
)
def test_every_builder_passes_for_an_ordinary_user(release: str, build: str, tmp_path: Path) -> None:
    repo = made(tmp_path, BUILT.format(release=release, build=build))
    done = bare.verify(repo, tmp_path, *named("image"), "--json")
    (act,) = json.loads(done.stdout)["engines"]
    if build == "prepare":  # what it layers is built by buildah, which wants root
        assert (act["state"], act["findings"]) == ("not-run", [])
        return
    assert (act["state"], done.returncode) == ("passed", 0), done.stdout + done.stderr


def test_what_wants_root_is_told_with_a_command_that_can_be_run(tmp_path: Path) -> None:
    repo = made(tmp_path, ANSWERS.format(release="train"))
    done = bare.verify(repo, tmp_path, *named("image", "run"))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "image, run will not run: only root may make images" in done.stderr
    (hint,) = [line for line in done.stderr.splitlines() if line.startswith("to get it: ")]
    assert "sudo env VENDOR_SCAFFOLD_ENGINES=/" in hint
    assert hint.endswith(f"verify --engine image --engine run {repo}")
    assert "nothing was rehearsed; not run: image, run" in done.stdout
