"""Many files change at once or not at all, and can be taken back, on real files."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from scaffold.errors import ScaffoldError
from scaffold.transaction import carry_out, pending, read, recover, undo
from scaffold.transaction.lock import lock
from scaffold.tree import File

from .system import PYTEST, lacking
from .updates import BEFORE, STATE, WRITES, laid, lay, left_over, snapshot

TEXT = File(b"new\n")


def update(root: Path, writes: Mapping[str, File | None] = WRITES, title: str = "update") -> None:
    with lock(root):
        assert recover(root) == ""
        carry_out(root, writes, expected=read(root, writes), title=title)


def undone(root: Path) -> str:
    with lock(root):
        return undo(root)


def test_every_kind_of_change_is_made_and_undone_byte_for_byte(tmp_path: Path) -> None:
    laid(tmp_path)
    before = snapshot(tmp_path)
    update(tmp_path, title="update to 2.0")
    assert read(tmp_path, {*BEFORE, *WRITES}) == {
        path: file for path, file in (BEFORE | WRITES).items() if file is not None
    }
    assert not (tmp_path / "containers/loader").exists()
    assert (tmp_path / "containers/agent/run.sh").stat().st_mode & 0o777 == 0o775
    assert (tmp_path / "README.md").stat().st_mode & 0o777 == 0o664
    assert left_over(tmp_path) == set()
    assert undone(tmp_path) == "update to 2.0"
    assert snapshot(tmp_path) == before
    assert not (tmp_path / STATE / "local").exists()
    with pytest.raises(ScaffoldError, match="nothing to undo"), lock(tmp_path):
        undo(tmp_path)


def test_a_rewritten_file_keeps_its_extended_attributes(tmp_path: Path) -> None:
    laid(tmp_path)
    readme = tmp_path / "README.md"
    try:
        os.setxattr(readme, "user.reviewed", b"by me")
    except (OSError, AttributeError):
        pytest.skip("no extended attributes here")
    update(tmp_path)
    assert readme.read_bytes() == b"two\n"
    assert os.getxattr(readme, "user.reviewed") == b"by me"


@pytest.mark.skipif(not shutil.which("setfacl"), reason="setfacl is not installed")
def test_a_rewritten_file_keeps_its_list_of_access_rights(tmp_path: Path) -> None:
    laid(tmp_path)
    readme = tmp_path / "README.md"
    if subprocess.run(["setfacl", "-m", "u:4711:r", readme], capture_output=True).returncode:
        pytest.skip("no access lists here")
    before = os.getxattr(readme, "system.posix_acl_access")
    mode = readme.stat().st_mode
    update(tmp_path)
    assert os.getxattr(readme, "system.posix_acl_access") == before
    assert readme.stat().st_mode == mode


def test_undo_keeps_the_file_itself_with_its_times(tmp_path: Path) -> None:
    laid(tmp_path)
    before = (tmp_path / "README.md").stat()
    update(tmp_path)
    undone(tmp_path)
    after = (tmp_path / "README.md").stat()
    assert os.path.samestat(after, before)
    assert after.st_mtime_ns == before.st_mtime_ns


def test_only_the_last_transaction_is_undone(tmp_path: Path) -> None:
    laid(tmp_path)
    update(tmp_path, title="first")
    after_first = snapshot(tmp_path)
    update(tmp_path, {"README.md": File(b"three\n")}, title="second")
    update(tmp_path, {"README.md": File(b"three\n")}, title="changes nothing")
    assert undone(tmp_path) == "second"
    assert snapshot(tmp_path) == after_first


def test_undo_lists_every_file_changed_since(tmp_path: Path) -> None:
    laid(tmp_path)
    update(tmp_path)
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / "docs/guide/index.md").unlink()
    after = snapshot(tmp_path)
    with pytest.raises(ScaffoldError) as error:
        undone(tmp_path)
    assert {"  README.md", "  docs/guide/index.md"} < set(error.value.message.splitlines())
    assert snapshot(tmp_path) == after


def test_undo_refuses_old_contents_altered_through_another_link(tmp_path: Path) -> None:
    laid(tmp_path)
    other = tmp_path.parent / f"{tmp_path.name}-copy"
    other.hardlink_to(tmp_path / "README.md")
    update(tmp_path)
    assert other.read_text() == "one\n"  # replaced, not written through
    other.write_text("altered")
    with pytest.raises(ScaffoldError, match=r"README\.md: its old contents were altered"):
        undone(tmp_path)


def test_a_directory_that_holds_a_file_of_the_vendor_stays(tmp_path: Path) -> None:
    laid(tmp_path)
    lay(tmp_path, {"containers/loader/own.txt": TEXT})
    before = snapshot(tmp_path)
    update(tmp_path)
    assert not (tmp_path / "containers/loader/deep").exists()
    assert (tmp_path / "containers/loader/own.txt").exists()
    undone(tmp_path)
    assert snapshot(tmp_path) == before


def refused(root: Path, writes: Mapping[str, File | None], match: str) -> None:
    before = snapshot(root)
    with pytest.raises(ScaffoldError, match=match):
        update(root, writes)
    assert snapshot(root) == before
    assert not (root / STATE / "local").exists()


def test_what_changed_since_the_plan_is_not_overwritten(tmp_path: Path) -> None:
    laid(tmp_path)
    expected = read(tmp_path, WRITES)
    (tmp_path / "README.md").write_text("edited meanwhile")
    before = snapshot(tmp_path)
    with pytest.raises(ScaffoldError, match=r"changed meanwhile: README\.md"), lock(tmp_path):
        carry_out(tmp_path, WRITES, expected=expected, title="update")
    assert snapshot(tmp_path) == before
    assert not (tmp_path / STATE / "local").exists()


@pytest.mark.parametrize(
    "path",
    ["../x", "/x", "a/../x", "a//b", "./x", "", "a\0b", ".git/hooks/x", "a/.GIT/x", f"{STATE}/local/lock"],
)
def test_a_path_that_is_not_ours_to_write_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(ScaffoldError, match="not a path inside"), lock(tmp_path):
        carry_out(tmp_path, {path: TEXT}, expected={}, title="update")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("path", "match"),
    [
        ("linked/x", "linked is a symbolic link"),
        ("full", "full is a directory that holds other files"),
        ("file/x", "file is no directory"),
        ("pipe", "neither a file nor a link"),
        ("x" * 300, "File name too long"),
    ],
)
def test_what_lies_in_the_way_is_named(tmp_path: Path, path: str, match: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    root = lay(tmp_path / "root", {"full/own.txt": TEXT, "file": TEXT})
    (root / "linked").symlink_to(outside)
    os.mkfifo(root / "pipe")
    refused(root, {path: TEXT, "a": TEXT}, match)
    assert not list(outside.iterdir())


def test_the_own_directory_is_not_reached_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    root = laid(tmp_path / "root")
    for path in (root / STATE).iterdir():
        path.unlink()
    (root / STATE).rmdir()
    (root / STATE).symlink_to(outside)
    with pytest.raises(ScaffoldError, match="Not a directory"):
        update(root, {"a": TEXT})
    assert not list(outside.iterdir())


def test_links_are_read_as_links_and_never_followed(tmp_path: Path) -> None:
    outside = lay(tmp_path / "outside", {"secret": TEXT})
    root = lay(tmp_path / "root", {"bytes": File(b"\xff\r\n")})
    (root / "in").symlink_to(outside)
    (root / "secret").symlink_to(outside / "secret")
    found = read(root, ["in/secret", "secret", "bytes", "absent", "bytes/below"])
    assert found == {"secret": File(os.fsencode(outside / "secret"), link=True), "bytes": File(b"\xff\r\n")}
    update(root, {"secret": File(b"replaced\n")})
    assert (outside / "secret").read_bytes() == TEXT.content
    assert not (root / "secret").is_symlink()


def test_names_that_differ_by_case_alone(tmp_path: Path) -> None:
    lay(tmp_path, {"Readme.md": TEXT})
    update(tmp_path, {"Readme.md": None, "README.md": File(b"loud\n")})
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["README.md"]


def test_a_full_file_system_leaves_everything_as_it_was(tmp_path: Path, small: Path) -> None:
    laid(small)
    refused(small, WRITES | {"big": File(b"x" * 300_000)}, "big: No space left on device")


def test_a_read_only_file_system_is_reported(small: Path) -> None:
    laid(small)
    subprocess.run(["mount", "-o", "remount,ro", small], check=True)
    refused(small, WRITES, "Read-only file system")


def test_a_directory_that_may_not_be_written_takes_back_the_rest(small: Path) -> None:
    laid(small)
    held = small / "containers/agent"
    subprocess.run(["mount", "--bind", held, held], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", held], check=True)
    try:
        refused(small, WRITES, r"containers/agent/run\.sh: ")
    finally:
        subprocess.run(["umount", held], check=True)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 kB."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True).returncode:
        lacking("the right to mount", f"sudo env {PYTEST}")
    yield place
    subprocess.run(["umount", place], check=True)


HOLD = """
import sys, time
from pathlib import Path
from scaffold.transaction.lock import lock
with lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_concurrent_run_is_refused_and_a_dead_one_is_not_in_the_way(tmp_path: Path) -> None:
    laid(tmp_path)
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(ScaffoldError, match=rf"at work here: pid {holder.pid} on .*, since 20"):
            update(tmp_path)
    finally:
        holder.kill()
        holder.communicate()
    assert (tmp_path / STATE / "local/lock").exists()
    update(tmp_path)
    assert left_over(tmp_path) == set()


