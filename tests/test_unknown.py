"""What our own files say and this version does not understand: it stops, and every copy is kept."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from scaffold.cli import main
from scaffold.commands.update import Request, updated
from scaffold.transaction.journal import sealed

from .killing import killed_in_the_middle
from .upkeep import SERVICE, STATE, edit, files, made, run

NEXT = f"{STATE}/local/next"
ANOTHER = "made by another version"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("fresh"))


@pytest.fixture
def repo(fresh: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(fresh, tmp_path / "acme", symlinks=True))


@pytest.fixture(scope="module")
def killed(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose update was killed when four files had been renamed into place."""
    root = Path(shutil.copytree(fresh, tmp_path_factory.mktemp("killed") / "acme", symlinks=True))
    request = Request(settings=("release=train",), allow_downgrade=True)
    before = files(root)
    killed_in_the_middle(lambda root: updated(root, request), root)
    assert len([path for path, file in before.items() if files(root).get(path) != file]) == 4
    return root


@pytest.fixture
def half(killed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(killed, tmp_path / "acme", symlinks=True))


def everything(root: Path) -> dict[str, bytes]:
    """Each file, of local/ too, but what a lock makes and removes; of a huge one its size."""
    return {
        path.relative_to(root).as_posix(): b"%d %d " % (found.st_mode, found.st_size) + _said(path, found)
        for path in root.rglob("*")
        if path.name not in ("lock", ".gitignore") and not stat.S_ISDIR((found := path.lstat()).st_mode)
    }


def _said(path: Path, found: os.stat_result) -> bytes:
    return path.read_bytes() if stat.S_ISREG(found.st_mode) and found.st_size < 1 << 30 else b""


def said(command: str, root: Path) -> tuple[int, str, str]:
    """The exit code, output and errors of COMMAND on ROOT, run in this process."""
    done = CliRunner().invoke(main, [*command.split(), str(root)])
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    return done.exit_code, done.stdout, done.stderr


def refused(root: Path, *told: str, commands: tuple[str, ...] = ("update", "undo", "status")) -> None:
    """Each of COMMANDS says what is TOLD in one line with a way out, and changes nothing."""
    before = everything(root)
    for command in commands:
        code, _, errors = said(command, root)
        assert code == 1, (command, errors)
        assert all(one in errors for one in told), errors
        assert [line.partition(":")[0] for line in errors.splitlines()] == ["error", "hint"]
        assert everything(root) == before, command


def journal(root: Path, **change: Any) -> dict[str, Any]:
    """Change it as one who can compute its digest too."""
    path = root / NEXT / "journal.json"
    found: dict[str, Any] = json.loads(path.read_text()) | change
    path.write_bytes(sealed(found))
    return found


def step(root: Path, number: int = 0, side: str = "new", **change: Any) -> None:
    found = journal(root)
    one = next(step for step in found["steps"][number:] if step[side])
    one[side] |= change
    journal(root, steps=found["steps"])


def test_a_killed_update_is_completed(half: Path) -> None:
    code, told, errors = said("update", half)
    assert (code, "completed: update" in told) == (0, True), errors


def test_a_killed_update_of_a_file_that_the_vendor_renamed_is_completed_and_undone(
    fresh: Path, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(fresh, tmp_path / "acme", symlinks=True))
    (root / "README.md").rename(root / "GUIDE.md")
    before = files(root)
    request = Request(settings=("release=train",), allow_downgrade=True)
    killed_in_the_middle(lambda root: updated(root, request), root, after=1)
    code, told, errors = said("update", root)
    assert (code, "completed: update" in told) == (0, True), errors
    assert files(root)["GUIDE.md"] != before["GUIDE.md"]
    assert said("undo", root)[0] == 0
    assert files(root) == before


def first_path(root: Path, path: str) -> None:
    found = journal(root)
    found["steps"][0]["path"] = path
    journal(root, steps=found["steps"])


