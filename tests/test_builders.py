"""`make build`, `tag` and `push`: the commands, and whether the engine in each has the image in question."""

from __future__ import annotations

import configparser
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from scaffold import answers, project
from scaffold.pipeline import plan

from .system import installed

KOLLA = {"service_name": "vx-driver", "integration": "image", "build": "kolla"}
LAYER = {"service_name": "vx-agent", "command": "/usr/bin/vx"}
OWN = "registry.vx.example"


def made(folder: Path, *services: dict[str, Any], **top: Any) -> Path:
    text = json.dumps({"vendor": "Vx", "services": services} | top)
    planned = plan(answers.check(answers.load(text, "answers.yaml")))
    project.create(folder / "made", planned.rendered | planned.state)
    return folder / "made"


def commands(repo: Path, *targets: str) -> list[str]:
    make = [installed("make"), "--dry-run", "--always-make", *targets, "TAG=next"]
    done = subprocess.run(make, cwd=repo, capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if re.match(r"\S+ ?\S* (tag|push|build) ", line)]


def engines(repo: Path) -> dict[str, set[str]]:
    """By image, what builds (where an engine does), tags and pushes it."""
    found: dict[str, set[str]] = {}
    for line in commands(repo, "build", "tag", "push"):
        matched = re.match(r"(.*?) (?:tag|push|build)\b.*?\S+/([\w-]+):\S+", line)
        assert matched, line
        found.setdefault(matched[2], set()).add(matched[1])
    return found


CASES: dict[str, tuple[dict[str, Any], dict[str, set[str]]]] = {
    "Docker builds with Docker": (
        {"release": "rocky"},
        {"centos-binary-cinder-volume": {"docker"}, "vx-agent": {"sudo docker"}},
    ),
    "kolla-build has Docker beside podman": (
        {"release": "stein"},
        {"centos-binary-cinder-volume": {"docker"}, "vx-agent": {"sudo podman"}},
    ),
    "TripleO's buildah is root's": (
        {"release": "train", "registry": OWN},
        {"centos-binary-cinder-volume": {"sudo podman"}, "vx-agent": {"sudo podman"}},
    ),
    "TCIB is root's": (
        {"release": "wallaby", "registry": OWN},
        {"openstack-cinder-volume-vx": {"sudo podman"}, "vx-agent": {"sudo podman"}},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_an_image_is_pushed_by_the_engine_that_has_it(case: str, tmp_path: Path) -> None:
    top, wanted = CASES[case]
    assert engines(made(tmp_path, KOLLA, LAYER, **top)) == wanted


def test_a_layer_of_ones_own_needs_no_root(tmp_path: Path) -> None:
    assert engines(made(tmp_path, LAYER, registry=OWN)) == {"vx-agent": {"podman"}}


@pytest.mark.parametrize(
    ("top", "login"), [({"release": "16.2"}, "sudo podman"), ({"release": "13"}, "sudo docker")]
)
def test_who_builds_is_who_logs_in(top: dict[str, Any], login: str, tmp_path: Path) -> None:
    """podman keeps the login of root apart from that of a user."""
    repo = made(tmp_path, LAYER, **top)
    assert engines(repo)["vx-agent"] >= {login}
    readme = (repo / "README.md").read_text()
    assert re.findall(r"^    (.*) login registry\.redhat\.io$", readme, re.M) == [login]


@pytest.mark.parametrize("release", ["queens", "stein", "train", "ussuri"])
def test_the_client_can_read_the_configuration_of_kolla(release: str, tmp_path: Path) -> None:
    """`--use-buildah` reads it with configparser, which takes no option twice, and asks for these by name."""
    repo = made(tmp_path, KOLLA, release=release)
    files = re.findall(r"--(?:kolla-)?config-file (kolla/\S+\.conf)", (repo / "Makefile").read_text())
    found = configparser.ConfigParser()
    assert found.read([repo / file for file in files]) == [str(repo / file) for file in files]
    assert found.getboolean("DEFAULT", "push") is False
    assert {"base", "type", "tag", "namespace", "registry"} <= set(found["DEFAULT"])


FORMATS = {
    "podman": True,
    "sudo podman": True,
    "/usr/bin/buildah": True,
    "docker": False,
    "sudo docker": False,
}


@pytest.mark.parametrize("engine", FORMATS)
def test_images_have_manifests_of_docker_whatever_builds_them(engine: str, tmp_path: Path) -> None:
    """tripleo-common before 11.4 knows none of OCI's, and docker has no such option."""
    repo = made(tmp_path, LAYER, release="train")
    (build,) = [line for line in commands(repo, "build", f"ENGINE={engine}") if " build " in line]
    assert ("--format docker" in build) == FORMATS[engine]


@pytest.mark.parametrize(
    ("top", "engine", "plain"),
    [
        ({"release": "stein"}, "sudo podman", True),
        ({"release": "stein"}, "docker", False),  # /etc/docker/daemon.json says it
        ({"release": "rocky"}, "sudo docker", False),
        ({"release": "wallaby", "registry": "localhost:5000", "single_node": True}, "podman", True),
        ({"release": "wallaby", "registry": OWN}, "podman", False),
    ],
)
def test_a_registry_without_tls_takes_what_is_pushed(
    top: dict[str, Any], engine: str, plain: bool, tmp_path: Path
) -> None:
    repo = made(tmp_path, LAYER, **top)
    (push,) = commands(repo, "push", f"ENGINE={engine}")
    assert ("--tls-verify=false" in push) == plain
    (push,) = commands(repo, "push", f"ENGINE={engine}", "PUSH_ARGS=--quiet")
    assert "push --quiet " in push


ENGINE = """#!/bin/sh
[ "$1" != build ] || sleep 0.5
echo "$1" >> "$RECORD"
"""


def program(folder: Path) -> dict[str, str]:
    """The environment with an engine that writes down what it is told, and takes its time to build."""
    (folder / "engine").write_text(ENGINE)
    (folder / "engine").chmod(0o755)
    return os.environ | {"RECORD": str(folder / "record"), "ENGINE": str(folder / "engine")}


def test_many_jobs_push_what_is_built(tmp_path: Path) -> None:
    repo = made(tmp_path, LAYER, LAYER | {"service_name": "vx-other"}, registry=OWN)
    for licence in repo.glob("containers/*/licenses/LICENSE"):
        licence.write_text("Apache-2.0")
    make = [installed("make"), "-j", "4", "build", "push"]
    subprocess.run(make, cwd=repo, env=program(tmp_path), capture_output=True, check=True)
    told = [word for word in (tmp_path / "record").read_text().split() if word in ("build", "push")]
    assert told == ["build", "build", "push", "push"]


def test_a_licence_that_nobody_wrote_is_missing(tmp_path: Path) -> None:
    repo = made(tmp_path, LAYER, registry=OWN)
    make = [installed("make"), "inputs"]
    done = subprocess.run(make, cwd=repo, capture_output=True, text=True)
    assert done.returncode
    assert done.stderr.startswith("not your licence yet: containers/vx-agent/licenses/LICENSE\n")
    (repo / "containers/vx-agent/licenses/LICENSE").write_text("Apache-2.0\n")
    subprocess.run(make, cwd=repo, check=True)
