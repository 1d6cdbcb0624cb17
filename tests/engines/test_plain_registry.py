"""A registry without TLS: a real builder pushes to it, and real skopeo asks it, without further options."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scaffold import answers, project
from scaffold.pipeline import plan

from ..system import container_programs, installed
from .registry import Store, registry

pytestmark = pytest.mark.engines
NO_OPTIONS = {"SKOPEO_OPTIONS": "", "REGISTRIES_CONFIG_PATH": "/dev/null"}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with registry(tmp_path_factory.mktemp("registry")) as address:
        yield address


@pytest.mark.parametrize("engine", ["buildah", "podman"])
def test_a_registry_without_tls_is_built_on_pushed_to_and_asked(
    engine: str, host: str, tmp_path: Path
) -> None:
    base = f"{host}/{engine}/openstack-cinder-volume:1"
    settings = ["service_name=acme-cinder", "integration=image", f"base_image={base}"]
    settings += [f"registry={host}", "single_node=true", f"namespace={engine}"]
    made = plan(answers.check(answers.load("", "answers.yaml").with_settings(settings)))
    repo = tmp_path / "made"
    project.create(repo, made.rendered | made.state)
    (repo / "containers/acme-cinder/licenses/LICENSE").write_text("Apache-2.0\n")
    container_programs()
    with tempfile.TemporaryDirectory(prefix="vs-") as short:  # podman takes no long run directory
        Store(Path(short) / "publisher").publish(base, "first")
        command = [engine, *Store(Path(short) / "builder").options]
        build = {"ENGINE": " ".join(command), "BUILD_ARGS": "--isolation chroot --tls-verify=false"}

        def run(*words: str) -> str:
            done = subprocess.run(
                words, cwd=repo, env=os.environ | NO_OPTIONS | build, capture_output=True, text=True
            )
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        run(installed("make"), "-j", "2", "build", "push")
        reference = made.repo.services[0].images[0].reference
        ask = [installed("skopeo"), "inspect", "--raw", "--tls-verify=false", f"docker://{reference}"]
        manifest = json.loads(run(*ask))
        assert manifest["mediaType"] == "application/vnd.docker.distribution.manifest.v2+json"
        assert f"current: {base} has not changed" in run("make", "stale")

        told = {"DockerInsecureRegistryAddress": [host]}
        others = repo / "others.yaml"
        others.write_text(json.dumps({"parameter_defaults": told}))
        (tmp_path / "templates").mkdir()
        (tmp_path / "templates/a.yaml").write_text(
            "parameters:\n" + "".join(f"  {name}:\n" for name in made.repo.environment.images)
        )
        found = run("make", "preflight", f"TEMPLATES={tmp_path / 'templates'}", f"ENVIRONMENTS={others}")
        assert found == "0 found, 0 not checked\n"