def test_local_data_is_ignored_by_git(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    laid(tmp_path)
    update(tmp_path)
    seen = subprocess.run(
        ["git", "status", "--porcelain", "-uall"], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert "README.md" in seen.stdout
    assert "local/" not in seen.stdout


@pytest.mark.parametrize("call", range(1, 40, 6))
def test_an_interrupt_takes_back_or_comes_too_late(tmp_path: Path, call: int) -> None:
    """Ctrl-C at some system call of the main thread: either nothing was written, or all and no interrupt."""
    laid(tmp_path)
    before, calls = snapshot(tmp_path), 0

    def interrupt(frame: object, event: str, called: object) -> None:
        nonlocal calls
        if event == "c_call" and getattr(called, "__name__", "") in ("rename", "mkdir", "unlink", "fsync"):
            calls += 1
            if calls == call:
                signal.raise_signal(signal.SIGINT)

    expected = read(tmp_path, WRITES)
    with lock(tmp_path):
        sys.setprofile(interrupt)
        try:
            carry_out(tmp_path, WRITES, expected=expected, title="update")
        except KeyboardInterrupt:
            sys.setprofile(None)
            assert snapshot(tmp_path) == before
        else:
            assert (tmp_path / "README.md").read_bytes() == b"two\n"
        finally:
            sys.setprofile(None)
    assert left_over(tmp_path) == set()
    assert pending(tmp_path) == ""
