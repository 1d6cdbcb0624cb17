"""Where a vendor's repository lies, what git is set up to do there, and Ctrl-C at any moment of an update."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .upkeep import SERVICE, STATE, aged, edit, files, made, run

GIT = shutil.which("git") or ""


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of an older template with edits that take git to merge."""
    repo = made(tmp_path_factory.mktemp("fresh"))
    aged(repo, SERVICE, "restart: 'no'", "restart: always")
    edit(repo, SERVICE, "net: host", "net: bridge")
    return repo


def git(where: Path, *arguments: str) -> str:
    command = [GIT, "-c", "user.name=a", "-c", "user.email=a", "-c", "protocol.file.allow=always", *arguments]
    return subprocess.run(command, cwd=where, check=True, capture_output=True, text=True).stdout


def checkout(fresh: Path, place: Path) -> Path:
    repo = Path(shutil.copytree(fresh, place))
    git(repo, "init", "-q")
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "x")
    return repo


def no_git_at_all(fresh: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(fresh, tmp_path / "plain"))


def a_directory_of_a_monorepo(fresh: Path, tmp_path: Path) -> Path:
    checkout(fresh, tmp_path / "mono")
    return Path(shutil.copytree(fresh, tmp_path / "mono/vendors/acme agent"))


def a_worktree(fresh: Path, tmp_path: Path) -> Path:
    git(checkout(fresh, tmp_path / "main"), "worktree", "add", "-q", str(tmp_path / "tree"))
    return tmp_path / "tree"


def a_submodule(fresh: Path, tmp_path: Path) -> Path:
    (tmp_path / "super").mkdir()
    git(tmp_path / "super", "init", "-q")
    git(tmp_path / "super", "submodule", "add", "-q", str(checkout(fresh, tmp_path / "main")), "acme")
    return tmp_path / "super/acme"


def a_separate_git_directory(fresh: Path, tmp_path: Path) -> Path:
    repo = Path(shutil.copytree(fresh, tmp_path / "apart"))
    git(repo, "init", "-q", "--separate-git-dir", str(tmp_path / "apart.git"))
    return repo


def a_checkout_with_hooks_and_settings(fresh: Path, tmp_path: Path) -> Path:
    repo = checkout(fresh, tmp_path / "hooked")
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\nexit 1\n")
    trap.chmod(0o755)
    for hook in ("pre-commit", "post-checkout", "post-merge", "post-index-change", "reference-transaction"):
        shutil.copy(trap, repo / ".git/hooks" / hook)
    for setting, value in {
        "core.fsmonitor": str(trap),
        "core.autocrlf": "true",
        "core.fileMode": "false",
        "core.attributesFile": str(tmp_path / "attributes"),
        "commit.gpgsign": "true",
        "gpg.program": str(trap),
        "diff.external": str(trap),
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "diff.renames": "false",
        "merge.conflictStyle": "merge",
        "merge.default": "trap",
        "merge.trap.driver": str(trap),
    }.items():
        with (repo / ".git/config").open("a") as config:
            section, _, key = setting.rpartition(".")
            above, _, below = section.partition(".")
            config.write(f'[{above}{f" {chr(34)}{below}{chr(34)}" if below else ""}]\n{key} = "{value}"\n')
    (tmp_path / "attributes").write_text("* merge=trap diff=trap\n")
    return repo


