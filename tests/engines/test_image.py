"""A generated Dockerfile, read and built by a real builder: what the labels say is what was answered."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from scaffold import answers, project
from scaffold.pipeline import plan

from ..system import installed
from ..test_hostile import CORPUS, value

pytestmark = pytest.mark.engines


@pytest.fixture(scope="session")
def buildah() -> str:
    """buildah from the distribution, installed where it is missing (as root)."""
    return installed("buildah")


def test_labels_come_back_from_the_built_image(buildah: str, tmp_path: Path) -> None:
    texts = [value(case) for case in CORPUS["services.0.labels.description"] if case["expected"] == "accept"]
    texts += ["$HOME ${PATH} $5", "\\$HOME", 'a "b" \\']  # what the builder would put in, or take away
    labels = {f"case.{number}": text for number, text in enumerate(texts)}
    service = {"service_name": "acme-probe", "integration": "image", "labels": labels}
    planned = plan(answers.check(answers.load(json.dumps({"services": [service]}), "answers.yaml")))
    project.create(tmp_path / "made", planned.rendered)
    store = [buildah, "--storage-driver", "vfs", "--root", f"{tmp_path}/root", "--runroot", f"{tmp_path}/run"]
    built = tmp_path / "image"
    build = [*store, "bud", "--isolation", "chroot", "--build-arg", "BASE_IMAGE=scratch"]
    context = tmp_path / "made/containers/acme-probe"
    subprocess.run([*build, "--iidfile", str(built), str(context)], check=True, capture_output=True)
    image = built.read_text().strip()
    shown = subprocess.run(
        [*store, "inspect", "--type", "image", image], check=True, capture_output=True, text=True
    )
    found = json.loads(shown.stdout)["OCIv1"]["config"]["Labels"]
    assert {key: found[key] for key in labels} == labels
    assert found["vendor"] == "Acme"
