"""Killed at every call to the file system, a transaction is completed or rolled back by the next command."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scaffold.errors import ScaffoldError
from scaffold.records import Damaged, OtherVersion
from scaffold.transaction import pending
from scaffold.transaction.journal import loaded, sealed

from .killing import KERNEL, killed_at, recovered, undone, update
from .random_kills import kill_all
from .system import PYTEST, installed, lacking
from .updates import STATE, laid, left_over, snapshot

JOURNAL = f"{STATE}/local/next/journal.json"


class Places:
    """The repository before and after a run, and fresh copies to kill one in."""

    def __init__(self, path: Path, run: Callable[[Path], object]) -> None:
        self.path, self.run = path, run
        self.original = laid(path / "original")
        if run is undone:
            update(self.original)
        self.before = snapshot(self.original)
        done = self.copied(self.original)
        run(done)
        self.after = snapshot(done)
        assert self.before != self.after

    def copied(self, source: Path) -> Path:
        place = self.path / "work"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(source, place, symlinks=True)
        return place

    def interrupted(self) -> Iterator[tuple[int, Path]]:
        """A repository for each call, left by a run that was killed there."""
        for call in itertools.count(1):
            root = self.copied(self.original)
            if not killed_at(call, self.run, root):
                return
            yield call, root

    def check(self, root: Path, said: str) -> None:
        found = snapshot(root)
        assert found in (self.before, self.after)
        assert found == (self.before if said.startswith("rolled back") else found)
        assert found == (self.after if said.startswith("completed") else found)
        assert left_over(root) == set()
        assert pending(root) == ""


@pytest.fixture
def fast(tmp_path: Path) -> Iterator[Path]:
    """A directory in memory where there is one: what is tested is the order of calls, not the disk."""
    memory = Path("/dev/shm") / f"vendor-scaffold-{tmp_path.parent.name}-{tmp_path.name}"
    place = memory if memory.parent.is_dir() else tmp_path
    place.mkdir(exist_ok=True)
    yield place
    shutil.rmtree(place)


@pytest.mark.parametrize("run", [update, undone])
def test_every_kill_is_completed_or_rolled_back(fast: Path, run: Callable[[Path], object]) -> None:
    places, said = Places(fast, run), []
    for _, root in places.interrupted():
        waiting = pending(root)
        said.append(recovered(root))
        places.check(root, said[-1])
        assert bool(waiting) == bool(said[-1])
        if run is update and snapshot(root) == places.after:
            undone(root)
            assert snapshot(root) == places.before
    print(f"{len(said)} kill points: {sorted((what, said.count(what)) for what in set(said))}")
    assert {text.partition(":")[0] for text in said} == {"", "rolled back", "completed"}
    assert len(said) > 80


def test_every_kill_of_the_recovery_is_recovered_from(fast: Path) -> None:
    """For every 3rd kill of the update: the recovery killed at each of its calls, then run again."""
    places, points = Places(fast, update), 0
    for first, root in places.interrupted():
        if first % 3:
            continue
        kept = fast / "kept"
        shutil.copytree(root, kept, symlinks=True)
        for second in itertools.count(1):
            again = places.copied(kept)
            if not killed_at(second, recovered, again):
                break
            points += 1
            places.check(again, recovered(again))
        shutil.rmtree(kept)
    print(f"{points} kill points")
    assert points > 300


@pytest.fixture(scope="module")
def journalled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Places, Path]:
    """An update killed when its journal was complete and nothing renamed yet."""
    path = tmp_path_factory.mktemp("journalled")
    places = Places(path, update)
    for _, root in places.interrupted():
        journal = root / JOURNAL
        if journal.exists() and journal.read_bytes().endswith(b"}"):
            return places, shutil.copytree(root, path / "kept", symlinks=True)
    raise AssertionError("never seen")


def test_a_draft_cut_off_anywhere_is_rolled_back(journalled: tuple[Places, Path]) -> None:
    places, kept = journalled
    whole = (kept / JOURNAL).read_bytes()
    for length in [*range(0, len(whole), 61), len(whole)]:
        root = places.copied(kept)
        (root / JOURNAL).unlink()
        (root / JOURNAL).with_name("draft.json").write_bytes(whole[:length])
        assert recovered(root) == "rolled back: update"
        places.check(root, "rolled back")


def test_a_journal_cut_off_anywhere_keeps_every_copy(journalled: tuple[Places, Path]) -> None:
    """It was whole when it was given its name, so files may have been renamed."""
    places, kept = journalled
    whole = (kept / JOURNAL).read_bytes()
    for length in [*range(0, len(whole), 61), len(whole) - 1]:
        root = places.copied(kept)
        (root / JOURNAL).write_bytes(whole[:length])
        with pytest.raises(Damaged, match=r"journal\.json is damaged"):
            recovered(root)
        assert set((root / JOURNAL).with_name("old").iterdir())
        assert snapshot(root) == places.before


def test_every_cut_of_a_journal_is_seen(journalled: tuple[Places, Path]) -> None:
    whole = (journalled[1] / JOURNAL).read_bytes()
    assert loaded(whole, "journal.json", "").steps
    for length in range(len(whole)):
        with pytest.raises(Damaged):
            loaded(whole[:length], "journal.json", "")


def test_every_damaged_byte_of_a_journal_is_seen(journalled: tuple[Places, Path]) -> None:
    """Also where it is JSON with the right keys and types after it: a path, a mode, a digit of a hash."""
    whole = (journalled[1] / JOURNAL).read_bytes()
    for place, byte in enumerate(whole):
        for other in {byte ^ 1, byte ^ 2, byte ^ 32, ord("0")} - {byte}:
            damaged = whole[:place] + bytes([other]) + whole[place + 1 :]
            if damaged.lower() == whole.lower() and b"\\u" in whole[place - 5 : place]:
                continue  # a digit of an escape: it says the same
            with pytest.raises((Damaged, OtherVersion)):
                loaded(damaged, "journal.json", "")


def test_an_edit_made_after_the_kill_is_never_overwritten(journalled: tuple[Places, Path]) -> None:
    places, kept = journalled
    root = places.copied(kept)
    (root / "README.md").write_text("edited after the crash")
    edited = snapshot(root)
    with pytest.raises(ScaffoldError, match=r"changed since a run was interrupted:\n  README\.md") as error:
        recovered(root)
    assert "move these files away" in error.value.hint
    assert snapshot(root) == edited
    (root / "README.md").rename(root / "README.mine")
    assert recovered(root) == "completed: update"
    assert (root / "README.md").read_bytes() == b"two\n"


def test_a_journal_from_elsewhere_writes_nothing_outside(journalled: tuple[Places, Path]) -> None:
    places, kept = journalled
    root = places.copied(kept)
    text = (root / JOURNAL).read_text().replace('"README.md"', '"../README.md"')
    (root / JOURNAL).write_bytes(sealed(json.loads(text)))
    with pytest.raises(Damaged):
        recovered(root)
    assert not (root.parent / "README.md").exists()


def test_a_pending_run_is_told(journalled: tuple[Places, Path]) -> None:
    places, kept = journalled
    root = places.copied(kept)
    assert pending(root) == "update"
    assert recovered(root) == "completed: update"
    assert pending(root) == ""


def test_random_kills_of_every_command(fast: Path) -> None:
    """More with VENDOR_SCAFFOLD_KILLS=N; `python -m tests.random_kills N` prints what they came to."""
    print(kill_all(int(os.environ.get("VENDOR_SCAFFOLD_KILLS", "12")), 2, fast))


# the names of glibc and of the kernel's newer calls: rename, renameat, renameat2
SYSTEM_CALLS = f"/^({'|'.join(sorted(KERNEL))})"


def traced(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-B", "-m", "tests.killing", str(root)]
    command = [installed("strace"), "-f", "-qqq", "-e", f"trace={SYSTEM_CALLS}", *options, *program]
    return subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parent.parent)


def test_the_kernel_counts_the_same_calls(tmp_path: Path) -> None:
    """strace as a second witness: no call escapes the count, and a kill by the kernel ends no worse."""
    places = Places(tmp_path, update)
    counted = traced(places.copied(places.original))
    if counted.returncode:
        lacking(
            f"the right to trace: {counted.stderr[-200:]}", f"docker run --cap-add SYS_PTRACE ... {PYTEST}"
        )
    calls = [line.partition("(")[0] for line in counted.stderr.splitlines()]
    assert len(calls) == int(counted.stdout)
    for place in range(3, len(calls), len(calls) // 7):
        root = places.copied(places.original)
        when = calls[: place + 1].count(calls[place])  # strace counts each system call by itself
        killed = traced(root, "-e", f"inject={calls[place]}:signal=KILL:when={when}")
        assert len(killed.stderr.splitlines()) <= place + 2
        places.check(root, recovered(root))
