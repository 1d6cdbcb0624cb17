"""Files that an update could not merge: what they are based on stays, so that later they merge as ever."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .test_update_places import git
from .upkeep import OTHER, SERVICE, STATE, aged, edit, files, made, run

ANSWERS = "vendor: Acme\nrelease: train\nservices:\n  - service_name: acme-agent\n"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("fresh"), ANSWERS)


@pytest.fixture
def repo(fresh: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(fresh, tmp_path / "acme", symlinks=True))


def committed(repo: Path, message: str = "all") -> None:
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", message)


def sparse(repo: Path, *patterns: str) -> None:
    git(repo, "init", "-qb", "main")
    committed(repo)
    git(repo, "sparse-checkout", "set", "--no-cone", "/*", *patterns)


def test_files_outside_a_sparse_checkout_are_updated_when_they_return(repo: Path) -> None:
    edit(repo, "README.md", "## Deploy", "## How we deploy")
    sparse(repo, "!/README.md", "!/environments/")
    done = run("update", "--set", "release=wallaby", "--set", "services.acme-agent.image_tag=2.0", cwd=repo)
    assert (done.returncode, "deleted by you" in done.stdout) == (0, False), done.stderr
    assert "README.md" in done.stdout
    assert "outside the sparse checkout; the template changed it" in done.stdout
    assert not (repo / "README.md").exists()
    assert "outside the sparse checkout" in run("status", cwd=repo).stdout
    assert "README" not in run("diff", cwd=repo).stdout
    git(repo, "commit", "-qam", "update")

    git(repo, "sparse-checkout", "disable")
    assert run("status", cwd=repo).returncode == 4
    assert run("update", cwd=repo).returncode == 0
    text = (repo / "README.md").read_text()
    assert ("## How we deploy" in text, "Wallaby" in text, "Train" in text) == (True, True, False)
    assert ":2.0" in (repo / "environments/acme-tripleo.yaml").read_text()
    assert run("update", cwd=repo).stdout == "up-to-date: .\n"


def test_a_cone_is_a_sparse_checkout_too(repo: Path) -> None:
    git(repo, "init", "-qb", "main")
    committed(repo)
    git(repo, "config", "index.sparse", "true")
    git(repo, "sparse-checkout", "set", "--cone", "--sparse-index", STATE, "docker")
    done = run("update", "--set", "services.acme-agent.image_tag=2.0", cwd=repo)
    assert (done.returncode, "deleted by you" in done.stdout) == (0, False), done.stderr
    told = next(row for row in done.stdout.splitlines() if "environments/acme-tripleo.yaml" in row)
    assert "outside the sparse checkout" in told
    assert not (repo / "environments").exists()


def test_a_name_does_not_change_outside_a_sparse_checkout(repo: Path) -> None:
    sparse(repo, "!/docker/")
    edit(repo, f"{STATE}/answers.yaml", "acme-agent\n", "acme-core\n    renamed_from: acme-agent\n")
    before = files(repo)
    done = run("update", cwd=repo)
    assert done.returncode == 2
    assert "services[0].renamed_from: docker/services/acme-agent.yaml cannot take the new name" in done.stderr
    assert "outside the sparse checkout" in done.stderr
    assert files(repo) == before


def test_nothing_is_adopted_over_a_sparse_checkout(repo: Path) -> None:
    shutil.rmtree(repo / STATE)
    (repo / "README.md").write_text("# by hand\n")
    sparse(repo, "!/README.md")
    command = [sys.executable, "-m", "scaffold", "new", "--adopt", "--answers", "-", "--defaults", str(repo)]
    done = subprocess.run(command, input=ANSWERS, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert not (repo / "README.md").exists()
    assert "README.md  is outside the sparse checkout, and stays as it is" in done.stdout
    committed(repo)
    git(repo, "sparse-checkout", "disable")
    assert run("update", cwd=repo).returncode == 0
    assert (repo / "README.md").read_text() == "# by hand\n"


def test_a_file_taken_out_of_keep_is_merged(repo: Path) -> None:
    edit(repo, "README.md", "## Deploy", "## How we deploy")
    done = run("update", "--set", "keep=[README.md]", "--set", "release=wallaby", cwd=repo)
    assert "README.md" in done.stdout
    assert "yours by a keep pattern; the template changed it" in done.stdout
    assert "yours by a keep pattern; the template changed it" in run("status", cwd=repo).stdout
    done = run("update", "--set", "keep=[]", cwd=repo)
    assert (done.returncode, "README.md" in done.stdout) == (0, True)
    text = (repo / "README.md").read_text()
    assert ("## How we deploy" in text, "Wallaby" in text, "Train" in text) == (True, True, False)


def test_a_kept_file_is_named_when_a_service_is_renamed(repo: Path) -> None:
    assert run("update", "--set", "keep=[Makefile, containers/*/Dockerfile]", cwd=repo).returncode == 0
    makefile, dockerfile = (
        (repo / one).read_bytes() for one in ("Makefile", "containers/acme-agent/Dockerfile")
    )
    edit(repo, f"{STATE}/answers.yaml", "acme-agent\n", "acme-core\n    renamed_from: acme-agent\n")
    done = run("update", cwd=repo)
    assert done.returncode == 0
    kept = [line for line in done.stdout.splitlines() if "yours by a keep pattern; the template" in line]
    assert [line.split()[0] for line in kept] == ["Makefile", "containers/acme-core/Dockerfile"]
    assert (repo / "Makefile").read_bytes() == makefile
    assert (repo / "containers/acme-core/Dockerfile").read_bytes() == dockerfile
    assert run("update", "--set", "keep=[]", cwd=repo).returncode == 0
    assert "containers/acme-core" in (repo / "Makefile").read_text()
    assert "acme-core" in (repo / "containers/acme-core/Dockerfile").read_text()


def test_a_deleted_file_that_returns_is_merged(repo: Path) -> None:
    aged(repo, SERVICE, "net: none", "net: host")
    edit(repo, SERVICE, "restart: always", "restart: unless-stopped")
    mine = (repo / SERVICE).read_bytes()
    (repo / SERVICE).unlink()
    assert "deleted by you; the template changed it" in run("update", cwd=repo).stdout
    before = files(repo)
    done = run("update", cwd=repo)
    assert (done.returncode, files(repo)) == (0, before)
    (repo / SERVICE).write_bytes(mine)
    assert run("update", cwd=repo).returncode == 0
    text = (repo / SERVICE).read_text()
    assert ("net: host" in text, "restart: unless-stopped" in text) == (True, True)


def test_a_restored_file_is_based_on_what_it_was_restored_to(repo: Path) -> None:
    aged(repo, SERVICE, "net: none", "net: host")
    (repo / SERVICE).unlink()
    assert run("update", cwd=repo).returncode == 0
    assert '"bases"' in (repo / STATE / "pristine.json").read_text()
    before = files(repo)
    assert run("restore", SERVICE, cwd=repo).stdout == f"restored: {SERVICE}\n"
    assert '"bases"' not in (repo / STATE / "pristine.json").read_text()
    edit(repo, SERVICE, "net: host", "net: bridge")
    assert run("update", cwd=repo).stdout == "up-to-date: .\n"
    edit(repo, SERVICE, "net: bridge", "net: host")
    assert run("undo", cwd=repo).returncode == 0
    assert files(repo) == before


def test_bases_are_not_lost_without_a_word(repo: Path) -> None:
    aged(repo, SERVICE, "net: none", "net: host")
    (repo / SERVICE).unlink()
    assert run("update", cwd=repo).returncode == 0
    (repo / STATE / "pristine.json").unlink()
    done = run("update", cwd=repo)
    assert (done.returncode, "pristine.json is missing" in done.stderr) == (1, True)


def test_a_link_in_place_of_a_directory_is_refused(repo: Path) -> None:
    (repo / "docker/services").rename(repo / "elsewhere")
    (repo / "docker/services").symlink_to("../elsewhere")
    before = files(repo)
    for command in (["update", "--set", "release=wallaby"], ["status"], ["update", "--check"], ["diff"]):
        done = run(*command, cwd=repo)
        assert done.returncode == 1, command
        assert f"docker/services is a symbolic link, and {SERVICE} is to be below it" in done.stderr
    assert files(repo) == before
    done = run("update", "--set", "release=wallaby", "--set", "keep=[docker/services]", cwd=repo)
    assert done.returncode == 0, done.stderr
    assert f"{SERVICE}" in done.stdout
    assert "behind your link docker/services; the template changed it" in done.stdout
    assert "wallaby" not in (repo / "elsewhere/acme-agent.yaml").read_text()
    (repo / "docker/services").unlink()
    (repo / "elsewhere").rename(repo / "docker/services")
    assert run("update", "--set", "keep=[]", cwd=repo).returncode == 0
    assert "heat_template_version: wallaby" in (repo / SERVICE).read_text()


@pytest.mark.parametrize("left", ["|||||||", "=======", "||||||| =======", "<<<<<<<", ">>>>>>>"])
def test_half_a_conflict_is_a_conflict(left: str, repo: Path) -> None:
    aged(repo, SERVICE, "net: none", "net: host")
    edit(repo, SERVICE, "net: none", "net: bridge")
    assert run("update", cwd=repo).returncode == 3
    marks = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
    rows = (repo / SERVICE).read_text().splitlines(keepends=True)
    rows = [row for row in rows if row[:7] not in marks or row[:7] in left.split()]
    (repo / SERVICE).write_text("".join(rows))
    line = next(number for number, row in enumerate(rows, 1) if row[:7] in marks)
    for command in ("update", "status"):
        done = run(command, cwd=repo)
        assert (done.returncode, f"{SERVICE}:{line}" in done.stdout) == (3, True), command


@pytest.mark.parametrize("path", ["scripts/add-to-roles.sh", "scripts/preflight.py", "README.md"])
def test_a_line_that_only_looks_like_half_a_conflict_is_none(path: str, repo: Path) -> None:
    """Scripts print such lines, and headings of docstrings and READMEs are underlined with them."""
    aged(repo, path, "an older line", (repo / path).read_text().splitlines()[1 if path[-1] != "d" else 0])
    edit(repo, path, "an older line", "my line\n=======")
    assert run("update", cwd=repo).returncode == 3
    rows = (repo / path).read_text().splitlines(keepends=True)
    start, base, end = (
        next(number for number, row in enumerate(rows) if row.startswith(mark))
        for mark in ("<<<<<<<", "|||||||", ">>>>>>>")
    )
    (repo / path).write_text("".join([*rows[:start], *rows[start + 1 : base], *rows[end + 1 :]]))
    assert "my line\n=======\n" in (repo / path).read_text()
    for command in ("update", "status"):
        done = run(command, cwd=repo)
        assert done.returncode == 0, (command, done.stdout)


def test_a_repository_of_before_has_no_bases(repo: Path) -> None:
    """Every entry of pristine.json is the template's version alone, as it always was."""
    pristine = json.loads((repo / STATE / "pristine.json").read_text())
    assert pristine.keys() == {"schema", "files"}
    assert all(set(entry) <= {"mode", "text", "base64"} for entry in pristine["files"].values())
    assert OTHER not in pristine["files"]
