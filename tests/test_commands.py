"""Every command that writes first finishes what a killed one left; every other one changes nothing."""

from __future__ import annotations

import multiprocessing
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scaffold.answers import check, load
from scaffold.cli import main
from scaffold.commands.adopt import adopt
from scaffold.commands.update import Request, updated
from scaffold.pipeline import plan
from scaffold.project import create
from scaffold.scratch import scratch

from .killing import killed_in_the_middle, killed_when
from .upkeep import ANSWERS, STATE, files, made, run

NEXT = f"{STATE}/local/next"
# command -> arguments, run in the repository; exit code; what is said
WRITING = {
    "update": ("update", 0, "completed: update"),
    "add": ("add --set service_name=acme-sidecar", 0, "completed: update"),
    "remove": ("remove acme-exporter", 0, "completed: update"),
    "restore": ("restore Makefile", 0, "Makefile"),
    "undo": ("undo", 0, "note: completed: update"),
    "new": ("new --set service_name=acme-agent --defaults .", 1, "an interrupted run was completed: update"),
    "new --adopt": (
        "new --adopt --answers .vendor-scaffold/answers.yaml .",
        1,
        "an interrupted run was completed: update",
    ),
}
READING = {
    "status": ("status", 1, "interrupted"),
    "diff": ("diff", 1, "update was interrupted here"),
    "update --check": ("update --check", 1, "update was interrupted here"),
    "add --dry-run": ("add --set service_name=acme-sidecar -n", 1, "update was interrupted here"),
    "new --dry-run": ("new --defaults --set service_name=acme-x -n .", 1, "update was interrupted here"),
    "new --adopt --dry-run": (
        "new --adopt --defaults --set service_name=acme-x -n .",
        1,
        "update was interrupted here",
    ),
    "check": ("check", None, ""),
    "verify": ("verify --engine nothing", 2, ""),
    "catalogue": ("catalogue cinder", 0, ""),
    "schema": ("schema", 0, ""),
    "completion": ("completion bash", 0, "vendor-scaffold"),
}


def test_every_command_is_one_of_these() -> None:
    assert {name.split()[0] for name in (*WRITING, *READING)} == set(main.commands)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("fresh"))


@pytest.fixture(scope="module")
def killed(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = Path(shutil.copytree(fresh, tmp_path_factory.mktemp("killed") / "acme", symlinks=True))
    request = Request(settings=("services.acme-agent.step=5",))
    killed_in_the_middle(lambda root: updated(root, request), root, after=1)
    return root


@pytest.fixture
def half(killed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(killed, tmp_path / "acme", symlinks=True))


@pytest.mark.parametrize("command", WRITING)
def test_a_writing_command_finishes_what_was_killed(command: str, half: Path) -> None:
    arguments, code, told = WRITING[command]
    done = run(*arguments.split(), cwd=half)
    assert (done.returncode, told in done.stdout + done.stderr) == (code, True), done.stdout + done.stderr
    assert not (half / NEXT).exists()
    again = run("status", cwd=half)
    assert again.returncode == 0, again.stdout
    assert ("step_5" in (half / "docker/services/acme-agent.yaml").read_text()) == (command != "undo")


@pytest.mark.parametrize("command", READING)
def test_a_reading_command_changes_nothing(command: str, half: Path) -> None:
    arguments, code, told = READING[command]
    before, kept = files(half), sorted((half / NEXT).rglob("*"))
    done = run(*arguments.split(), cwd=half)
    assert code in (None, done.returncode), done.stderr
    assert told in done.stdout + done.stderr
    assert (files(half), sorted((half / NEXT).rglob("*"))) == (before, kept)


@pytest.mark.parametrize("after", [0, 5])
def test_a_killed_adoption_is_finished_by_the_next(after: int, tmp_path: Path) -> None:
    hand = tmp_path / "hand"
    hand.mkdir()
    (hand / "README.md").write_text("made by hand\n")
    (hand / "answers.yaml").write_text(ANSWERS)
    planned = plan(check(load(ANSWERS, "answers.yaml")))
    killed_in_the_middle(lambda root: adopt(planned, root, dry_run=False, as_json=False), hand, after=after)
    done = run("new", "--adopt", "--answers", "answers.yaml", ".", cwd=hand)
    assert done.returncode == 1
    assert "an interrupted run was completed: adopt" in done.stderr
    told = run("status", cwd=hand)
    assert (told.returncode, told.stdout.splitlines()[0]) == (0, "up-to-date: .")
    assert (hand / "README.md").read_text() == "made by hand\n"


def killed_new(place: Path, due: Callable[[str], bool]) -> None:
    planned = plan(check(load(ANSWERS, "answers.yaml")))
    assert killed_when(due, lambda root: create(root / "acme", planned.rendered | planned.state), place)


@pytest.mark.parametrize("at", [2, 9, 30])
def test_what_a_killed_new_left_is_cleared_by_the_next(at: int, tmp_path: Path) -> None:
    calls: list[str] = []

    def due(call: str) -> bool:
        calls.append(call)
        return len(calls) > at

    killed_new(tmp_path, due)
    assert len(list(tmp_path.iterdir())) == 1
    made(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["acme"]


def held(place: Path, begun: Any, ended: Any) -> None:
    with scratch(place, ".vendor-scaffold-new-") as stage:
        (stage / "file").write_text("at work")
        begun.set()
        ended.wait(60)
        (stage / "file").rename(place / "done")


def test_what_a_running_new_needs_is_left_alone(tmp_path: Path) -> None:
    begun, ended = multiprocessing.Event(), multiprocessing.Event()
    other = multiprocessing.Process(target=held, args=(tmp_path, begun, ended))
    other.start()
    assert begun.wait(60)
    made(tmp_path)
    ended.set()
    other.join()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["acme", "done"]


def test_only_what_new_itself_left_is_cleared(tmp_path: Path) -> None:
    (tmp_path / ".vendor-scaffold-new-notes").mkdir()
    (tmp_path / "mine").mkdir()
    (tmp_path / ".vendor-scaffold-new-abcdefgh").symlink_to("mine")
    (tmp_path / ".vendor-scaffold-new-ijklmnop").write_text("a file")
    made(tmp_path)
    assert len(list(tmp_path.iterdir())) == 5


def test_no_command_writes_by_another_way() -> None:
    """The parts of the sequence are for `transact` alone; what knows only that cannot forget one."""
    found = subprocess.run(
        ["grep", "-rnE", r"\b(recover|carry_out)\(|transaction\.lock import|import lock\b", "scaffold"],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    assert not [line for line in found if not line.startswith("scaffold/transaction/")]
