"""Real podman takes every command line that verify compares: what it refuses would start on no host."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from scaffold import answers, project
from scaffold.pipeline import plan
from scaffold.verify.engines import engines
from scaffold.verify.rehearsal import Rehearsal
from scaffold.verify.rehearse import rehearse
from scaffold.verify.session import Session

from ..conftest import EXAMPLES
from ..system import container_programs
from .test_examples import written_for

pytestmark = pytest.mark.engines
IMAGE = "localhost/stand-in:1"
OF_THE_HOST = ("--conmon-pidfile", "--log-opt", "--log-driver", "--cpuset-cpus", "--detach", "--name")
FLAGS = ("--detach", "--interactive", "--privileged", "--rm", "--tty")
EVERY_KEY: dict[str, Any] = {
    "service_name": "acme-agent",
    "privileged": False,
    "cap_add": ["NET_ADMIN"],
    "container": {
        "net": "host",
        "pid": "host",
        "ipc": "host",
        "user": "root",
        "ulimit": ["nofile=1024:4096", "nproc=512"],
        "security_opt": ["label=disable"],
        "restart": "unless-stopped",
        "volumes": [
            "/var/lib/acme:/var/lib/acme:rw,shared",
            "/srv/acme:/srv/acme:ro",
            "/run/acme:/run/acme:z",
        ],
        "environment": {"ACME_URL": "http://[::1]:80/?a=b c", "ACME_EMPTY_NOT": "x"},
    },
    "containers": [
        {"name": "acme_once", "command": ["sh", "-c", "echo a  b"], "detach": False, "net": "none"}
    ],
}


def lines(root: Path, session: Session) -> Mapping[str, Sequence[str]]:
    """The command line of every container of the repository at ROOT."""
    found = answers.check(answers.read(str(root / ".vendor-scaffold/answers.yaml")))
    rehearsal = Rehearsal(root, plan(found).repo, found.values["services"], session)
    (act,) = rehearse(rehearsal, engines(["command-line"]), lambda words: None)
    assert act.state == "passed", act.result and [finding.saw for finding in act.result.findings]
    commands: Mapping[str, Sequence[str]] = act.result.data["commands"]
    return commands


def created(argv: Sequence[str], host: Path, session: Session) -> subprocess.CompletedProcess[str]:
    """Have podman create what ARGV would run, from an image and directories that are here."""
    command, words = ["podman", "create"], list(argv[argv.index("run") + 1 :])
    while words[0].startswith("--"):
        option, has_value, value = words.pop(0).partition("=")
        if not has_value and option not in FLAGS:
            value = words.pop(0)
        if option == "--volume":
            source, _, rest = value.partition(":")
            (host / source.lstrip("/")).mkdir(parents=True, exist_ok=True)
            value = f"{host}{source}:{rest}"
        if option not in OF_THE_HOST:
            command.append(f"{option}={value}" if option not in FLAGS or has_value else option)
    command += [IMAGE, *words[1:]]
    environment = os.environ | session.containers.environment()
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def store() -> Any:
    container_programs()
    with Session(allow_code=True) as session:
        empty = io.BytesIO()
        tarfile.open(fileobj=empty, mode="w").close()
        environment = os.environ | session.containers.environment()
        command = ["podman", "import", "--change", "CMD kolla_start", "-", IMAGE]
        subprocess.run(command, input=empty.getvalue(), env=environment, check=True, capture_output=True)
        yield session


@pytest.mark.slow
@pytest.mark.parametrize(
    "example",
    [path for path in EXAMPLES if written_for(path) not in ("queens", "rocky")],
    ids=lambda path: path.name,
)
def test_podman_creates_what_an_example_runs(example: Path, store: Session, tmp_path: Path) -> None:
    (root,) = (path for path in example.iterdir() if path.is_dir())
    for name, argv in lines(root, store).items():
        done = created(argv, tmp_path, store)
        assert done.returncode == 0, f"{name}: {done.stderr}"


@pytest.mark.parametrize("release", ["stein", "train", pytest.param("wallaby", marks=pytest.mark.slow)])
def test_podman_creates_what_every_key_of_a_container_makes(
    release: str, store: Session, tmp_path: Path
) -> None:
    asked = {"release": release, "services": [EVERY_KEY]}
    planned = plan(answers.check(answers.load(str(asked), "answers.yaml")))
    project.create(tmp_path / "made", planned.rendered | planned.state)
    for name, argv in lines(tmp_path / "made", store).items():
        done = created(argv, tmp_path / "host", store)
        assert done.returncode == 0, f"{name}: {done.stderr}"


def test_podman_refuses_two_volumes_at_one_path(store: Session, tmp_path: Path) -> None:
    """So the test before this one can fail."""
    argv = ["podman", "run", "--name", "twice", "--volume=/a:/x", "--volume=/b:/x", "registry/acme/agent:1"]
    assert "duplicate mount destination" in created(argv, tmp_path, store).stderr
