"""What stands beside an image: files that something reads, and all that a vendor must bring, named."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from scaffold import answers, project
from scaffold.pipeline import plan

from .system import installed

COPIES = [
    "COPY opt /opt",
    "ADD --chown=root:root acme.conf ./policy.json \\",
    "    /etc/acme/",
    "COPY --from=build /usr/bin/tool /usr/bin/tool",
    "ADD https://acme.example/a.tar /tmp/",
    "COPY <<END /etc/motd",
    "hello",
    "END",
    'COPY ["with blank", "/srv"]',
]
BROUGHT = ["opt", "acme.conf", "policy.json", "with blank"]


def made(folder: Path, service: dict[str, Any], release: str = "wallaby") -> Path:
    swap = {"service_name": "acme-driver", "integration": "image"} | service
    text = json.dumps({"vendor": "Acme", "release": release, "services": [swap]})
    planned = plan(answers.check(answers.load(text, "answers.yaml")))
    project.create(folder / "made", planned.rendered | planned.state)
    return folder / "made"


def missing(repo: Path) -> list[str]:
    said = subprocess.run([installed("make"), "inputs"], cwd=repo, capture_output=True, text=True).stderr
    return re.findall(r"^missing: [\w/-]+/acme-driver/(.*)$", said, re.MULTILINE)


def test_what_lines_of_the_dockerfile_copy_must_be_brought(tmp_path: Path) -> None:
    repo = made(tmp_path, {"extra": {"dockerfile": COPIES}})
    assert missing(repo) == BROUGHT
    readme = (repo / "README.md").read_text()
    for name in BROUGHT:
        assert f"- `{name}`: what the Dockerfile copies from here." in readme
    assert "adds nothing to its base" not in readme


@pytest.mark.parametrize(
    "adds", [{"extra": {"dockerfile": ["RUN touch /a"]}}, {"install": {"security_updates": True}}]
)
def test_the_readme_says_of_no_image_that_adds_something_that_it_adds_nothing(
    adds: dict[str, Any], tmp_path: Path
) -> None:
    assert "adds nothing to its base" not in (made(tmp_path, adds) / "README.md").read_text()


def test_the_readme_says_of_an_image_that_adds_nothing_that_it_does(tmp_path: Path) -> None:
    assert "adds nothing to its base yet" in (made(tmp_path, {}) / "README.md").read_text()


PREPARED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "dockerfile": ({"packages": ["acme"]}, [".dockerignore", "Dockerfile", "licenses/LICENSE"]),
    "rpms": ({"rpm_files": ["acme-*.rpm"]}, []),
    "packages": ({"packages": ["acme"]}, []),
}


@pytest.mark.parametrize("task", PREPARED)
def test_image_prepare_finds_what_it_reads_and_no_more(task: str, tmp_path: Path) -> None:
    """Its role installs RPMs or packages by itself: labels, licences and a USER would reach no image."""
    install, files = PREPARED[task]
    service = {"build": "prepare", "prepare": task, "base_image": "horizon", "install": install}
    repo = made(tmp_path, service, "train")
    folder = repo / "containers/acme-driver"
    assert (
        sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()) == files
    )
    assert missing(repo) == install.get("rpm_files", [])
    staged = subprocess.run(
        [installed("make"), "--dry-run", "stage"], cwd=repo, capture_output=True, text=True, check=False
    ).stdout
    assert ("/opt/" in staged) == (task != "packages")
    readme = (repo / "README.md").read_text()
    assert ("`licenses/LICENSE`" in readme) == (task == "dockerfile")
    assert ("make stage" in readme) == (task != "packages")
    assert ("What you must bring" in readme) == (task != "packages")
    assert ("no labels and no licences" in readme) == (task != "dockerfile")


@pytest.mark.parametrize(
    ("release", "build", "kept"),
    [
        ("wallaby", "layer", False),
        ("wallaby", "kolla", False),  # TCIB, with buildah
        ("train", "kolla", False),  # TripleO's command, with buildah
        ("train", "prepare", False),
        ("stein", "kolla", True),  # kolla-build, with Docker
        ("rocky", "prepare", True),
        ("queens", "layer", True),
    ],
)
def test_the_readme_says_whether_a_layer_keeps_the_repository(
    release: str, build: str, kept: bool, tmp_path: Path
) -> None:
    """tests/engines/test_layers.py builds it, with podman and buildah."""
    install = {"repo_files": ["acme.repo"], "packages": ["acme"]}
    service = {"build": build, "base_image": "horizon", "install": install}
    readme = (made(tmp_path, service, release) / "README.md").read_text()
    assert ("no layer of the image keeps it" in readme) != kept
    assert ("**Put no password into acme.repo.** Docker" in readme) == kept
    assert ('make build push ENGINE="sudo podman"' in readme) == (kept and build == "layer")
