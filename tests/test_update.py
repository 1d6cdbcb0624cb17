"""`vendor-scaffold update`: what a vendor's repository goes through in two years."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from .upkeep import ANSWERS, OTHER, SERVICE, STATE, aged, edit, files, made, run


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("fresh"))


@pytest.fixture
def repo(fresh: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(fresh, tmp_path / "acme", symlinks=True))


def test_nothing_to_do_writes_nothing(repo: Path) -> None:
    before = files(repo)
    done = run("update", cwd=repo)
    assert (done.returncode, done.stdout) == (0, "up-to-date: .\n")
    assert files(repo) == before


def test_disjoint_edits_of_both_sides_are_merged(repo: Path) -> None:
    aged(repo, SERVICE, "restart: 'no'", "restart: always")
    edit(repo, SERVICE, "description: >", "description: >  # ours")
    done = run("update", cwd=repo)
    assert done.returncode == 0, done.stderr
    text = (repo / SERVICE).read_text()
    assert "description: >  # ours" in text
    assert "restart: always" in text
    assert run("update", "--check", cwd=repo).returncode == 0


def test_both_changed_one_line(repo: Path) -> None:
    aged(repo, SERVICE, "net: none", "net: host")
    aged(repo, "README.md", "# Acme, long ago", "# Acme")
    edit(repo, SERVICE, "net: none", "net: bridge")
    assert run("update", "--check", cwd=repo).returncode == 4
    untouched = files(repo)
    aborted = run("update", "--on-conflict", "abort", cwd=repo)
    assert (aborted.returncode, files(repo)) == (4, untouched)

    done = run("update", cwd=repo)
    assert done.returncode == 3
    text = (repo / SERVICE).read_text()
    line = text[: text.index("<<<<<<< yours")].count("\n") + 1
    assert f"{SERVICE}:{line}" in done.stdout
    assert "||||||| pristine" in text
    assert ">>>>>>> template 0.1.0" in text
    assert "# Acme, long ago" not in (repo / "README.md").read_text()

    again = run("update", cwd=repo)
    assert again.returncode == 3
    assert f"{SERVICE}:{line}" in again.stdout + again.stderr
    assert json.loads(run("status", "--json", cwd=repo).stdout)["state"] == "unresolved"

    mine = (
        text[: text.index("<<<<<<<")]
        + "            net: bridge\n"
        + text[text.index(">>>>>>>") :].split("\n", 1)[1]
    )
    (repo / SERVICE).write_text(mine)
    assert run("update", cwd=repo).stdout.startswith("up-to-date")
    assert run("status", cwd=repo).returncode == 0


def test_undo_takes_an_update_back_byte_for_byte(repo: Path) -> None:
    aged(repo, SERVICE, "net: none", "net: host")
    aged(repo, "Makefile", None)
    edit(repo, SERVICE, "net: none", "net: bridge")
    before = files(repo)
    assert run("update", cwd=repo).returncode == 3
    assert (repo / "Makefile").exists()
    assert run("undo", cwd=repo).returncode == 0
    assert files(repo) == before
    assert run("undo", cwd=repo).returncode == 1


def test_a_deleted_file_stays_deleted_until_it_is_restored(repo: Path) -> None:
    aged(repo, OTHER, "net: none", "net: host")
    (repo / OTHER).unlink()
    done = run("update", cwd=repo)
    assert done.returncode == 0
    assert OTHER in done.stdout
    assert not (repo / OTHER).exists()
    assert run("restore", OTHER, cwd=repo).returncode == 0
    assert "net: host" in (repo / OTHER).read_text()


def test_a_file_that_the_template_dropped(repo: Path) -> None:
    aged(repo, "notes.txt", "old notes\n")
    aged(repo, "hints/edited.txt", "old hints\n")
    edit(repo, "hints/edited.txt", "old", "my")
    done = run("update", cwd=repo)
    assert done.returncode == 0
    assert "hints/edited.txt  kept: edited, the template no longer has it" in done.stdout
    assert not (repo / "notes.txt").exists()
    assert (repo / "hints/edited.txt").read_text() == "my hints\n"
    assert run("update", cwd=repo).returncode == 0


def test_an_answer_changes_and_its_comments_stay(repo: Path) -> None:
    (repo / STATE / "answers.yaml").write_text(ANSWERS)
    edit(repo, SERVICE, "description: >", "description: >  # ours")
    done = run("update", "--set", "services.acme-agent.step=5", "--json", cwd=repo)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert {"path": "services.acme-agent.step", "old": 3, "new": 5} in report["answers"]
    assert (repo / STATE / "answers.yaml").read_text() == ANSWERS.replace("step: 3", "step: 5")
    assert "step_5" in (repo / SERVICE).read_text()
    assert "# ours" in (repo / SERVICE).read_text()


def test_answers_edited_by_hand_are_the_target(repo: Path) -> None:
    edit(repo, f"{STATE}/answers.yaml", "step: 3", "step: 2")
    told = json.loads(run("status", "--json", cwd=repo).stdout)
    assert told["state"] == "update-available"
    assert [one["path"] for one in told["answers"]] == ["services.acme-agent.step"]
    assert run("update", cwd=repo).returncode == 0
    assert "step_2" in (repo / SERVICE).read_text()


def test_another_answers_file_replaces_the_target(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text(ANSWERS.replace("step: 3", "step: 1").replace("vendor: Acme\n", ""))
    done = run("update", "--answers", tmp_path / "other.yaml", "--set", "ci=[zuul]", cwd=repo)
    assert done.returncode == 0, done.stderr
    assert "services.acme-agent.step: 3 -> 1" in done.stdout
    assert "vendor: Acme (gone)" in done.stdout
    assert (repo / ".zuul.yaml").exists()
    assert run("undo", cwd=repo).returncode == 0
    assert "step: 3" in (repo / STATE / "answers.yaml").read_text()


def test_questions_that_are_new_in_this_version(repo: Path) -> None:
    state = repo / STATE / "state.json"
    said = json.loads(state.read_text())
    said["questions"] = [key for key in said["questions"] if key not in (".step", "release")]
    state.write_text(json.dumps(said))
    aged(repo, SERVICE, "net: none", "net: host")
    told = json.loads(run("status", "--json", cwd=repo).stdout)
    new = [note for note in told["notes"] if note.startswith("new question")]
    assert new == ["new question: services.acme-exporter.step; its default is used: 4"]
    assert new[0] in run("update", cwd=repo).stdout
    assert "new question" not in run("update", "--set", "ci=gitlab", cwd=repo).stdout


def test_wrong_answers_are_refused_with_their_place(repo: Path) -> None:
    edit(repo, f"{STATE}/answers.yaml", "step: 3", "step: 9")
    before = files(repo)
    done = run("update", cwd=repo)
    assert done.returncode == 2
    assert ".vendor-scaffold/answers.yaml:" in done.stderr
    assert "services[0].step: must be 1 to 5, not 9" in done.stderr
    assert files(repo) == before


def test_keep_names_files_that_the_vendor_owns(repo: Path) -> None:
    aged(repo, "Makefile", "# old head", '# "make')
    edit(repo, "Makefile", "# old head", "# my head")
    done = run("update", "--set", "keep=[Makefile]", cwd=repo)
    assert done.returncode == 0, done.stdout
    assert (repo / "Makefile").read_text().startswith("# my head")
    (repo / "Makefile").unlink()
    assert run("update", cwd=repo).returncode == 0


def test_a_dry_run_shows_the_plan_and_writes_nothing(repo: Path) -> None:
    aged(repo, SERVICE, "net: none", "net: host")
    before = files(repo)
    done = run("update", "--dry-run", cwd=repo)
    assert done.returncode == 0
    assert SERVICE in done.stdout
    assert files(repo) == before


def test_what_an_update_would_do_as_a_diff(repo: Path, tmp_path: Path) -> None:
    aged(repo, SERVICE, "net: none", "net: host")
    edit(repo, SERVICE, "description: >", "description: >  # ours")
    edit(repo, f"{STATE}/answers.yaml", "vendor: Acme", "vendor: Acme & Sons")
    shown = run("diff", "--update", cwd=repo).stdout
    assert "-            net: none\n+            net: host\n" in shown
    assert f"{STATE}/" not in shown
    copy = Path(shutil.copytree(repo, tmp_path / "copy"))
    subprocess.run(["git", "apply", "-"], input=shown, text=True, cwd=copy, check=True)
    assert run("update", cwd=repo).returncode == 0
    assert {path: file for path, file in files(repo).items() if not path.startswith(STATE)} == {
        path: file for path, file in files(copy).items() if not path.startswith(STATE)
    }


def test_status_says_why_an_update_waits(repo: Path) -> None:
    aged(repo, SERVICE, "net: none", "net: host")
    edit(repo, f"{STATE}/answers.yaml", "    step: 3\n", "")
    told = run("status", cwd=repo).stdout.splitlines()
    assert told[1] == "template 0.0.9 -> 0.1.0"
    assert told[2] == "answer services.acme-agent.step: 3 (gone)"
    changes = [line for line in told if line.startswith("templates 0.1.0: ")]
    assert changes[0].startswith("templates 0.1.0: services with and without containers")
    assert len(changes) > 10  # a line for each
    assert told[3 : 3 + len(changes)] == changes
    notes = json.loads(run("update", "--check", "--json", cwd=repo).stdout)["notes"]
    assert notes == changes


def test_the_diff_of_the_vendor_applies_with_git(repo: Path, tmp_path: Path) -> None:
    edit(repo, SERVICE, "net: host", "net: none")
    (repo / "README.md").unlink()
    shown = run("diff", cwd=repo).stdout
    subprocess.run(["git", "apply", "--reverse", "-"], input=shown, text=True, cwd=repo, check=True)
    assert run("diff", cwd=repo).stdout == ""


def test_add_and_remove_a_service(repo: Path) -> None:
    edit(repo, "README.md", "## Deploy", "## How we deploy")
    done = run("add", "--set", "service_name=acme-sidecar", "--set", "step=5", cwd=repo)
    assert done.returncode == 0, done.stderr
    assert (repo / "containers/acme-sidecar/Dockerfile").exists()
    assert "AcmeSidecar" in next((repo / "environments").iterdir()).read_text()
    assert "## How we deploy" in (repo / "README.md").read_text()
    edit(repo, "containers/acme-exporter/Dockerfile", "FROM", "# mine\nFROM")
    done = run("remove", "acme-exporter", cwd=repo)
    assert done.returncode == 0
    assert "containers/acme-exporter/Dockerfile" in done.stdout
    assert not (repo / OTHER).exists()
    assert "# mine" in (repo / "containers/acme-exporter/Dockerfile").read_text()
    assert run("update", cwd=repo).returncode == 0


@pytest.mark.parametrize("how", ["text", "json", "abort", "many"])
def test_an_edited_file_that_the_template_drops_is_kept_and_listed(how: str, repo: Path) -> None:
    dockerfile = "containers/acme-exporter/Dockerfile"
    edit(repo, dockerfile, "FROM", "# mine\nFROM")
    if how in ("text", "json"):
        done = run("remove", "acme-exporter", *(["--json"] if how == "json" else []), cwd=repo)
    else:
        answers = repo / STATE / "answers.yaml"
        answers.write_text(answers.read_text().partition("  - service_name: acme-exporter\n")[0])
        told = json.loads(run("status", "--json", cwd=repo).stdout)
        assert told["state"] == "update-available"
        many = ("--on-conflict", "abort") if how == "abort" else (repo, "docker")
        done = run("update", *many, cwd=repo)
    assert (done.returncode, done.stderr.replace("up", "")) == (0, "")
    kept = "kept: edited, the template no longer has it"
    if how == "json":
        (file,) = (one for one in json.loads(done.stdout)["files"] if one["path"] == dockerfile)
        assert (file["change"], f"kept: {file['note']}") == ("kept", kept)
        assert json.loads(done.stdout)["state"] == "updated"
    elif how == "many":
        assert f"; kept {dockerfile}" in done.stdout
    else:
        (line,) = (line for line in done.stdout.splitlines() if dockerfile in line)
        assert line.endswith(kept)
    assert (repo / dockerfile).exists()
    assert run("status", cwd=repo).stdout.startswith("up-to-date")


def test_a_service_that_changes_its_name_keeps_its_edits(repo: Path) -> None:
    edit(repo, SERVICE, "net: host", "net: none")
    answers = repo / STATE / "answers.yaml"
    answers.write_text(
        answers.read_text().replace("acme-agent\n", "acme-daemon\n    renamed_from: acme-agent\n", 1)
    )
    done = run("update", cwd=repo)
    assert done.returncode == 0, done.stdout
    assert not (repo / SERVICE).exists()
    assert "net: none" in (repo / "docker/services/acme-daemon.yaml").read_text()
    assert not (repo / "containers/acme-agent").exists()


def test_a_new_name_that_a_file_of_the_vendor_has_already(repo: Path) -> None:
    old, new = "containers/acme-agent/Dockerfile", "containers/acme-daemon/Dockerfile"
    (repo / new).parent.mkdir()
    (repo / new).write_text("FROM mine\n")
    edit(repo, old, "FROM", "# ours\nFROM")
    edit(repo, "README.md", "## Deploy", "## How we deploy")
    edit(repo, f"{STATE}/answers.yaml", "acme-agent\n", "acme-daemon\n    renamed_from: acme-agent\n")
    edit(repo, f"{STATE}/answers.yaml", "services:", "keep: [README.md]\nservices:")
    kept = (repo / "README.md").read_bytes()
    done = run("update", cwd=repo)
    assert done.returncode == 3
    assert "# ours" in (repo / old).read_text()
    assert "FROM mine" in (repo / new).read_text()
    assert f"C  {new}" in done.stdout
    assert [line.split()[:2] for line in done.stdout.splitlines() if old in line] == [[old, "kept:"]]
    assert "R  docker/services/acme-daemon.yaml" in done.stdout
    assert "from docker/services/acme-agent.yaml" in done.stdout
    assert (repo / "README.md").read_bytes() == kept


def test_a_new_service_takes_the_name_that_another_gave_up(repo: Path) -> None:
    edit(repo, SERVICE, "net: host", "net: none")
    again = "acme-daemon\n    renamed_from: acme-agent\n"
    edit(repo, f"{STATE}/answers.yaml", "acme-agent\n", again)
    edit(repo, f"{STATE}/answers.yaml", "acme-exporter\n", "acme-exporter\n  - service_name: acme-agent\n")
    assert run("update", cwd=repo).returncode == 0
    assert "net: none" in (repo / "docker/services/acme-daemon.yaml").read_text()
    assert "net: host" in (repo / SERVICE).read_text()
    told = json.loads(run("status", "--json", cwd=repo).stdout)
    assert [one["path"] for one in told["files"]] == ["docker/services/acme-daemon.yaml"]


def test_a_removed_and_an_added_service_never_trade_edits(repo: Path) -> None:
    edit(repo, SERVICE, "net: host", "net: none")
    answers = repo / STATE / "answers.yaml"
    answers.write_text(answers.read_text().replace("acme-agent\n", "acme-daemon\n", 1))
    done = run("update", cwd=repo)
    assert done.returncode == 0
    assert any(line.split()[:2] == [SERVICE, "kept:"] for line in done.stdout.splitlines())
    assert "net: none" not in (repo / "docker/services/acme-daemon.yaml").read_text()
    assert "net: none" in (repo / SERVICE).read_text()


def test_not_a_vendor_repository(tmp_path: Path) -> None:
    done = run("update", cwd=tmp_path)
    assert done.returncode == 1
    assert "--adopt" in done.stderr


@pytest.mark.parametrize("where", ["docker/services", ".vendor-scaffold"])
def test_from_inside_the_repository(repo: Path, where: str) -> None:
    assert run("status", cwd=repo / where).returncode == 0


def test_a_failure_is_an_object_too(repo: Path) -> None:
    (repo / STATE / "answers.yaml").write_text("services: 3\n")
    for command in ("update", "status"):
        done = run(command, "--json", cwd=repo)
        assert (done.returncode, json.loads(done.stdout)["state"]) == (2, "failed")
        assert f"error: {json.loads(done.stdout)['error']}\n" in done.stderr


@pytest.mark.parametrize(
    "command",
    ["check nowhere", "remove nobody", "restore nothing", "catalogue --release never", "verify --engine no"],
)
def test_what_the_command_line_names_must_be_there(command: str, repo: Path) -> None:
    assert run(*command.split(), cwd=repo).returncode == 2


def test_two_branches_that_both_updated(repo: Path) -> None:
    pristine = repo / STATE / "pristine.json"
    good = pristine.read_text()
    pristine.write_text(good.replace("net: host", "net: none"))
    assert run("update", cwd=repo).returncode == 0, "this version can render it again"
    pristine.write_text(good.replace("net: host", "net: none"))
    edit(repo, f"{STATE}/state.json", '"template_version": "0.1.0"', '"template_version": "0.0.1"')
    done = run("update", cwd=repo)
    assert done.returncode == 1
    assert "pristine.json" in done.stderr


def test_lost_answers_come_back(repo: Path) -> None:
    answers = repo / STATE / "answers.yaml"
    before = answers.read_text()
    answers.unlink()
    done = run("update", cwd=repo)
    assert done.returncode == 1
    assert "restore" in done.stderr
    assert run("restore", f"{STATE}/answers.yaml", cwd=repo).returncode == 0
    assert answers.read_text() == before


def test_a_newer_tool_made_it(repo: Path) -> None:
    aged(repo, SERVICE, "net: none", "net: host", version="99.0")
    done = run("update", cwd=repo)
    assert done.returncode == 1
    assert "99.0" in done.stderr
    assert run("update", "--allow-downgrade", cwd=repo).returncode == 0


def test_many_repositories(repo: Path, tmp_path: Path) -> None:
    for name in ("b", "c", "d"):
        shutil.copytree(repo, tmp_path / name)
    aged(tmp_path / "b", SERVICE, "net: none", "net: host")
    aged(tmp_path / "c", SERVICE, "net: none", "net: host")
    edit(tmp_path / "c", SERVICE, "net: none", "net: bridge")
    (tmp_path / "d" / STATE / "state.json").write_text("{}")
    (tmp_path / "list").write_text("# ours\nacme\nb\nb/../acme\nc\nd\n")
    done = run("update", "--from-file", "list", "--jobs", 2, "--json", cwd=tmp_path)
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["summary"] == {"up-to-date": 1, "updated": 1, "failed": 1, "conflicts": 1}
    assert [one["repository"] for one in report["repositories"]] == ["acme", "b", "c", "d"]


def test_adopt_a_repository_made_by_hand(tmp_path: Path) -> None:
    (tmp_path / "hand").mkdir()
    (tmp_path / "hand/README.md").write_text("# By hand\n")
    (tmp_path / "hand/answers.yaml").write_text(ANSWERS)
    done = run("new", "--adopt", "--answers", "hand/answers.yaml", "hand", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "hand/README.md").read_text() == "# By hand\n"
    assert (tmp_path / "hand" / SERVICE).exists()
    told = json.loads(run("status", "--json", cwd=tmp_path / "hand").stdout)
    assert [(one["path"], one["yours"]) for one in told["files"]] == [("README.md", "M")]
    again = run("new", "--adopt", "--answers", "hand/answers.yaml", "hand", cwd=tmp_path)
    assert (again.returncode, "update" in again.stderr) == (1, True)