PLACES = [
    no_git_at_all,
    a_directory_of_a_monorepo,
    a_worktree,
    a_submodule,
    a_separate_git_directory,
    a_checkout_with_hooks_and_settings,
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_wherever_the_repository_lies(
    place: Callable[[Path, Path], Path], fresh: Path, tmp_path: Path
) -> None:
    repo, log = place(fresh, tmp_path), tmp_path / "log"
    edit(repo, "README.md", "# Acme", "# Acme, not committed")
    before = files(repo)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git").write_text(f'#!/bin/sh\necho "$PWD $*" >> {log}\nexec {GIT} "$@"\n')
    (tmp_path / "bin/git").chmod(0o755)
    path = f"{tmp_path}/bin:{os.environ['PATH']}"

    done = run("update", cwd=repo, PATH=path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"M  {SERVICE}" in done.stdout
    text = (repo / SERVICE).read_text()
    assert "net: bridge" in text
    assert "restart: always" in text
    after = files(repo)
    git_files = {name: held for name, held in before.items() if name.split("/")[0] == ".git"}
    assert {name: held for name, held in after.items() if name.split("/")[0] == ".git"} == git_files
    assert run("undo", cwd=repo, PATH=path).returncode == 0
    assert files(repo) == before

    said = log.read_text()
    assert "merge-file" in said or "merge-tree" in said
    assert str(repo) not in said
    assert not (tmp_path / "sprung").exists()


INTERRUPTED = """
import signal, sys
at, *sys.argv = sys.argv[1:]
def profile(frame, event, argument):
    name = frame.f_code.co_name if event == "call" else getattr(argument, "__name__", "")
    where = frame.f_globals.get("__name__", "")
    if event in ("call", "c_call") and at in (f"{where}.{name}", f"{where.split('.')[0]}:{name}"):
        sys.setprofile(None)
        signal.raise_signal(signal.SIGINT)
from scaffold.cli import main
sys.setprofile(profile)
main()
"""
PHASES = {
    "scaffold.updating.applied.repository": "the state is read",
    "scaffold.answers.checking.check": "the answers are checked",
    "scaffold.render.sandbox.rendered": "the templates are rendered",
    "scaffold.merge.policy.merge": "the merge",
    "scaffold.merge.git.merged": "git is called",
    "scaffold.transaction.writing.carry_out": "the files are written",
    "scaffold.transaction.store._note": "they are staged",
    "scaffold.transaction.journal._placed": "the first is renamed",
    "scaffold.transaction.store.finish": "too late",
}


@pytest.mark.parametrize("at", PHASES, ids=PHASES.get)
def test_an_interrupt_leaves_all_or_nothing_and_says_so(at: str, fresh: Path, tmp_path: Path) -> None:
    repo = Path(shutil.copytree(fresh, tmp_path / "acme"))
    (tmp_path / "tmp").mkdir()
    before = files(repo)
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, at, "vendor-scaffold", "update", str(repo)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=os.environ | {"TMPDIR": str(tmp_path / "tmp")},
    )
    if PHASES[at] == "too late":
        assert (done.returncode, files(repo) != before) == (0, True)
    else:
        assert (done.returncode, done.stderr) == (130, "\nnothing was written\n")
        assert files(repo) == before
        assert not (repo / STATE / "local").exists()
    assert list((tmp_path / "tmp").iterdir()) == []


def begun(repos: list[Path], *options: str) -> subprocess.Popen[str]:
    """An update of many, when the first is done."""
    process = subprocess.Popen(
        [sys.executable, "-m", "scaffold", "update", *options, *map(str, repos)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline().startswith("updated")
    return process


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_of_many_tells_how_far_it_came(jobs: str, fresh: Path, tmp_path: Path) -> None:
    repos = [Path(shutil.copytree(fresh, tmp_path / f"{number}")) for number in range(12)]
    process = begun(repos, "--jobs", jobs)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate()
    assert process.returncode == 130
    finished = sum("restart: always" in (repo / SERVICE).read_text() for repo in repos)
    assert error == f"\n{finished} of 12 repositories were finished\n"
    assert 0 < finished < 12


def test_a_process_that_is_killed_stops_no_report(fresh: Path, tmp_path: Path) -> None:
    repos = [Path(shutil.copytree(fresh, tmp_path / f"{number}")) for number in range(12)]
    process = begun(repos)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(children[0]), signal.SIGKILL)
    output, error = process.communicate()
    assert process.returncode == 1
    assert "a process was killed" in output
    assert output.splitlines()[-1].startswith("12 repositories: ")
    assert error == ""


def test_a_question_that_is_new_in_this_version(fresh: Path, tmp_path: Path) -> None:
    repo = Path(shutil.copytree(fresh, tmp_path / "acme"))
    state = json.loads((repo / STATE / "state.json").read_text())
    state["questions"].remove(".step")
    (repo / STATE / "state.json").write_text(json.dumps(state))
    said = json.loads(run("status", "--json", cwd=repo).stdout)["notes"]
    assert [note for note in said if not note.startswith("templates ")] == [
        "new question: services.acme-exporter.step; its default is used: 4"
    ]


def test_names_and_answers_of_any_kind_can_be_printed(fresh: Path, tmp_path: Path) -> None:
    """Under a locale that knows only ASCII, and with a name that would colour the terminal."""
    repo = Path(shutil.copytree(fresh, tmp_path / "acme"))
    (repo / "docker/services").rename(repo / "docker/s\udcff\n\x1b[31m")
    edit(repo, f"{STATE}/answers.yaml", "vendor: Acme", "vendor: Äcme")
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    told = json.loads(run("status", "--json", cwd=repo, **ascii_only).stdout)
    assert told["answers"][0]["new"] == "Äcme"
    assert "vendor: Acme -> Äcme" in run("status", cwd=repo, **ascii_only).stdout
    done = run("update", "--dry-run", cwd=repo, **ascii_only)
    assert "docker/s\\udcff\\n\\x1b[31m/acme-agent.yaml" in done.stdout
    path = json.loads(run("update", "--json", cwd=repo, **ascii_only).stdout)["files"][-1]["path"]
    assert path == "docker/s\udcff\n\x1b[31m/acme-agent.yaml"


def test_an_output_that_cannot_be_written(fresh: Path, tmp_path: Path) -> None:
    repo = Path(shutil.copytree(fresh, tmp_path / "acme"))
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "scaffold", "diff", str(repo)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert (done.returncode, done.stderr) == (
        1,
        "error: the output cannot be written: No space left on device\n",
    )


def test_from_a_directory_that_is_gone(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    command = f"cd {tmp_path}/gone && rmdir ../gone && exec {sys.executable} -m scaffold update"
    done = subprocess.run(
        command, shell=True, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(Path.cwd())}
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: the current directory no longer exists\nhint: ")
