"""Kill every writing command at random calls to the file system: python -m tests.random_kills 200 [SEED].

Two of three recoveries are killed as well. After the next run each repository is as it was, or as the command
leaves it, and nothing is left over: neither in it, nor beside it, nor in the directory for temporary files.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from scaffold.answers import check, load
from scaffold.commands.adopt import adopt
from scaffold.commands.many import update_all
from scaffold.commands.restore import restore, undo
from scaffold.commands.services import add, remove
from scaffold.commands.update import Request, updated
from scaffold.errors import ScaffoldError
from scaffold.pipeline import Plan, plan
from scaffold.project import create
from scaffold.scratch import scratch

from .killing import recovered, watch
from .updates import STATE, left_over, snapshot
from .upkeep import ANSWERS, OTHER, SERVICE, aged, edit

NEXT_STEP = Request(settings=("services.acme-agent.step=5",))
RENAMED = Request(
    settings=(
        "services.acme-agent.renamed_from=acme-agent",
        "services.acme-agent.service_name=acme-probe",
    )
)
MANY = ("acme", "two", "three")


@dataclass(frozen=True)
class Command:
    """run: on the directory with the repositories. repos: those it changes. start: what it begins with."""

    run: Callable[[Path], object]
    repos: tuple[str, ...] = ("acme",)
    start: Callable[[Path], object] = lambda place: made(place / "acme")
    worker: bool = False  # one process of several is killed, and not all of them


def planned() -> Plan:
    return plan(check(load(ANSWERS, "answers.yaml")))


def made(root: Path) -> None:
    """A repository of an older template, with edits that merge, one that conflicts, and a file gone."""
    whole = planned()
    create(root, whole.rendered | whole.state)
    aged(root, OTHER, "net: none", "net: host")
    edit(root, SERVICE, "net: host", "net: host\n            # ours")
    edit(root, "README.md", "## Deploy", "## How we deploy")
    edit(root, "Makefile", "\n", "\n# ours\n")
    (root / "CHANGELOG.md").unlink()


def arranged(place: Path) -> None:
    """The vendor has a template of a service elsewhere, and a file of his own beside its others."""
    root = place / "acme"
    made(root)
    (root / "tht").mkdir()
    (root / SERVICE).rename(root / "tht" / Path(SERVICE).name)
    (root / "containers/acme-agent/agent.conf").write_text("ours\n")


def all_made(place: Path) -> None:
    for name in MANY:
        made(place / name)


def changed(place: Path) -> None:
    made(place / "acme")
    updated(place / "acme", NEXT_STEP)


def by_hand(place: Path) -> None:
    (place / "acme/docker").mkdir(parents=True)
    (place / "acme/README.md").write_text("made by hand\n")


def written(place: Path) -> None:
    whole = planned()
    create(place / "acme", whole.rendered | whole.state)


def many(place: Path) -> None:
    repos = [place / name for name in MANY]
    update_all(repos, None, NEXT_STEP, 2, lambda outcomes, length: nullcontext(outcomes), as_json=True)


COMMANDS = {
    "update": Command(lambda place: updated(place / "acme", NEXT_STEP)),
    "rename": Command(lambda place: updated(place / "acme", RENAMED), start=arranged),
    "undo of a rename": Command(
        lambda place: undo(place / "acme", as_json=True),
        start=lambda place: (arranged(place), updated(place / "acme", RENAMED)),
    ),
    "add": Command(
        lambda place: add(place / "acme", None, ["service_name=acme-sidecar"], Request(), as_json=True)
    ),
    "remove": Command(lambda place: remove(place / "acme", ["acme-exporter"], Request(), as_json=True)),
    "restore": Command(lambda place: restore(place / "acme", ["CHANGELOG.md"], newest=False, as_json=True)),
    "undo": Command(lambda place: undo(place / "acme", as_json=True), start=changed),
    "adopt": Command(
        lambda place: adopt(planned(), place / "acme", dry_run=False, as_json=True), start=by_hand
    ),
    "new": Command(written, start=lambda place: None),
    "new beside": Command(
        lambda place: written(place),
        start=lambda place: (place / "acme").mkdir() or (place / "acme/own").touch(),
    ),
    "many": Command(many, MANY, all_made),
    "many, one process": Command(many, MANY, all_made, worker=True),
}


def run_until(call: int, run: Callable[[Path], object], place: Path, *, worker: bool = False) -> int:
    """RUN on PLACE in a child, killed before its CALL-th changing call: the calls made, 0 for a killed one.

    It is killed with all its processes; with WORKER only the one of them that makes the call.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 1)
        os.dup2(null, 2)
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115
        tempfile.tempdir = str(place / "tmp")
        calls, leader = 0, os.getpid()

        def count(name: str) -> None:
            nonlocal calls
            calls += 1
            if calls == call:
                if worker and os.getpid() != leader:
                    os.kill(os.getpid(), signal.SIGKILL)
                elif not worker:
                    os.killpg(0, signal.SIGKILL)

        watch(count)
        code = 0
        try:
            run(place)
        except ScaffoldError:
            code = 1
        except BaseException as error:
            os.write(writer, repr(error).encode())
            os._exit(2)
        sys.setprofile(None)
        os.write(writer, b"%d" % calls)
        os._exit(code)
    os.close(writer)
    _, status = os.waitpid(child, 0)
    said = b"".join(iter(lambda: os.read(reader, 10_000), b""))  # to its end: killed workers are gone then
    os.close(reader)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) < 2, said.decode()
    return 0 if os.WIFSIGNALED(status) else int(said)


