"""Whatever a vendor does, and whatever stops us: no line of his is ever lost without a word."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from jinja2 import Environment

from scaffold.answers import check, load
from scaffold.commands.restore import restore, undo
from scaffold.commands.update import Request, updated
from scaffold.errors import AnswersError, ScaffoldError
from scaffold.pipeline import plan
from scaffold.project import create
from scaffold.transaction import pending, recover
from scaffold.transaction.lock import lock
from scaffold.tree import File
from scaffold.updating import unresolved_conflicts
from scaffold.updating.applied import repository
from scaffold.updating.goals import Wish, goal
from scaffold.updating.state import PRISTINE_FILE, STATE_FILE

from .killing import killed_at
from .upkeep import STATE
from .vendor import Older, marked, put, resolved, tokens, tree

MEMORY = Path("/dev/shm") if Path("/dev/shm").is_dir() else None
SERVICES = ["acme-agent", "acme-exporter", "acme-sidecar", "acme-daemon"]
START: dict[str, Any] = {
    "vendor": "Acme",
    "release": "train",
    "services": [{"service_name": "acme-agent", "step": 3}, {"service_name": "acme-exporter"}],
}
OWN_FILES = ["notes.txt", "containers/acme-sidecar/Dockerfile", "README.md.theirs", "docker/own.yaml"]
NUMBER = st.integers(0, 10_000)
Tree = dict[str, File]


@cache
def original() -> Path:
    place = Path(tempfile.mkdtemp(dir=MEMORY)) / "original"
    planned = plan(check(load(yaml.safe_dump(START), "answers.yaml")))
    create(place, {**planned.rendered, **planned.state})
    return place


@pytest.fixture(autouse=True)
def _templates_are_compiled_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    compiled: dict[object, Any] = {}
    compile_ = Environment.compile

    def once(self: Environment, source: Any, name: Any = None, filename: Any = None, *rest: Any) -> Any:
        key = (source, name, filename, rest, type(self), self.undefined)
        if key not in compiled:
            compiled[key] = compile_(self, source, name, filename, *rest)
        return compiled[key]

    monkeypatch.setattr(Environment, "compile", once)
    yield
    shutil.rmtree(original().parent, ignore_errors=True)
    original.cache_clear()


class Vendor(RuleBasedStateMachine):
    """One repository. last: the trees before and after what `undo` takes back."""

    counts: dict[str, int]  # of all runs, by what happened

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp(dir=MEMORY))
        self.root = Path(shutil.copytree(original(), self.place / "acme", symlinks=True))
        self.numbers = itertools.count(1)
        self.last: tuple[Tree, Tree] | None = None
        self.answers: dict[str, Any] = START

    def teardown(self) -> None:
        shutil.rmtree(self.place)

    def count(self, what: str) -> None:
        type(self).counts[what] = type(self).counts.get(what, 0) + 1

    # --- what the vendor does by hand

    def a_file(self, number: int) -> tuple[str, File] | None:
        """Any file that he may edit."""
        files = {path: file for path, file in tree(self.root).items() if not path.startswith(STATE)}
        found = sorted(set(files) - marked(files))
        return (found[number % len(found)], files[found[number % len(found)]]) if found else None

    def line(self, like: bytes = b"") -> bytes:
        indent = like[: len(like) - len(like.lstrip())].strip(b"\r\n")
        return (
            indent + b"vendor-%d: mine" % next(self.numbers) + (b"\r\n" if like.endswith(b"\r\n") else b"\n")
        )

    @rule(number=NUMBER, at=NUMBER, how=st.sampled_from(["insert", "change", "delete", "append"]))
    def edits_a_line(self, number: int, at: int, how: str) -> None:
        found = self.a_file(number)
        if not found:
            return
        path, file = found
        rows = file.content.splitlines(keepends=True) or [b"\n"]
        at = len(rows) - 1 if how == "append" else at % len(rows)
        fresh = {"insert": [self.line(rows[at]), rows[at]], "change": [self.line(rows[at])], "delete": []}
        whole = rows[at] if rows[at].endswith(b"\n") else rows[at] + b"\n"
        rows[at : at + 1] = fresh.get(how, [whole, self.line(rows[at])])
        put(self.root, path, File(b"".join(rows), file.executable))

    @rule(number=NUMBER, how=st.sampled_from(["delete", "rename", "chmod", "crlf"]))
    def changes_a_file(self, number: int, how: str) -> None:
        found = self.a_file(number)
        if not found:
            return
        path, file = found
        if how in ("delete", "rename"):
            put(self.root, path, None)
        target = f"{path}.moved" if how == "rename" else path
        if how == "crlf":
            file = File(file.content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), file.executable)
        if how != "delete":
            put(self.root, target, File(file.content, file.executable ^ (how == "chmod")))

    @rule(path=st.sampled_from(OWN_FILES))
    def adds_a_file_of_his_own(self, path: str) -> None:
        if not os.path.lexists(self.root / path):
            put(self.root, path, File(self.line() * 3))

    @rule(side=st.sampled_from(["ours", "theirs", "both"]))
    def resolves_the_conflicts(self, side: str) -> None:
        for path, beside in repository(self.root).conflicts.items():
            at, other = self.root / path, self.root / beside
            if at.exists():
                put(self.root, path, File(resolved(at.read_bytes(), side), os.access(at, os.X_OK)))
            if beside and other.exists():
                other.unlink()

    # --- the answers

    def target(self, **changed: Any) -> None:
        self.answers = {**self.answers, **changed}
        text = f"# vendor-{next(self.numbers)}: why\n" + yaml.safe_dump(self.answers, sort_keys=False)
        (self.root / STATE / "answers.yaml").write_text(text)

    def does_as_told(self) -> None:
        """Names that lead two ways are refused: he takes `renamed_from` out."""
        before, faults = tree(self.root), ()
        try:
            goal(repository(self.root), Wish())
        except AnswersError as error:
            faults = error.faults
        if not faults:
            return
        assert all("renamed_from" in fault.path for fault in faults)
        with suppress(AnswersError):  # or a conflict waits
            updated(self.root, Request())
        assert tree(self.root) == before
        services = [{**one} for one in self.answers["services"]]
        for one in services:
            one.pop("renamed_from", None)
        self.target(services=services)
        self.count("refused")

    @rule(step=st.integers(2, 5), number=NUMBER)
    def changes_a_step(self, step: int, number: int) -> None:
        services = list(self.answers["services"])
        services[number % len(services)] = {**services[number % len(services)], "step": step}
        self.target(services=services)

    @rule(name=st.sampled_from(SERVICES))
    def adds_or_removes_a_service(self, name: str) -> None:
        services = [one for one in self.answers["services"] if one["service_name"] != name]
        if len(services) == len(self.answers["services"]):
            services.append({"service_name": name})
        if services:
            self.target(services=services)

    @rule(name=st.sampled_from(SERVICES), number=NUMBER)
    def renames_a_service(self, name: str, number: int) -> None:
        services = list(self.answers["services"])
        one = services[number % len(services)]
        if name not in {one["service_name"] for one in services}:
            services[number % len(services)] = {
                **one,
                "service_name": name,
                "renamed_from": one["service_name"],
            }
            self.target(services=services)

    @rule(keep=st.sampled_from([[], ["README.md"], ["containers/*/Dockerfile", "docker"]]))
    def keeps(self, keep: list[str]) -> None:
        self.target(keep=keep)

    @rule()
    def takes_the_next_release(self) -> None:
        self.target(release="wallaby")

    # --- the template was another

    @rule(
        number=NUMBER,
        at=NUMBER,
        how=st.sampled_from(["line", "more", "less", "new", "gone", "moved", "mode"]),
    )
    def had_an_older_template(self, number: int, at: int, how: str) -> None:
        older, files = Older(self.root), tree(self.root)
        if repository(self.root).pristine is None or not older.base:
            return
        path = sorted(older.base)[number % len(older.base)]
        base, ours = older.base[path], files.get(path)
        if how in ("line", "more", "less"):
            rows = base.content.splitlines(keepends=True) or [b"\n"]
            row = rows[at % len(rows)]
            new = {"line": b"# as of old\n", "more": row + b"# dropped since\n", "less": b""}[how]

            def old(file: File | None) -> File | None:
                return file and File(file.content.replace(row, new, 1), file.executable)

            older.write(path, old(base), old(ours))
        elif how == "new" and ours == base:
            older.write(path, None, None)
        elif how == "gone" and "old.txt" not in files:
            older.write("old.txt", base, base)
        elif how == "moved" and not os.path.lexists(self.root / f"old-{number}.txt"):
            older.write(path, None, None)
            older.write(f"old-{number}.txt", base, ours)
        elif how == "mode":
            older.write(
                path,
                File(base.content, not base.executable),
                ours and File(ours.content, not ours.executable),
            )
        older.done()

    # --- what we do

    def checked(self, before: Tree) -> Tree:
        """The tree now, which holds every line that the vendor had in BEFORE, where he had it."""
        after = tree(self.root)
        lost = tokens(before).keys() - tokens(after).keys()
        assert not lost, f"lost: {lost}"
        return after

    @rule()
    def update(self) -> None:
        self.does_as_told()
        before = tree(self.root)
        done = updated(self.root, Request())
        after = self.checked(before)
        self.count(done.state)
        if after != before:
            self.last = (before, after)
            told = {file[key] for file in done.files for key in ("path", "old_path")}
            told |= set(repository(self.root).conflicts.values())
            moved = {file["old_path"]: file["path"] for file in done.files}
            has = tokens(after)
            for token, paths in tokens(before).items():
                assert has[token] & (paths | {moved.get(path, "") for path in paths}), "in another file"
            silent = {path for path in {**before, **after} if before.get(path) != after.get(path)} - told
            assert not {path for path in silent if not path.startswith(STATE)}, "changed without a word"
        again = updated(self.root, Request())
        assert tree(self.root) == after
        assert again.state in ("up-to-date", "unresolved")
        conflicts = {file["path"] for file in done.files if file["change"] == "conflict"}
        assert (done.exit_code == 3) == bool(conflicts)
        assert conflicts >= marked(after)

    @rule(call=st.integers(1, 160))
    def an_update_is_killed(self, call: int) -> None:
        self.does_as_told()
        before = tree(self.root)

        def run(root: Path) -> None:
            tempfile.tempdir = str(self.place)
            updated(root, Request())

        if not killed_at(call, run, self.root):
            call = 0
        waits = pending(self.root)
        with lock(self.root):
            said = recover(self.root)
        after = self.checked(before)
        assert bool(said) == bool(waits)
        assert after == before or not said.startswith("rolled back")
        self.count(f"killed: {said or 'before or after'}" if call else "not killed")
        if after != before:
            self.last = (before, after)
            assert updated(self.root, Request()).state in ("up-to-date", "unresolved")
            assert tree(self.root) == after

    @rule(number=NUMBER, newest=st.booleans())
    def restores(self, number: int, newest: bool) -> None:
        self.does_as_told()
        before = tree(self.root)
        applied = repository(self.root)
        managed = sorted(applied.pristine or {})
        path = managed[number % len(managed)]
        rebased = {PRISTINE_FILE, STATE_FILE} if path in applied.bases else set()
        try:
            restore(self.root, [str(self.root / path)], newest=newest, as_json=False)
        except ScaffoldError:
            assert newest or (self.root / path).is_dir()
            assert tree(self.root) == before
            return
        after = tree(self.root)
        changed = {one for one in {**before, **after} if before.get(one) != after.get(one)}
        assert changed <= {path, f"{path}.theirs"} | rebased
        if changed:
            self.last = (before, after)
        self.count("restored")

    @rule()
    def undoes(self) -> None:
        before = tree(self.root)
        delta = {}
        if self.last:
            old, new = self.last
            delta = {
                path: (old.get(path), new.get(path))
                for path in {**old, **new}
                if old.get(path) != new.get(path)
            }
        try:
            undo(self.root, as_json=False)
        except ScaffoldError:
            assert tree(self.root) == before
            assert not self.last or any(before.get(path) != file for path, (_, file) in delta.items())
            return
        assert self.last
        expected = {**before, **{path: file for path, (file, _) in delta.items()}}
        assert tree(self.root) == {path: file for path, file in expected.items() if file}
        self.answers = yaml.safe_load((self.root / STATE / "answers.yaml").read_text())
        self.last = None
        self.count("undone")

    @invariant()
    def the_state_agrees_with_the_tree(self) -> None:
        assert marked(tree(self.root)) <= set(unresolved_conflicts(repository(self.root)))


def test_no_line_of_the_vendor_is_lost() -> None:
    """Longer with VENDOR_SCAFFOLD_STATEFUL=N; what it counts is printed, see it with -s."""
    Vendor.counts = {}
    quick = settings(
        max_examples=15 * int(os.environ.get("VENDOR_SCAFFOLD_STATEFUL", "1")),
        stateful_step_count=25,
        deadline=None,
        database=None,
        derandomize="VENDOR_SCAFFOLD_STATEFUL" not in os.environ,  # an everyday run is the same each time
        phases=[Phase.generate],  # to shrink a run of merges takes longer than to read it
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Vendor, settings=quick)
    print(sorted(Vendor.counts.items()))
