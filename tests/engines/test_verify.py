"""The command: what it prints of the committed examples, and how it ends."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.verify import install

from ..conftest import EXAMPLES
from ..upkeep import edit, made, run

pytestmark = pytest.mark.engines
GOLDEN = Path(__file__).parent.parent / "golden"
WITH_CONTAINERS = [
    example
    for example in EXAMPLES
    if not any(
        f"integration: {other}" in (example / "answers.yaml").read_text() for other in ("image", "config")
    )
]


def verify(root: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scaffold", "verify", str(root), *options]
    return subprocess.run(command, capture_output=True, text=True, env=environment or None)


@pytest.mark.parametrize("example", WITH_CONTAINERS, ids=lambda path: path.name)
def test_the_command_lines_of_an_example(example: Path, regenerate: bool) -> None:
    (root,) = (path for path in example.iterdir() if path.is_dir())
    done = verify(root, "--engine", "command-line", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert (report["schema"], report["state"]) == (1, "passed")
    (engine,) = report["engines"]
    printed = "\n\n".join(" \\\n  ".join(argv) for argv in engine["data"]["commands"].values()) + "\n"
    golden = GOLDEN / f"{example.name}.commands"
    if regenerate:
        golden.write_text(printed)
    assert golden.read_text() == printed


OFFLINE = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": "/dev/null"}


def test_an_engine_that_cannot_be_had_is_said_and_nothing_rehearsed_fails(tmp_path: Path) -> None:
    (root,) = (path for path in WITH_CONTAINERS[0].iterdir() if path.is_dir())
    offline = OFFLINE | {"PATH": "/usr/bin:/bin", "VENDOR_SCAFFOLD_ENGINES": str(tmp_path / "engines")}
    for options, state in (
        ((), "nothing was rehearsed; not run: tht"),
        (("--strict",), "required, and not run: tht"),
    ):
        done = verify(root, "--engine", "tht", *options, **offline)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "not run: pip cannot download" in done.stdout
        assert "to get it: let pip reach a package index once" in done.stdout
        assert state in done.stdout
        assert f"MB to download into {tmp_path / 'engines'}," in done.stderr
        assert "[0:00] tht: installing env-tht, 2 MB to download\n" in done.stderr


def test_engines_that_are_required_have_to_run(tmp_path: Path) -> None:
    """One that cannot be had leaves the others' verdict as it is, unless it is required."""
    (root,) = (path for path in WITH_CONTAINERS[0].iterdir() if path.is_dir())
    cache = tmp_path / "engines"
    cache.mkdir()
    for piece in install.cache_directory().iterdir():
        if piece.name.partition(".")[0] != "env-linters" and not piece.name.startswith("rehearsal-"):
            (cache / piece.name).symlink_to(piece)
    offline = OFFLINE | {"PATH": "/usr/bin:/bin", "VENDOR_SCAFFOLD_ENGINES": str(cache)}
    both = ("--engine", "tht", "--engine", "linters")
    for options, status, state in (
        ((), 0, "passed"),
        (("--require", "tht"), 0, "passed"),
        (("--require", "tht,linters"), 1, "incomplete"),
        (("--require", "all"), 1, "incomplete"),
    ):
        done = verify(root, *both, *options, "--json", **offline)
        assert (done.returncode, json.loads(done.stdout)["state"]) == (status, state), done.stderr
    done = verify(root, *both, "--require", "heat")
    assert (done.returncode, done.stderr.splitlines()[0]) == (
        2,
        "error: heat is required, but --engine leaves it out",
    )


def test_a_role_that_the_release_does_not_have_is_told(tmp_path: Path) -> None:
    answers = "vendor: Acme\nrelease: train\nservices:\n  - service_name: acme-agent\n    roles: [Computee]\n"
    repo = made(tmp_path, answers)
    saw = 'there is no role "Computee" in TripleO Train: acme-agent is rehearsed as Controller'
    saw += '; did you mean "Compute"?'
    done = verify(repo, "--engine", "tht")
    written = (repo / ".vendor-scaffold/answers.yaml").read_text().splitlines()
    line = 1 + next(number for number, text in enumerate(written) if "Computee" in text)
    assert f".vendor-scaffold/answers.yaml:{line}: warning: {saw}\n" in done.stdout
    (warning,) = json.loads(verify(repo, "--engine", "tht", "--json").stdout)["warnings"]
    assert (warning["saw"], warning["line"]) == (saw, line)


@pytest.mark.parametrize("home", [{}, {"HOME": ""}])
def test_a_user_without_a_home_gets_one_line(home: dict[str, str], tmp_path: Path) -> None:
    (root,) = (path for path in WITH_CONTAINERS[0].iterdir() if path.is_dir())
    command = [sys.executable, "-m", "scaffold", "verify", str(root), "--engine", "tht"]
    if not home:  # a uid that no passwd entry gives a home
        command = ["setpriv", "--reuid", "54321", "--regid", "54321", "--clear-groups", *command]
        if os.geteuid() != 0 or not shutil.which("setpriv"):
            pytest.skip("needs root and setpriv: sudo apt-get install util-linux")
        if subprocess.run(
            [*command[:6], sys.executable, "-c", "import scaffold"], env={}, capture_output=True
        ).returncode:
            pytest.skip("needs an interpreter that everybody may run")
    done = subprocess.run(command, capture_output=True, text=True, env=home | {"PATH": "/usr/bin:/bin"})
    assert done.returncode == 1
    assert done.stderr == (
        "error: there is no home directory to keep the engines in\n"
        "hint: set VENDOR_SCAFFOLD_ENGINES to a directory of yours\n"
    )


def test_a_cache_that_cannot_be_written_is_said() -> None:
    (root,) = (path for path in WITH_CONTAINERS[0].iterdir() if path.is_dir())
    done = verify(root, "--engine", "tht", VENDOR_SCAFFOLD_ENGINES="/proc/engines")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "not run: /proc/engines: No such file or directory" in done.stdout
    assert "to get it: set VENDOR_SCAFFOLD_ENGINES to a directory of yours" in done.stdout
    assert "nothing was rehearsed; not run: tht" in done.stdout


def test_wrong_usage(tmp_path: Path) -> None:
    done = verify(tmp_path, "--engine", "puppet")
    assert done.returncode == 2
    assert 'there is no engine "puppet"' in done.stderr
    done = verify(tmp_path)
    assert done.returncode == 1
    assert "is no vendor repository" in done.stderr


def test_a_repository_that_moved_from_queens_to_wallaby_is_green(tmp_path: Path) -> None:
    answers = """\
vendor: Acme
release: queens
services:
  - service_name: acme-agent
    privileged: true
    kernel_module: {name: acme_dev, loader: separate}
"""
    repo = made(tmp_path, answers)
    edit(repo, "README.md", "## Deploy\n", "## Deploy\n\nAsk the storage team first.\n")
    edit(repo, "docker/services/acme-agent.yaml", "step_4:\n", "step_4:  # after ours\n")
    done = run("update", "--set", "release=wallaby", cwd=repo)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "step_4:  # after ours\n" in (repo / "docker/services/acme-agent.yaml").read_text()
    engines = ("heat", "tht", "kolla", "command-line", "linters")
    done = verify(repo, *(part for engine in engines for part in ("--engine", engine)), "--strict", "--json")
    assert (done.returncode, json.loads(done.stdout)["state"]) == (0, "passed"), done.stdout