class Trials:
    """What a command makes of its start, and how many calls that takes; then a kill at any of them."""

    def __init__(self, place: Path, name: str) -> None:
        self.place, self.command = place / "work", COMMANDS[name]
        self.origin = place / name.replace(" ", "-") / "origin"
        self.origin.mkdir(parents=True)
        (self.origin / "tmp").mkdir()
        self.command.start(self.origin)
        self.before = self.seen(self.origin)
        self.kills = 0
        done = self.copied()
        self.calls = run_until(0, self.command.run, done)
        self.after = self.seen(done)
        assert all(self.before[repo] != self.after[repo] for repo in self.command.repos)
        if self.command.repos == MANY:  # each process counts its own
            one = self.copied()
            self.calls = run_until(0, COMMANDS["update"].run, one)

    def copied(self) -> Path:
        shutil.rmtree(self.place, ignore_errors=True)
        return Path(shutil.copytree(self.origin, self.place, symlinks=True))

    def seen(self, place: Path) -> dict[str, object]:
        return {repo: snapshot(place / repo) for repo in self.command.repos}

    def killed(self, random: random.Random) -> str:
        """Kill the command, two of three times its recovery, and let the next run end; what it came to."""
        place, command = self.copied(), self.command
        first = random.choice([1, self.calls * 2 // 3])  # the files are renamed into place in the last third
        self.kills += not run_until(
            random.randint(first, self.calls), command.run, place, worker=command.worker
        )
        if random.random() < 2 / 3:
            self.kills += not run_until(random.randint(1, 40), self.recovered, place)
        self.recovered(place)
        found = self.seen(place)
        for repo in command.repos:
            assert found[repo] in (self.before[repo], self.after[repo]), f"{repo} is mixed"
        with suppress(ScaffoldError):
            run_until(0, command.run, place)
        if command.repos == MANY or found == self.before:
            assert self.seen(place) == self.after, "the next run does not do it"
        self.nothing_left(place)
        ends = {repo: "before" if found[repo] == self.before[repo] else "after" for repo in command.repos}
        return next(iter(ends.values())) if len(set(ends.values())) == 1 else "some before, some after"

    def recovered(self, place: Path) -> None:
        """What the next writing command begins with, in each repository."""
        for repo in self.command.repos:
            if (place / repo / STATE).exists():
                recovered(place / repo)

    def nothing_left(self, place: Path) -> None:
        for repo in self.command.repos:
            assert left_over(place / repo) == set(), f"{repo}: {left_over(place / repo)}"
        with scratch(place / "tmp", "vendor-scaffold-git-"):
            pass
        assert {path.name for path in place.iterdir()} == {"tmp", *self.command.repos}
        assert list((place / "tmp").iterdir()) == []


def kill_all(count: int, seed: int, place: Path) -> Counter[str]:
    """COUNT random kills, spread over all commands; raises AssertionError with the seed and number of one."""
    trials = {name: Trials(place, name) for name in COMMANDS}
    counted: Counter[str] = Counter()
    for number in range(count):
        name = [*COMMANDS][number % len(COMMANDS)]
        try:
            counted[f"{name}: {trials[name].killed(random.Random(f'{seed} {number}'))}"] += 1
        except Exception as error:
            raise AssertionError(f"{name}, seed {seed}, kill {number}: {error!r}") from error
    counted["kills in all, of runs and recoveries"] = sum(one.kills for one in trials.values())
    assert all(one.kills for one in trials.values() if count >= 40 and not one.command.worker)
    return counted


def memory() -> Path | None:
    """A directory in memory where there is one: what is tested is the order of calls, not the disk."""
    return Path("/dev/shm") if Path("/dev/shm").is_dir() else None


if __name__ == "__main__":
    count, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with tempfile.TemporaryDirectory(dir=memory()) as directory:
        for told, times in sorted(kill_all(count, seed, Path(directory)).items()):
            print(f"{times:4} {told}")
    print(f"{count} kills, seed {seed}: no mixed tree, nothing left over")
