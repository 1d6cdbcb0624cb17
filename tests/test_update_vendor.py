"""What a vendor does to a repository in two years, and what the next updates make of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from scaffold.tree import File

from .upkeep import OTHER, SERVICE, STATE, aged, edit, files, made, run
from .vendor import Older

ENVIRONMENT = "environments/acme-tripleo.yaml"
MODULE = """\
vendor: Acme
services:
  - service_name: acme-agent
    privileged: true
    kernel_module: {name: acme_dev, loader: same}
    launcher_script: acme_launcher.sh
"""


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("fresh"))


@pytest.fixture
def repo(fresh: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(fresh, tmp_path / "acme", symlinks=True))


def test_the_services_live_elsewhere_from_now_on(repo: Path) -> None:
    aged(repo, SERVICE, "restart: 'no'", "restart: always")
    edit(repo, SERVICE, "description: >", "description: >  # ours")
    (repo / "tht").mkdir()
    (repo / "docker/services").rename(repo / "tht/services")
    (repo / "docker").rmdir()
    told = run("update", cwd=repo)
    assert told.returncode == 0
    assert f"tht/services/acme-agent.yaml  from {SERVICE}" in told.stdout

    older = Older(repo)
    older.write(SERVICE, File(older.base[SERVICE].content.replace(b"net: host", b"net: none", 1)), None)
    older.done()
    edit(repo, "tht/services/acme-agent.yaml", "net: host", "net: none")
    assert run("update", cwd=repo).returncode == 0
    text = (repo / "tht/services/acme-agent.yaml").read_text()
    assert [words in text for words in ("# ours", "restart: always", "net: host")] == [True] * 3
    assert not (repo / "docker").exists()


def test_the_repository_takes_another_name_and_registry(repo: Path) -> None:
    edit(repo, ENVIRONMENT, "parameter_defaults:", "# ours\nparameter_defaults:")
    edit(repo, "README.md", "## Deploy", "## How we deploy")
    settings = ("repo_name=zeta-tripleo", "registry=images.example.com:5000", "namespace=zeta")
    done = run("update", *(part for one in settings for part in ("--set", one)), cwd=repo)
    assert done.returncode == 0, done.stdout
    text = (repo / "environments/zeta-tripleo.yaml").read_text()
    assert "# ours\nparameter_defaults:" in text
    assert "images.example.com:5000/zeta/acme-agent" in text
    assert not (repo / ENVIRONMENT).exists()
    assert "## How we deploy" in (repo / "README.md").read_text()


def test_a_kernel_module_is_not_needed_any_more(tmp_path: Path) -> None:
    repo = made(tmp_path, MODULE)
    assert "modprobe" in (repo / SERVICE).read_text()
    answers = repo / STATE / "answers.yaml"
    without = "services:\n  - service_name: acme-agent\n"
    edit(repo, SERVICE, "modprobe acme_dev", "modprobe acme_dev debug=1")
    answers.write_text(answers.read_text().partition("services:")[0] + without)
    done = run("update", cwd=repo)
    assert done.returncode == 3
    assert "modprobe acme_dev debug=1" in (repo / SERVICE).read_text()
    assert run("undo", cwd=repo).returncode == 0
    edit(repo, SERVICE, "modprobe acme_dev debug=1", "modprobe acme_dev")
    answers.write_text(answers.read_text().partition("services:")[0] + without)
    assert run("update", cwd=repo).returncode == 0
    assert "modprobe" not in (repo / SERVICE).read_text()
    assert "/lib/modules" not in (repo / SERVICE).read_text()


def test_a_directory_where_the_makefile_was(repo: Path) -> None:
    aged(repo, "Makefile", "# old head", '# "make')
    (repo / "Makefile").unlink()
    (repo / "Makefile").mkdir()
    (repo / "Makefile/all.mk").write_text("all:\n")
    before = files(repo)
    done = run("update", cwd=repo)
    assert (done.returncode, "Makefile  deleted by you" in done.stdout) == (0, True)
    done = run("restore", "Makefile", cwd=repo)
    assert (done.returncode, "occupied: Makefile is a directory" in done.stderr) == (1, True)
    assert files(repo).keys() == before.keys()


def test_files_that_are_read_only_stay_so(repo: Path) -> None:
    aged(repo, SERVICE, "net: none", "net: host")
    edit(repo, SERVICE, "description: >", "description: >  # ours")
    for path in repo.rglob("*"):
        if path.is_file():
            path.chmod(path.stat().st_mode & ~0o222)
    assert run("update", cwd=repo).returncode == 0
    text = (repo / SERVICE).read_text()
    assert ("net: host" in text, "# ours" in text) == (True, True)
    assert (repo / SERVICE).stat().st_mode & 0o777 == 0o444


def test_a_formatter_went_over_everything(repo: Path) -> None:
    """Line ends, last lines and blanks at the end of lines cost no conflict."""
    aged(repo, SERVICE, "net: none", "net: host")
    for path in (repo / SERVICE, repo / OTHER, repo / "README.md"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n").rstrip() + b"\r\n\r\n")
    done = run("update", cwd=repo)
    assert done.returncode == 0, done.stdout
    assert b"net: host\r\n" in (repo / SERVICE).read_bytes()


def state_of(repo: Path) -> tuple[int, str, list[tuple[str, str]]]:
    done = run("status", "--json", cwd=repo)
    told = json.loads(done.stdout)
    marks = [(one["path"], one["yours"] + one["template"]) for one in told.get("files", [])]
    return done.returncode, told["state"], marks


def test_every_state_is_told_apart(repo: Path) -> None:
    assert state_of(repo) == (0, "up-to-date", [])
    edit(repo, OTHER, "net: host", "net: none")
    assert state_of(repo) == (0, "up-to-date", [(OTHER, "M")])
    (repo / OTHER).unlink()
    assert state_of(repo) == (0, "up-to-date", [(OTHER, "D")])
    aged(repo, SERVICE, "net: none", "net: host")
    assert state_of(repo) == (4, "update-available", [(SERVICE, "M"), (OTHER, "D")])
    edit(repo, SERVICE, "net: none", "net: bridge")
    assert state_of(repo) == (4, "would-conflict", [(SERVICE, "MM"), (OTHER, "D")])
    assert run("update", cwd=repo).returncode == 3
    assert state_of(repo) == (3, "unresolved", [(SERVICE, "M"), (OTHER, "D")])
    (repo / STATE / "local/last").rename(repo / STATE / "local/next")
    assert state_of(repo) == (1, "interrupted", [])
    (repo / STATE / "local/next").rename(repo / STATE / "local/last")
    (repo / STATE / "state.json").unlink()
    assert state_of(repo) == (1, "failed", [])
