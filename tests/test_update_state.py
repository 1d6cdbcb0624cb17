"""A state that is lost, merged, edited or of another version: told with a way out, and nothing is written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .test_update_places import git
from .upkeep import ANSWERS, OTHER, SERVICE, STATE, aged, edit, files, made, run


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("fresh"))


@pytest.fixture
def repo(fresh: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(fresh, tmp_path / "acme", symlinks=True))


def saying(**facts: Any) -> Callable[[Path], object]:
    """What makes state.json say FACTS."""

    def change(repo: Path) -> object:
        state = json.loads((repo / STATE / "state.json").read_text())
        return (repo / STATE / "state.json").write_text(json.dumps(state | facts))

    return change


ODD: dict[str, tuple[Callable[[Path], object], str]] = {
    "gone": (lambda repo: (repo / STATE / "state.json").unlink(), "is missing"),
    "no text": (lambda repo: (repo / STATE / "state.json").write_bytes(b"\xff\xfe{}"), "is not UTF-8 text"),
    "cut off": (lambda repo: (repo / STATE / "state.json").write_text('{"schema": 1,'), "holds no state"),
    "a list": (lambda repo: (repo / STATE / "state.json").write_text("[]"), "holds no state"),
    "another schema": (saying(schema=2), "has schema 2, which vendor-scaffold 0.1.0 does not know"),
    "no answers": (saying(answers=3), "has an invalid entry: answers"),
    "odd parts": (saying(conflicts={"a": 1}, questions=7, defaults=[]), "conflicts, questions, defaults"),
    "other answers": (saying(answers=["services: 3"]), "state.json holds no answers"),
    "no yaml": (saying(answers=["services: ["]), "state.json holds no answers"),
    "answers gone": (lambda repo: (repo / STATE / "answers.yaml").unlink(), "answers.yaml is missing"),
    "pristine of long ago gone": (
        lambda repo: (
            aged(repo, SERVICE, "net: none", "net: host"),
            (repo / STATE / "pristine.json").unlink(),
        ),
        "pristine.json is missing",
    ),
    "a link": (
        lambda repo: (repo / STATE).rename(repo.parent / "state") and (repo / STATE).symlink_to("../state"),
        "is a symbolic link",
    ),
}


@pytest.mark.parametrize("odd", ODD)
def test_a_state_that_cannot_be_used(odd: str, repo: Path) -> None:
    change, said = ODD[odd]
    change(repo)
    before = files(repo)
    for command in (["update"], ["restore", "README.md"]):
        done = run(*command, cwd=repo)
        assert (done.returncode, done.stdout) == (1, ""), command
        assert said in done.stderr
        assert "Traceback" not in done.stderr
        assert "hint: " in done.stderr
    told = run("status", "--json", cwd=repo)
    assert (told.returncode, json.loads(told.stdout)["state"]) == (1, "failed")
    assert files(repo) == before


def test_answers_of_the_state_that_this_version_takes_no_more(repo: Path) -> None:
    state = json.loads((repo / STATE / "state.json").read_text())
    state["answers"] += ["    colour: red", "wheels: 4"]
    (repo / STATE / "state.json").write_text(json.dumps(state))
    done = run("update", cwd=repo)
    assert (done.returncode, done.stdout) == (0, "up-to-date: .\n"), done.stderr


def test_a_lost_pristine_is_rendered_again_by_its_version(repo: Path) -> None:
    before = files(repo)
    (repo / STATE / "pristine.json").unlink()
    told = run("status", cwd=repo)
    assert told.returncode == 4
    assert "pristine.json was lost, and is rendered again" in told.stdout
    assert "pristine.json was lost, and is rendered again" in run("update", cwd=repo).stdout
    assert files(repo) == before


def branched(repo: Path, name: str, *changes: str) -> None:
    git(repo, "switch", "-qc", name, "main")
    assert run(*changes, cwd=repo).returncode == 0
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", name)


def test_two_branches_that_both_updated_are_merged(repo: Path) -> None:
    """As the hint says: answers by hand, state and pristine from one side; the update brings the rest."""
    git(repo, "init", "-qb", "main")
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "start")
    branched(repo, "theirs", "add", "--set", "service_name=acme-sidecar")
    edit(repo, "README.md", "## Deploy", "## How we deploy")
    git(repo, "commit", "-qam", "edited")
    branched(repo, "ours", "update", "--set", "services.acme-agent.step=5")
    edit(repo, OTHER, "net: host", "net: bridge")
    git(repo, "commit", "-qam", "edited")
    with pytest.raises(Exception, match="merge"):
        git(repo, "merge", "-q", "theirs")
    done = run("status", cwd=repo)
    assert (done.returncode, "conflict markers of a merge" in done.stderr) == (1, True)

    for path in git(repo, "diff", "--name-only", "--diff-filter=U").split():
        if path.startswith(STATE):
            git(repo, "checkout", "--ours", "--", path)
    git(repo, "checkout", "HEAD", "--", f"{STATE}/state.json", f"{STATE}/pristine.json")
    answers = repo / STATE / "answers.yaml"
    if "acme-sidecar" not in answers.read_text():
        answers.write_text(answers.read_text().rstrip() + "\n  - service_name: acme-sidecar\n")
    done = run("update", cwd=repo)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "step_5" in (repo / SERVICE).read_text()
    assert (repo / "docker/services/acme-sidecar.yaml").exists()
    assert "## How we deploy" in (repo / "README.md").read_text()
    assert "net: bridge" in (repo / OTHER).read_text()
    assert run("update", cwd=repo).stdout.startswith("up-to-date")


def test_answers_with_conflict_markers(repo: Path) -> None:
    (repo / STATE / "answers.yaml").write_text(f"<<<<<<< HEAD\n{ANSWERS}=======\n{ANSWERS}>>>>>>> theirs\n")
    done = run("update", cwd=repo)
    assert (done.returncode, "answers.yaml holds conflict markers" in done.stderr) == (1, True)


def reported(repo: Path, *command: str) -> dict[str, Any]:
    done = run(*command, "--json", cwd=repo)
    found: dict[str, Any] = json.loads(done.stdout)
    assert (found["schema"], found["repository"]) == (1, ".")
    return found


def test_every_command_of_upkeep_reports_as_one_object(repo: Path) -> None:
    assert reported(repo, "diff")["state"] == "same"
    edit(repo, SERVICE, "net: host", "net: none")
    found = reported(repo, "diff")
    assert (found["state"], [one["path"] for one in found["files"]]) == ("different", [SERVICE])
    assert "-            net: host\n+            net: none\n" in found["files"][0]["diff"]
    found = reported(repo, "restore", SERVICE)
    assert (found["state"], found["files"]) == ("restored", [{"path": SERVICE, "change": "restored"}])
    assert reported(repo, "restore", SERVICE)["files"] == [{"path": SERVICE, "change": "unchanged"}]
    reported(repo, "update", "--set", "services.acme-agent.step=5")
    assert (found := reported(repo, "undo"))["state"] == "undone"
    assert found["undone"] == "update"


def test_faults_of_answers_are_told_one_by_one(repo: Path) -> None:
    done = run(
        "update", "--set", "services.acme-agent.step=9", "--set", "release=nonsense", "--json", cwd=repo
    )
    assert done.returncode == 2
    faults = json.loads(done.stdout)["faults"]
    assert [(one["place"], one["path"]) for one in faults] == [
        ("--set release", "release"),
        ("--set services.acme-agent.step", "services[0].step"),
    ]
    assert "must be 1 to 5, not 9" in faults[1]["message"]


def test_answers_that_lack_a_name_and_move_to_another_release_are_told(repo: Path) -> None:
    edit(repo, f"{STATE}/answers.yaml", "service_name: acme-agent", "image_tag: '2'")
    for command in ("status",), ("update",), ("update", "--set", "release=queens"):
        done = run(*command, cwd=repo)
        assert done.returncode == 2
        assert "service_name" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_name_that_is_only_changed_tells_of_renamed_from(repo: Path) -> None:
    rename = ("--set", "services.acme-agent.service_name=acme-probe")
    found = json.loads(run("update", "--dry-run", "--json", *rename, cwd=repo).stdout)
    told = (
        "acme-agent goes and acme-probe comes; renamed_from: acme-agent carries its files and your edits over"
    )
    assert told in found["notes"]
    carried = (*rename, "--set", "services.acme-probe.renamed_from=acme-agent")
    assert told not in json.loads(run("update", "--dry-run", "--json", *carried, cwd=repo).stdout)["notes"]
