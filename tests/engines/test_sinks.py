"""Hostile answers in Heat and in a real builder, which take them as they are."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scaffold import answers, project
from scaffold.pipeline import plan
from scaffold.resolve import checked
from scaffold.verify import stand_ins

from ..system import container_programs

pytestmark = pytest.mark.engines
KEYS = [
    "a, b",
    "c}",
    "]",
    "[",
    "{a: b}",
    "a: b",
    "#",
    "a #b",
    "*x",
    "- a",
    "no",
    "1",
    '"',
    "'",
    "%{x}",
    "{{ a }}",
]


def written(service: dict[str, Any], root: Path) -> Path:
    document = {"services": [{"service_name": "acme-agent"} | service], "release": "train"}
    made = plan(checked(answers.load(json.dumps(document), "answers.yaml")))
    project.create(root, made.rendered | made.state)
    return root


@pytest.mark.parametrize("more", [{}, {"wraps": "CinderBackup"}], ids=["plain", "wrapped"])
def test_heat_gives_keys_and_texts_back(
    more: dict[str, Any],
    tmp_path: Path,
    resolve: Callable[..., dict[str, Any]],
    tht_tree: Callable[[str], Path],
) -> None:
    settings = {key: {"x": key} for key in KEYS}
    asked = {"service_config_settings": settings, "config_settings": {"acme::all": KEYS}}
    asked |= {"container": {"environment": {f"V{at}": key for at, key in enumerate(KEYS)}}}
    service = f"OS::TripleO::Services::{more.get('wraps', 'AcmeAgent')}"
    root = written(asked | more, tmp_path / "made")
    # what a deployment sets for the stock service
    backup = tht_tree("train") / "deployment/cinder/cinder-backup-pacemaker-puppet.yaml"
    given = stand_ins.for_parameters(
        stand_ins.of_template(backup, tht_tree("train")), root / "environments/acme-tripleo.yaml"
    )
    data = resolve(root, "train", service, parameters=given if more else {})
    assert {key: data["service_config_settings"].get(key) for key in KEYS} == settings
    assert data["config_settings"]["acme::all"] == KEYS
    variables = data["docker_config"]["step_4"]["acme_agent"]["environment"]
    assert variables.items() >= {f"V{at}": key for at, key in enumerate(KEYS)}.items()


LINES = {
    "closed": (["ENV A=x \\", "  B=y", "# a comment \\", 'LABEL a="x\\\\"', 'ENV C="a <<EOF b"'], "cinder"),
    "open": (["ENV A x \\", "# a comment"], "root"),
}


@pytest.mark.parametrize("name", LINES)
def test_a_builder_reads_the_lines_and_then_the_user(name: str, tmp_path: Path) -> None:
    """And where they did not end, the image would run as root: that is what is refused."""
    container_programs()
    lines, user = LINES[name]
    root = written({"extra": {"dockerfile": LINES["closed"][0]}}, tmp_path / "made")
    folder = root / "containers/acme-agent"
    text = (folder / "Dockerfile").read_text()
    text = text.replace("\n".join(LINES["closed"][0]), "\n".join(lines))
    # without what needs a base with a shell
    kept = [line for line in text.splitlines() if not line.startswith(("RUN", "COPY acme-agent"))]
    (folder / "Dockerfile").write_text("\n".join(kept) + "\n")
    buildah = [
        "buildah",
        "--root",
        tmp_path / "root",
        "--runroot",
        tmp_path / "run",
        "--storage-driver",
        "vfs",
    ]
    build = [*buildah, "build", "--build-arg", "BASE_IMAGE=scratch", "--tag", "made", folder]
    done = subprocess.run(build, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    show = [*buildah, "inspect", "--type", "image", "made"]
    config = json.loads(subprocess.run(show, capture_output=True, check=True).stdout)["OCIv1"]["config"]
    assert config["User"] == user
    if name == "closed":
        assert {"A=x", "B=y", "C=a <<EOF b"} <= set(config["Env"])
        assert config["Labels"]["a"] == "x\\"