WAITING: dict[str, tuple[Callable[[Path], object], str]] = {
    "a key of a newer version": (lambda root: journal(root, durable=True), ANOTHER),
    "a newer version": (lambda root: journal(root, schema=2), ANOTHER),
    "a file of a newer version": (lambda root: (root / NEXT / "plan.json").write_text("{}"), ANOTHER),
    "a version that is none": (lambda root: journal(root, schema=True), ANOTHER),
    "a mode that is text": (lambda root: step(root, mode="x"), "damaged"),
    "no mode": (lambda root: step(root, mode=None), "damaged"),
    "a mode beyond all": (lambda root: step(root, mode=2**70), "damaged"),
    "no hash": (lambda root: step(root, sha256="0" * 63), "damaged"),
    "a hash in capitals": (lambda root: step(root, sha256="A" * 64), "damaged"),
    "a link that is text": (lambda root: step(root, link="no"), "damaged"),
    "a key of a version": (lambda root: step(root, owner=3), ANOTHER),
    "directories as a list": (lambda root: journal(root, made=["docs"]), "damaged"),
    "directories as text": (lambda root: journal(root, gone="docs"), "damaged"),
    "a directory's mode as text": (lambda root: journal(root, made={"docker": "x"}), "damaged"),
    "a directory's mode beyond all": (lambda root: journal(root, made={"docker": 2**70}), "damaged"),
    "a directory of nothing": (lambda root: journal(root, made={"src": 0o777}), "damaged"),
    "no steps": (lambda root: journal(root, steps=None), "damaged"),
    "a title of no text": (lambda root: journal(root, title=3), "damaged"),
    "a path outside": (lambda root: first_path(root, "../x"), "damaged"),
    "a path of git": (lambda root: first_path(root, "sub/.git/config"), "damaged"),
    "a path that no system has": (lambda root: first_path(root, "a\ud800b"), "damaged"),
    "a path twice": (lambda root: journal(root, steps=journal(root)["steps"] * 2), "damaged"),
    "not whole": (lambda root: os.truncate(root / NEXT / "journal.json", 400), "damaged"),
    "no text": (lambda root: (root / NEXT / "journal.json").write_bytes(b"\xff\xfe"), "damaged"),
    "deep": (lambda root: (root / NEXT / "journal.json").write_text("[" * 200_000), "damaged"),
    "a number without end": (lambda root: (root / NEXT / "journal.json").write_text("9" * 5_000), "damaged"),
    "sparse": (lambda root: os.truncate(root / NEXT / "journal.json", 20 << 30), "too large"),
    "sparse title": (lambda root: os.truncate(root / NEXT / "title", 20 << 30), "too large"),
    "other contents to come": (lambda root: spoilt(root, "new"), "damaged"),
    "other contents kept": (lambda root: spoilt(root, "old"), "damaged"),
}


def spoilt(root: Path, side: str) -> None:
    """A file of the store that is still needed says something else."""
    steps = journal(root)["steps"]
    for number, one in enumerate(steps):
        there = root / one["path"]
        if one["old"] and one["new"] and hashed(there) == one["old"]["sha256"]:
            (root / NEXT / side / str(number)).unlink()
            (root / NEXT / side / str(number)).write_text("spoilt")
            return
    raise AssertionError("nothing waits")


def hashed(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


@pytest.mark.parametrize("odd", WAITING)
def test_a_run_that_waits_and_is_not_understood_is_kept(odd: str, half: Path) -> None:
    change, told = WAITING[odd]
    change(half)
    refused(half, told, commands=("update", "undo"))


def test_a_journal_of_the_first_version_is_read(half: Path) -> None:
    found = journal(half)
    del found["schema"], found["digest"]
    (half / NEXT / "journal.json").write_text(json.dumps(found))
    assert "completed: update" in said("update", half)[1]


def test_a_journal_of_this_version_has_its_digest(half: Path) -> None:
    found = journal(half)
    for digest in (None, "0" * 64):
        (half / NEXT / "journal.json").write_text(json.dumps(found | {"digest": digest}))
        refused(half, "damaged", "digest", commands=("update", "undo"))
    del found["digest"]
    (half / NEXT / "journal.json").write_text(json.dumps(found))
    refused(half, "damaged", "digest", commands=("update", "undo"))


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("last", [False, True])
def test_a_journal_never_removes_what_was_not_ours(kept: bool, last: bool, half: Path) -> None:
    """Neither by recovery nor by undo, whatever hash it names and whatever copies lie beside it."""
    if last:
        assert said("update", half)[0] == 0
    store = half / STATE / "local" / ("last" if last else "next")
    source = half / "src.c"
    source.write_text("int main;\n")
    found = json.loads((store / "journal.json").read_text())
    version = {"sha256": hashed(source), "mode": 0o644, "link": False}
    number = len(found["steps"])
    sides = {"old": None, "new": version} if last else {"old": version, "new": None}
    forged = found | {"steps": [*found["steps"], {"path": "src.c"} | sides]}
    (store / "journal.json").write_bytes(sealed(forged))
    if kept:
        os.link(source, store / ("new" if last else "old") / str(number))
        source.unlink()
        source.write_text("int main;\n")
    refused(half, "damaged", commands=("undo",) if last else ("update", "undo"))
    assert source.exists()


@pytest.mark.parametrize("last", [False, True])
def test_a_journal_never_overwrites_what_was_not_ours(last: bool, half: Path) -> None:
    """Also where both its versions are in the store, and are what it says."""
    if last:
        assert said("update", half)[0] == 0
    store = half / STATE / "local" / ("last" if last else "next")
    found = json.loads((store / "journal.json").read_text())
    number = str(len(found["steps"]))
    (half / "src.c").write_text("int main;\n")
    sides = {}
    for side, text in (("old", "int main;\n"), ("new", "evil\n")):
        (store / side / number).write_text("evil\n" if last and side == "old" else text)
        there = hashed(store / side / number)
        sides[side] = {"sha256": there, "mode": 0o644, "link": False}
    if last:  # it says that the vendor's file is what the run put there
        sides["new"] = {"sha256": hashed(half / "src.c"), "mode": 0o644, "link": False}
    forged = found | {"steps": [*found["steps"], {"path": "src.c"} | sides]}
    (store / "journal.json").write_bytes(sealed(forged))
    (half / ".yamllint").unlink()  # so the vendor may have renamed it
    refused(half, "src.c was never managed", commands=("undo",) if last else ("update", "undo"))
    assert (half / "src.c").read_text() == "int main;\n"


def stated(**change: Any) -> Callable[[Path], object]:
    def changed(repo: Path) -> object:
        path = repo / STATE / "state.json"
        return path.write_text(json.dumps(json.loads(path.read_text()) | change))

    return changed


def pristine(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], object]:
    """Change pristine.json, and have the state name what it then is."""

    def changed(repo: Path) -> object:
        path = repo / STATE / "pristine.json"
        found = json.loads(path.read_text())
        change(found)
        return path.write_text(json.dumps(found))

    return changed


