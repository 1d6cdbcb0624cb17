"""What `make build` leaves in the layers of an image: nothing of what it takes away again."""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from scaffold import answers, project
from scaffold.pipeline import plan
from scaffold.verify.containers import building
from scaffold.verify.rehearsal import Rehearsal
from scaffold.verify.session import Session

from ..system import container_programs, installed
from . import vendor_inputs

pytestmark = pytest.mark.engines
INSTALL = {"repo_files": ["acme.repo"], "rpm_files": ["acme-*.rpm"], "packages": ["acme-libs"]}


@pytest.mark.parametrize("engine", ["podman", "buildah"])
def test_no_layer_has_the_vendor_s_repository(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    container_programs()
    monkeypatch.setenv(building.STAND_IN, "1")
    service = {"service_name": "acme-driver", "integration": "image", "install": INSTALL}
    found = answers.check(answers.load(json.dumps({"services": [service]}), "answers.yaml"))
    planned = plan(found)
    root = tmp_path / "made"
    project.create(root, planned.rendered | planned.state)
    vendor_inputs.bring(root, planned.repo, tmp_path / "inputs")
    (root / planned.repo.images.layer[0].folder / "licenses/LICENSE").write_text("Terms of Acme\n")
    with Session(allow_code=True) as session:
        rehearsal = Rehearsal(root, planned.repo, found.values["services"], session)
        (image,) = planned.repo.images.layer
        base = building.base_of(rehearsal, image).name
        environment = os.environ | session.containers.environment()
        environment |= {"BUILD_ARGS": f"--isolation chroot --build-arg BASE_IMAGE={base}", "ENGINE": engine}
        command = [installed("make"), "--environment-overrides", "build"]
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        copy = ["skopeo", "copy", f"containers-storage:{image.reference}", f"dir:{tmp_path}/image"]
        subprocess.run(copy, env=environment, check=True, capture_output=True)
    manifest = json.loads((tmp_path / "image/manifest.json").read_text())
    layers = [names(tmp_path / "image" / one["digest"].partition(":")[2]) for one in manifest["layers"]]
    assert len(layers) == 2  # the stock image's own, and one of the vendor's
    assert "licenses/LICENSE" in layers[-1]
    assert not [name for layer in layers for name in layer if name.endswith((".repo", ".rpm"))]


def names(layer: Path) -> list[str]:
    with tarfile.open(layer) as tar:
        return [name for name in tar.getnames() if not Path(name).name.startswith(".wh.")]
