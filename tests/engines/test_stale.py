"""`make build` and `make stale` of a generated repository, with a real registry, builder and skopeo."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scaffold import answers, project
from scaffold.pipeline import plan

from ..system import container_programs, installed
from .registry import Store, registry

pytestmark = pytest.mark.engines
BUILD = "--isolation chroot --tls-verify=false"
Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with registry(tmp_path_factory.mktemp("registry")) as address:
        yield address


@pytest.fixture
def short() -> Iterator[Path]:
    """podman takes no run directory of more than 50 characters."""
    with tempfile.TemporaryDirectory(prefix="vs-") as folder:
        yield Path(folder)


@pytest.fixture
def store(short: Path) -> Store:
    return Store(short / "publisher")


@pytest.fixture
def base(host: str, request: pytest.FixtureRequest) -> str:
    return f"{host}/{request.node.name.split('[')[0]}/openstack-cinder-volume:1"


@pytest.fixture(params=["buildah", "podman"])
def command(request: pytest.FixtureRequest, tmp_path: Path, short: Path, base: str) -> Command:
    """Runs a command in a repository whose image is a layer on `base`."""
    settings = ["service_name=acme-cinder", "integration=image", f"base_image={base}"]
    made = plan(answers.check(answers.load("", "answers.yaml").with_settings(settings)))
    project.create(tmp_path / "made", made.rendered | made.state)
    (tmp_path / "made/containers/acme-cinder/licenses/LICENSE").write_text("Apache-2.0\n")
    container_programs()
    installed("make")
    engine = [request.param, *Store(short / "builder").options]

    def run(*words: str, arguments: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        own = {"ENGINE": " ".join(engine), "SKOPEO_OPTIONS": "--tls-verify=false"}
        own["BUILD_ARGS"] = f"{BUILD} {arguments}"
        environment = os.environ | own | variables
        return subprocess.run(words, cwd=tmp_path / "made", env=environment, capture_output=True, text=True)

    return run


COMPARE = ("scripts/check-base.sh", "compare")


@pytest.mark.parametrize("architectures", [1, 2])
def test_a_newer_base_is_noticed(command: Command, store: Store, base: str, architectures: int) -> None:
    store.publish(base, "first", architectures)
    assert command(*COMPARE).returncode == 2
    assert "was never built here" in command(*COMPARE).stdout

    built = command("make", "build", arguments="--pull")
    assert built.returncode == 0, built.stderr
    assert command(*COMPARE).returncode == 0, command(*COMPARE).stdout
    assert command("make", "stale").returncode == 0

    store.publish(base, "second", architectures)
    stale = command(*COMPARE)
    assert stale.returncode == 1
    assert f"containers/acme-cinder: stale: {base} is sha256:" in stale.stdout
    assert command("make", "stale").returncode

    assert (
        command("make", "build", arguments="--pull=false").returncode == 0
    )  # on the base that is still there
    assert command(*COMPARE).returncode == 1
    assert command("make", "build", arguments="--pull").returncode == 0
    assert command(*COMPARE).returncode == 0


@pytest.mark.parametrize("command", ["buildah"], indirect=True)
def test_a_mirror_is_asked_instead(command: Command, store: Store, base: str, host: str) -> None:
    mirror = f"{host}/mirror/cinder:1"
    store.publish(mirror, "first")
    built = command("make", "build", arguments=f"--build-arg BASE_IMAGE={mirror}")
    assert built.returncode == 0, built.stderr
    assert command(*COMPARE, arguments=f"--build-arg=BASE_IMAGE={mirror}").returncode == 0
    unreachable = command(*COMPARE)
    assert unreachable.returncode == 2
    assert f"cannot tell: no answer about {base}" in unreachable.stdout


@pytest.mark.parametrize("command", ["buildah"], indirect=True)
def test_what_is_missing_is_said(command: Command, store: Store, base: str, tmp_path: Path) -> None:
    store.publish(base, "first")
    assert command("make", "build").returncode == 0
    (tmp_path / "bin").mkdir()
    for program in ("bash", "sed", "grep", "head", "mktemp", "rm", "dirname"):
        (tmp_path / "bin" / program).symlink_to(f"/bin/{program}")
    done = command(*COMPARE, PATH=str(tmp_path / "bin"))
    assert done.returncode == 2
    assert done.stdout == "containers/acme-cinder: cannot tell: skopeo is not installed\n"
    down = command(*COMPARE, arguments="--build-arg BASE_IMAGE=127.0.0.1:1/a/b:1")
    assert down.returncode == 2
    assert "connection refused" in down.stdout


@pytest.mark.parametrize("command", ["buildah"], indirect=True)
def test_a_base_of_no_registry_is_said_at_the_build(command: Command, tmp_path: Path) -> None:
    done = command("make", "build", arguments="--build-arg BASE_IMAGE=scratch")
    assert done.returncode == 0, done.stderr
    assert "the digest of scratch is not known" in done.stderr
    assert not list((tmp_path / "made").glob("containers/*/base.digest"))
