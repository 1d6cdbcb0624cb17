"""`update --template`: a repository that a template of others made stays current like one of ours."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from .test_foreign import NAMES, PROJECT, template
from .upkeep import STATE, edit, files, run

FILES: dict[str, str | bytes] = {
    "README.md": "# {{ cookiecutter.name }}\n\nOne\n\nTwo\n\nThree\n",
    "build.sh": "#!/bin/sh\nmake all\n\n# then\n\nmake check\n",
    "old/guide.md": "".join(f"{number}. step\n" for number in range(9)),
    "windows.ini": "[a]\r\nport = {{ cookiecutter.port }}\r\n\r\n[b]\r\nx = 1\r\n",
    "gone.txt": "not needed any more\n",
    "drawn.txt": "{{ random_ascii_string(20) }} {% now 'utc', '%f' %}\n",
}
VARIABLES = NAMES | {"port": "8080", "licence": ["MIT", "Apache-2.0"]}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    place = template(tmp_path / "template", VARIABLES, FILES)
    (place / PROJECT / "latest").symlink_to("README.md")
    return place


@pytest.fixture
def repo(source: Path, tmp_path: Path) -> Path:
    done = run("new", "--template", source, "--set", "port=9000", "acme", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path / "acme"


def newer(source: Path) -> None:
    """The template two years on: in every file another kind of change."""
    place = source / PROJECT
    variables = {key: value for key, value in VARIABLES.items() if key != "licence"}
    (source / "cookiecutter.json").write_text(
        json.dumps(variables | {"owner": "{{ cookiecutter.name }} Ltd"})
    )
    (place / "README.md").write_text(
        "# {{ cookiecutter.name }}\n\nOne\n\nTwo\n\nThree, by {{ cookiecutter.owner }}\n"
    )
    (place / "build.sh").chmod(0o755)
    (place / "docs").mkdir()
    (place / "old/guide.md").rename(place / "docs/guide.md")
    (place / "windows.ini").write_bytes((place / "windows.ini").read_bytes().replace(b"x = 1", b"x = 2"))
    (place / "gone.txt").unlink()
    (place / "latest").unlink()
    (place / "latest").symlink_to("docs/guide.md")
    (place / "new.txt").write_text("{{ cookiecutter.owner }}\n")


def test_the_template_and_the_vendor_change_everything_at_once(source: Path, repo: Path) -> None:
    drawn = (repo / "drawn.txt").read_text()
    newer(source)
    edit(repo, "README.md", "One", "One, of ours")
    edit(repo, "build.sh", "make all", "make most")
    edit(repo, "old/guide.md", "4. step", "4. our step")
    ini = repo / "windows.ini"
    ini.write_bytes(ini.read_bytes().replace(b"port = 9000", b"port = 9001"))
    before = files(repo)

    assert run("update", "--template", source, "--check", cwd=repo).returncode == 4
    assert files(repo) == before
    done = run("update", "--template", source, cwd=repo)
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'the template no longer has the variable "licence"' in done.stdout
    assert "new question: owner; its default is used: Acme Tool Ltd" in done.stdout
    assert (
        repo / "README.md"
    ).read_text() == "# Acme Tool\n\nOne, of ours\n\nTwo\n\nThree, by Acme Tool Ltd\n"
    assert "make most" in (repo / "build.sh").read_text()
    assert (repo / "build.sh").stat().st_mode & 0o100
    assert "4. our step" in (repo / "docs/guide.md").read_text()
    assert not (repo / "old").exists()
    assert ini.read_bytes() == b"[a]\r\nport = 9001\r\n\r\n[b]\r\nx = 2\r\n"
    assert not (repo / "gone.txt").exists()
    assert (repo / "latest").readlink() == Path("docs/guide.md")
    assert (repo / "new.txt").read_text() == "Acme Tool Ltd\n"
    assert (repo / "drawn.txt").read_text() == drawn

    after = files(repo)
    assert run("update", "--template", source, cwd=repo).stdout.startswith("up-to-date")
    assert files(repo) == after
    assert run("undo", cwd=repo).returncode == 0
    assert files(repo) == before


def test_both_changed_one_line(source: Path, repo: Path) -> None:
    newer(source)
    edit(repo, "README.md", "Three", "Four")
    (repo / "latest").unlink()
    (repo / "latest").symlink_to("build.sh")
    done = run("update", "--template", source, "--json", cwd=repo)
    assert done.returncode == 3
    report = json.loads(done.stdout)
    conflicts = [one["path"] for one in report["files"] if one["change"] == "conflict"]
    assert conflicts == ["README.md", "latest"]
    assert (repo / "latest").readlink() == Path("build.sh")
    assert (repo / "latest.theirs").readlink() == Path("docs/guide.md")
    assert run("update", "--template", source, cwd=repo).returncode == 3


def test_what_would_be_laid_beside_a_file_finds_its_place_taken(source: Path, repo: Path) -> None:
    for place, target in ((source / PROJECT, "old/guide.md"), (repo, "build.sh")):
        (place / "latest").unlink()
        (place / "latest").symlink_to(target)
    for name in ("latest.theirs", "latest.theirs.theirs"):
        (repo / name).write_text("my notes\n")
    done = run("update", "--template", source, cwd=repo)
    assert done.returncode == 3, done.stderr
    assert (repo / "latest.theirs").read_text() == (repo / "latest.theirs.theirs").read_text() == "my notes\n"
    assert (repo / "latest.theirs.theirs.theirs").readlink() == Path("old/guide.md")
    done = run("restore", "latest", cwd=repo)
    assert done.stdout == "restored: latest\nremoved: latest.theirs.theirs.theirs\n"
    assert (repo / "latest").readlink() == Path("old/guide.md")
    assert (repo / "latest.theirs").read_text() == "my notes\n"


def test_from_a_zip_and_with_other_answers(source: Path, repo: Path, tmp_path: Path) -> None:
    newer(source)
    archive = shutil.make_archive(str(tmp_path / "template-2"), "zip", source)
    (repo / "old").rename(repo / "mine")
    done = run("update", "--template", archive, "--set", "owner=Jane", "--set", "port=1", cwd=repo)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "port = 1\r\n" in (repo / "windows.ini").read_bytes().decode()
    assert (repo / "new.txt").read_text() == "Jane\n"
    wrong = run("update", "--template", archive, "--set", "prot=1", cwd=repo)
    assert (wrong.returncode, 'did you mean "port"' in wrong.stderr) == (2, True)


def test_without_the_template(source: Path, repo: Path) -> None:
    edit(repo, "README.md", "One", "One, of ours")
    (repo / "gone.txt").unlink()
    told = json.loads(run("status", "--json", cwd=repo).stdout)
    assert told["state"] == "up-to-date"
    assert [(one["path"], one["yours"]) for one in told["files"]] == [("README.md", "M"), ("gone.txt", "D")]
    assert any("--template DIR|ZIP" in note for note in told["notes"])
    assert "+One, of ours" in run("diff", cwd=repo).stdout
    before = files(repo)
    done = run("update", "--set", "port=1", cwd=repo)
    assert done.returncode == 1
    assert "--template DIR|ZIP" in done.stderr
    assert files(repo) == before
    assert run("restore", "gone.txt", cwd=repo).returncode == 0
    assert (repo / "gone.txt").read_text() == "not needed any more\n"


def test_a_template_that_cannot_be_reached(repo: Path) -> None:
    before = files(repo)
    done = run("update", "--template", "nowhere", "--check", "--json", cwd=repo)
    assert (done.returncode, json.loads(done.stdout)["state"]) == (1, "failed")
    assert json.loads(done.stdout)["error"] == "--template nowhere: there is no such directory or zip"
    assert files(repo) == before


def test_keep_patterns(source: Path, repo: Path) -> None:
    edit(repo, "README.md", "Three", "Four")
    edit(repo, f"{STATE}/answers.yaml", "answers:", "keep: [README.md, '*.txt']  # ours\nanswers:")
    newer(source)
    done = run("update", "--template", source, cwd=repo)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "yours by a keep pattern; the template changed it" in done.stdout
    assert (repo / "README.md").read_text().endswith("Four\n")
    assert (repo / "gone.txt").exists()
    assert "keep: [README.md, '*.txt']  # ours\n" in (repo / STATE / "answers.yaml").read_text()
    edit(repo, f"{STATE}/answers.yaml", "[README.md, '*.txt']", "{a: b}")
    done = run("update", "--template", source, cwd=repo)
    assert (done.returncode, "keep: must be a list of patterns" in done.stderr) == (2, True)


def test_git_never_sees_what_undo_needs(source: Path, repo: Path) -> None:
    subprocess.run(["git", "init", "-q", repo], check=True)
    newer(source)
    assert run("update", "--template", source, cwd=repo).returncode == 0
    assert (repo / STATE / "local/last").is_dir()
    seen = subprocess.run(
        ["git", "status", "-s", "-uall"], cwd=repo, check=True, capture_output=True, text=True
    )
    assert "new.txt" in seen.stdout
    assert "local" not in seen.stdout