ODD: dict[str, tuple[Callable[[Path], object], str]] = {
    "defaults of no kind": (stated(defaults=None), "damaged"),
    "questions of no kind": (stated(questions=None), "damaged"),
    "defaults that are deep": (stated(defaults={"a": {"b": 1}}), "damaged"),
    "a version without end": (stated(template_version="9" * 5_000), "damaged"),
    "a version of odd digits": (stated(template_version="1.²"), "damaged"),
    "a version that a shell runs": (stated(tool_version="0.1.0$(touch x)"), "damaged"),
    "no version": (stated(tool_version=None), "damaged"),
    "no hash": (stated(pristine_sha256="abc"), "damaged"),
    "conflicts elsewhere": (stated(conflicts={"../x": ""}), "damaged"),
    "conflicts of git": (stated(conflicts={"x": ".git/config"}), "damaged"),
    "answers of no text": (stated(answers=["vendor: \ud800"]), "damaged"),
    "a key of a newer version": (stated(signature="x"), ANOTHER),
    "a newer version": (stated(schema=2), ANOTHER),
    "a version that is none": (stated(schema=True), ANOTHER),
    "deep": (lambda repo: (repo / STATE / "state.json").write_text("[" * 200_000), "holds no state"),
    "sparse": (lambda repo: os.truncate(repo / STATE / "state.json", 20 << 30), "too large"),
    "sparse answers": (lambda repo: os.truncate(repo / STATE / "answers.yaml", 20 << 30), "too large"),
    "sparse pristine": (lambda repo: os.truncate(repo / STATE / "pristine.json", 20 << 30), "too large"),
    "pristine of a newer version": (pristine(lambda found: found.update(schema=2)), ANOTHER),
    "pristine with a key of a newer version": (pristine(lambda found: found.update(more=2)), ANOTHER),
    "a newer file of pristine": (
        pristine(lambda found: found["files"]["README.md"].update(owner="x")),
        ANOTHER,
    ),
}


@pytest.mark.parametrize("odd", ODD)
def test_a_state_that_is_not_understood(odd: str, repo: Path) -> None:
    change, told = ODD[odd]
    change(repo)
    refused(repo, told, commands=("update", "status"))


@pytest.mark.parametrize("text", ["[" * 200_000, "9" * 5_000, "[]", '{"a": 1}', "{", ""])
def test_a_damaged_pristine_is_rendered_again(text: str, repo: Path) -> None:
    good = (repo / STATE / "pristine.json").read_bytes()
    (repo / STATE / "pristine.json").write_text(text)
    code, told, errors = said("update", repo)
    assert (code, "is rendered again" in told) == (0, True), errors
    assert (repo / STATE / "pristine.json").read_bytes() == good


