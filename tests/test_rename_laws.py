"""Any names, any edits: what a rename makes is the new rendering with the vendor's edits in their places."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, assume, event, given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from scaffold.answers import check, load
from scaffold.commands.restore import undo
from scaffold.commands.update import Request, updated
from scaffold.errors import AnswersError
from scaffold.model import ServiceName
from scaffold.pipeline import Plan, plan
from scaffold.project import create
from scaffold.render import rendered
from scaffold.tree import File

from .upkeep import STATE
from .vendor import tree

MEMORY = Path("/dev/shm") if Path("/dev/shm").is_dir() else None
NAMES = [
    *("volume", "net", "config", "image", "step", "container", "host", "agent", "api", "role", "services"),
    *("acme", "acme-agent", "acme-agent-two", "agent-two", "acme-agents", "my-acme-agent", "acme-api"),
    *("acme-volume", "acme-net", "docker-agent", "image-api", "environments", "scripts"),
]
NUMBER = st.integers(0, 10_000)
HOW = st.sampled_from(["insert", "append", "append a name", "copy", "delete"])


@pytest.fixture(autouse=True)
def _templates_are_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: dict[object, Any] = {}
    compile_ = Environment.compile

    def once(self: Environment, source: Any, name: Any = None, filename: Any = None, *rest: Any) -> Any:
        key = (source, name, filename, rest, type(self), self.undefined)
        if key not in compiled:
            compiled[key] = compile_(self, source, name, filename, *rest)
        return compiled[key]

    monkeypatch.setattr(Environment, "compile", once)


def planned(names: list[str], before: list[str]) -> Plan:
    services = [
        {"service_name": name} | ({"renamed_from": old} if old != name else {})
        for name, old in zip(names, before, strict=True)
    ]
    answers = {"vendor": "Acme Corp", "namespace": "acme", "release": "train", "services": services}
    return plan(check(load(yaml.safe_dump(answers, sort_keys=False), "answers")))


def pairs(old: Plan, new: Plan) -> dict[str, str]:
    """Path -> path under the new names, as each part of the two renderings has its files in one order."""
    parts = zip(rendered(old.repo), rendered(new.repo), strict=True)
    return {path: to for was, now in parts for path, to in zip(was, now, strict=True)}


def spelled(name: str) -> list[str]:
    found = ServiceName.of(name)
    return [name, found.snake, found.camel, f"{name}s", f"my-{name}", f"DockerX{found.camel}ImageY"]


@st.composite
def edits(draw: st.DrawFn, names: list[str]) -> list[tuple[int, int, str, bytes]]:
    """Which file, which line, what is done to it, and a text that says names."""
    said = st.sampled_from([spelling for name in [*names, *NAMES] for spelling in spelled(name)])
    one = st.tuples(NUMBER, NUMBER, HOW, said.map(str.encode))
    return draw(st.lists(one, min_size=1, max_size=6, unique_by=lambda edit: edit[:2]))


def edited(rows: list[bytes], at: int, how: str, text: bytes) -> list[bytes]:
    """What stands for ROWS[AT] after an edit; a row ends in a newline."""
    row = rows[at].removesuffix(b"\n")
    return {
        "insert": [b"# vendor: %s\n" % text, rows[at]],
        "append": [row + b"  # vendor\n"],
        "append a name": [row + b"  # vendor: %s\n" % text],
        "copy": [rows[at], b"# vendor\n", rows[at], b"# vendor: end\n"],
        "delete": [],
    }[how]


def conflicts(content: bytes) -> Iterator[tuple[list[bytes], list[bytes]]]:
    """The parts of the vendor and of the template in each conflict of CONTENT."""
    for part in content.split(b"<<<<<<< yours\n")[1:]:
        ours, _, rest = part.partition(b"||||||| pristine\n")
        theirs = rest.partition(b"=======\n")[2].partition(b">>>>>>> template")[0]
        yield ours.splitlines(), theirs.splitlines()


@settings(
    max_examples=25 * int(os.environ.get("VENDOR_SCAFFOLD_RENAMES", "1")),
    deadline=None,
    database=None,
    phases=[Phase.generate],  # to shrink takes longer than to read it
    suppress_health_check=list(HealthCheck),
)
@given(st.data())
def test_a_rename_is_the_new_rendering_with_the_edits_in_their_places(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 3))
    before = data.draw(st.lists(st.sampled_from(NAMES), min_size=count, max_size=count, unique=True))
    after = data.draw(
        st.lists(st.sampled_from([*before, *NAMES]), min_size=count, max_size=count, unique=True)
    )
    try:
        old, new = planned(before, before), planned(after, before)
    except AnswersError:
        assume(False)
    moved, made = pairs(old, new), data.draw(edits(before))
    place = Path(tempfile.mkdtemp(dir=MEMORY))
    try:
        root = place / "acme"
        create(root, old.rendered | old.state)
        expected = {path: new.rendered[to].content.splitlines(keepends=True) for path, to in moved.items()}
        ours = {path: file.content.splitlines(keepends=True) for path, file in old.rendered.items()}
        undecided = set()
        done: dict[str, dict[int, tuple[str, bytes]]] = {}
        paths = sorted(moved)
        for number, at, how, text in made:
            path = paths[number % len(paths)]
            if ours[path]:
                done.setdefault(path, {})[at % len(ours[path])] = (how, text)
        for path, rows in done.items():
            was, now = ours[path], expected[path]
            for at, (how, text) in sorted(rows.items(), reverse=True):
                if was[at] != now[at] and (how in ("append a name", "copy") or len(rows) > 1):
                    undecided.add(moved[path])
                here, there = edited(was, at, how, text), edited(now, at, how, text)
                now[at : at + 1] = [there[0], *here[1:]] if how == "copy" else there
                was[at : at + 1] = here
            (root / path).write_bytes(b"".join(was))
        (root / STATE / "answers.yaml").write_text(new.answers_text)
        start = tree(root)
        outcome = updated(root, Request())
        event(outcome.state)
        result = tree(root)
        mine = {row for path in moved for row in start[path].content.splitlines()}
        for path, to in moved.items():
            for yours, template in conflicts(result[to].content):
                assert set(yours) <= {*start[path].content.splitlines()}, "not what the vendor wrote"
                assert set(template) <= {*new.rendered[to].content.splitlines()}, "not the template's"
                assert to in undecided
            if to not in undecided:
                assert result[to] == File(b"".join(expected[path]), old.rendered[path].executable), to
            said = {row for row in start[path].content.splitlines() if b"# vendor: " in row}
            kept = {*result[to].content.splitlines()}
            assert {row for row in said if row.startswith(b"# vendor: ")} <= kept
        assert mine
        assert {path for path in result if not path.startswith(STATE)} == {*moved.values()}
        again = updated(root, Request())
        assert (again.state, tree(root)) == (
            "unresolved" if outcome.state == "conflicts" else "up-to-date",
            result,
        )
        if result != start:
            undo(root, as_json=False)
            assert tree(root) == start
    finally:
        shutil.rmtree(place)
