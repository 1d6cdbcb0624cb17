"""Every command where a stream is closed or full, where there is no home, and as a user whom nobody knows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from scaffold.cli import main
from tests.upkeep import edit, files, made, run

COMMANDS = {
    "": "",
    "--help": "--help",
    "--version": "--version",
    "new": "new --set service_name=acme-x ../fresh",
    "catalogue": "catalogue cinder",
    "schema": "schema",
    "completion": "completion bash",
    "check": "check --format json",
    "verify": "verify --engine tht",
    "status": "status",
    "diff": "diff",
    "update": "update --set services.acme-agent.step=4",
    "add": "add --set service_name=acme-probe",
    "remove": "remove acme-exporter",
    "restore": "restore Makefile",
    "undo": "undo",
}
WRITING = {"new", "update", "add", "remove", "restore", "undo"}
SAID = (
    "error: ",
    "hint: ",
    "note: ",
    "wallaby: ",
    "* no template",
    "no problems in ",
    "was written",
    "first run: ",
    "[0:",
)
NOBODY = 54321


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    repo = made(tmp_path_factory.mktemp("fresh"))
    edit(repo, "Makefile", "build", "brew")
    assert run("restore", "Makefile", cwd=repo).returncode == 0
    edit(repo, "README.md", "# Acme", "# Ours")
    return repo


@pytest.fixture
def repo(fresh: Path) -> Iterator[Path]:
    """A repository in a directory that every user reaches."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o777)
        yield Path(shutil.copytree(fresh, Path(place, "acme")))


def as_nobody() -> list[str]:
    """What runs a command as a user without a passwd entry, who may read what this one may."""
    command = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]
    try:
        works = subprocess.run([*command, "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        works = False
    return command if works else pytest.skip("needs unshare, and a kernel that gives users namespaces")


def test_every_command_is_here() -> None:
    assert main.commands.keys() == {name for name in COMMANDS if name and not name.startswith("-")}


def called(
    command: str, repo: Path, redirected: str = "", before: Sequence[str] = (), **environment: str
) -> tuple[int, str, str]:
    """COMMAND in REPO with its streams REDIRECTED by a shell: its exit code, what it said, its errors."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parent.parent)} | environment
    done = subprocess.run(
        [*before, "sh", "-c", f'exec "$0" -m scaffold {COMMANDS[command]} {redirected}', sys.executable],
        cwd=repo,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert all(line.startswith(SAID) for line in done.stderr.splitlines()), done.stderr
    return done.returncode, done.stdout, done.stderr


def engines(command: str) -> dict[str, str]:
    """A cache that cannot be, so that nothing is installed for a test of streams."""
    return {"VENDOR_SCAFFOLD_ENGINES": "/proc/engines"} if command == "verify" else {}


@pytest.mark.parametrize("command", COMMANDS)
def test_standard_input_is_closed(command: str, repo: Path, home: Path) -> None:
    closed, told, said = called(command, repo, "<&-", HOME=str(home), **engines(command))
    assert told
    assert closed == {"": 1, "verify": closed}.get(command, 0), said


@pytest.mark.parametrize("command", COMMANDS)
def test_standard_output_is_closed(command: str, repo: Path, home: Path) -> None:
    before = files(repo)
    code, _, said = called(command, repo, ">&-", HOME=str(home), **engines(command))
    assert (code, said.splitlines()[0]) == (1, "error: standard output is closed, so nothing was done")
    assert files(repo) == before
    assert not (repo.parent / "fresh").exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_standard_output_is_full(command: str, repo: Path, home: Path) -> None:
    code, _, said = called(command, repo, ">/dev/full", HOME=str(home), **engines(command))
    assert code == 1
    assert "error: the output cannot be written: No space left on device" in said
    assert ("hint: it is done all the same: " in said) == (command in WRITING)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("redirected", ["2>&-", "2>/dev/full"])
def test_standard_error_is_closed_or_full(command: str, redirected: str, repo: Path, home: Path) -> None:
    code, told, _ = called(command, repo, redirected, HOME=str(home), **engines(command))
    assert told or (code == 1 and redirected == "2>/dev/full")  # what is told there comes first
    assert code == {"": 1, "verify": code}.get(command, 0) or redirected == "2>/dev/full"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_user_whom_nobody_knows(command: str, repo: Path) -> None:
    code, told, said = called(command, repo, before=as_nobody())
    if command == "verify":
        assert code == 1
        assert said.startswith("error: there is no home directory to keep the engines in\nhint: set VENDOR_")
    else:
        assert (code, bool(told)) == (1 if command == "" else 0, True), said


@pytest.mark.parametrize("command", COMMANDS)
def test_a_home_that_is_not_there(command: str, repo: Path) -> None:
    code, told, said = called(command, repo, HOME="/proc/home", XDG_CACHE_HOME="")
    assert told
    assert code == {"": 1, "verify": code}.get(command, 0), said


def test_no_command_is_plain_help(tmp_path: Path) -> None:
    done, help_ = run(cwd=tmp_path), run("--help", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == help_.stdout
    assert help_.returncode == 0