def test_a_pristine_of_the_first_version_is_read_and_stays(repo: Path) -> None:
    path = repo / STATE / "pristine.json"
    path.write_text(json.dumps(json.loads(path.read_text())["files"], indent=1, ensure_ascii=False) + "\n")
    before = files(repo)
    assert said("update", repo)[1].startswith("up-to-date")
    assert files(repo) == before


def test_a_managed_file_that_is_far_too_large(repo: Path) -> None:
    os.truncate(repo / "Makefile", 20 << 30)
    for command in ("update", "status", "diff"):
        code, _, errors = said(command, repo)
        assert (code, "Makefile: File too large" in errors) == (1, True), errors


def pipe(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def unix_socket(path: Path) -> None:
    path.unlink(missing_ok=True)
    here = os.open(path.parent, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(f"/proc/self/fd/{here}/{path.name}")
    os.close(here)


def linked(path: Path) -> None:
    other = path.parent.parent / "other"
    if path.exists():
        path.rename(other)
    else:
        other.write_text("mine\n")
    path.symlink_to(other)


def linked_twice(path: Path) -> None:
    if not path.exists():
        path.write_text("")
    (path.parent.parent / "other").hardlink_to(path)


def of_another(path: Path) -> None:
    path.touch()
    if os.geteuid():
        pytest.skip("only root can give a file away")
    os.chown(path, 4711, 4711)


def directory(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


PLACES = {
    "pipe": (pipe, "is a pipe"),
    "socket": (unix_socket, "is a socket"),
    "link": (linked, "is a symbolic link"),
    "hard link": (linked_twice, "has another name"),
    "another user": (of_another, "belongs to another user"),
    "directory": (directory, "is a directory"),
}
OWN = [
    f"{STATE}/state.json",
    f"{STATE}/answers.yaml",
    f"{STATE}/pristine.json",
    f"{STATE}/local/lock",
    f"{STATE}/local/.gitignore",
]


def bounded(command: str, root: Path) -> subprocess.CompletedProcess[str]:
    """COMMAND in ROOT as a process that may not wait for ever."""
    program = [sys.executable, "-m", "scaffold", *command.split()]
    done = subprocess.run(program, cwd=root, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
    return done


@pytest.mark.parametrize("path", OWN)
@pytest.mark.parametrize("place", PLACES)
def test_what_lies_in_the_place_of_our_own_file_is_refused(place: str, path: str, repo: Path) -> None:
    put, told = PLACES[place]
    (repo / STATE / "local").mkdir(exist_ok=True)
    put(repo / path)
    other = (repo / path).parent.parent / "other"
    kept = other.read_bytes() if other.exists() else b""
    done = bounded("update", repo)
    assert (done.returncode, f"{path} {told}" in done.stderr) == (1, True), done.stderr
    if "local" not in path:
        assert f"{path} {told}" in bounded("status", repo).stderr
    assert (other.read_bytes() if other.exists() else b"") == kept
    assert os.path.lexists(repo / path)


@pytest.mark.parametrize("name", ["journal.json", "title", "../lock"])
@pytest.mark.parametrize("place", PLACES)
def test_what_lies_in_the_place_of_a_waiting_run(place: str, name: str, half: Path) -> None:
    put, told = PLACES[place]
    put((half / NEXT).resolve() / name)
    for command in ("update", "undo" if name == "journal.json" else "status"):
        done = bounded(command, half)
        assert (done.returncode, told in done.stderr) == (1, True), (command, done.stdout, done.stderr)
    assert (half / NEXT / "old").is_dir()


@pytest.mark.parametrize("command", ["check", "verify --engine linters", "restore Makefile"])
def test_no_command_waits_for_a_pipe_in_place_of_the_answers(command: str, repo: Path) -> None:
    pipe(repo / STATE / "answers.yaml")
    assert bounded(command, repo).returncode in (0, 1)


def test_a_lock_of_another_version_is_not_emptied(repo: Path) -> None:
    (repo / STATE / "local").mkdir()
    (repo / STATE / "local/lock").write_text("vendor-scaffold lock 2\nleases: 3\n")
    refused(repo, ANOTHER, commands=("update", "undo"))
    assert "leases" in (repo / STATE / "local/lock").read_text()


@pytest.mark.parametrize("note", ["", "\0" * 40, "pid 1 on elsewhere, since 2026-01-01 10:00:00\n"])
def test_a_lock_that_a_killed_run_left_is_in_nobodys_way(note: str, repo: Path) -> None:
    (repo / STATE / "local").mkdir()
    (repo / STATE / "local/lock").write_text(note)
    edit(repo, SERVICE, "net: host", "net: none")
    assert run("restore", SERVICE, cwd=repo).returncode == 0
