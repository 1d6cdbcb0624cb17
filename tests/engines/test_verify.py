"""The command: what it prints of the committed examples, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_an_engine_that_cannot_be_had_is_said_and_fails_only_when_strict(tmp_path: Path) -> None:
    (root,) = (path for path in WITH_CONTAINERS[0].iterdir() if path.is_dir())
    offline = {
        "PATH": "/usr/bin:/bin",
        "VENDOR_SCAFFOLD_ENGINES": str(tmp_path / "engines"),
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_RETRIES": "0",
        "PIP_CONFIG_FILE": "/dev/null",
    }
    for options, status in (((), 0), (("--strict",), 1)):
        done = verify(root, "--engine", "tht", *options, **offline)
        assert done.returncode == status, done.stdout + done.stderr
        assert "not run: pip cannot install" in done.stdout
        assert "to get it: let pip reach a package index once" in done.stdout


def test_a_cache_that_cannot_be_written_is_said() -> None:
    (root,) = (path for path in WITH_CONTAINERS[0].iterdir() if path.is_dir())
    done = verify(root, "--engine", "tht", VENDOR_SCAFFOLD_ENGINES="/proc/engines")
    assert (done.returncode, done.stderr) == (0, "")
    assert "not run: /proc/engines: No such file or directory" in done.stdout
    assert "to get it: set VENDOR_SCAFFOLD_ENGINES to a directory of yours" in done.stdout
    assert "nothing was rehearsed; not run: tht" in done.stdout


def test_wrong_usage(tmp_path: Path) -> None:
    done = verify(tmp_path, "--engine", "puppet")
    assert done.returncode == 2
    assert "no such engine: puppet" in done.stderr
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
