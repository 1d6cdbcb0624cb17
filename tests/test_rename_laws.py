"""Any names, any edits: what a rename makes is the new rendering with the vendor's edits in their places."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, event, given, reject, settings
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
from .vendor import Older, tree

MEMORY = Path("/dev/shm") if Path("/dev/shm").is_dir() else None
NAMES = [
    *("volume", "net", "config", "image", "step", "container", "host", "agent", "api", "role", "services"),
    *("acme", "acme-agent", "acme-agent-two", "agent-two", "acme-agents", "my-acme-agent", "acme-api"),
    *("acme-volume", "acme-net", "docker-agent", "image-api", "environments", "scripts"),
]
NUMBER = st.integers(0, 10_000)
Edits = list[tuple[int, int, str, bytes]]
Case = tuple[tuple[str, ...], tuple[str, ...], Edits]
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


@lru_cache(4)
def planned(names: tuple[str, ...], before: tuple[str, ...]) -> Plan:
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
def edits(draw: st.DrawFn, names: list[str]) -> Edits:
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


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """The services of a repository, their names to be, and what the vendor does to its files."""
    count = draw(st.integers(1, 3))
    before = tuple(draw(st.lists(st.sampled_from(NAMES), min_size=count, max_size=count, unique=True)))
    free = st.sampled_from([*before, *NAMES])
    after = tuple(draw(st.lists(free, min_size=count, max_size=count, unique=True)))
    try:
        planned(before, before), planned(after, before)
    except AnswersError:
        reject()
    return before, after, draw(edits([*before]))


def plans(case: Case) -> tuple[Plan, Plan]:
    return planned(case[0], case[0]), planned(case[1], case[0])


def laid(root: Path, old: Plan, new: Plan, made: Edits) -> dict[str, bytes | None]:
    """Write OLD to ROOT, edit it and ask for NEW. Path -> what is to be there, None where none can tell.

    Every other edit is of a line that says the name of a service.
    """
    create(root, old.rendered | old.state)
    (root / STATE / "answers.yaml").write_text(new.answers_text)
    moved = pairs(old, new)
    done: dict[str, dict[int, tuple[str, bytes]]] = {}
    for number, at, how, text in made:
        path = sorted(moved)[number % len(moved)]
        was, now = (plan.rendered[at].content.splitlines() for plan, at in ((old, path), (new, moved[path])))
        named = [row for row in range(len(was)) if was[row] != now[row]]
        rows = (named if number % 2 else None) or range(len(was))
        if rows:
            done.setdefault(path, {})[rows[at % len(rows)]] = (how, text)
    expected: dict[str, bytes | None] = {}
    for path, to in moved.items():
        was, now = (plan.rendered[at].content.splitlines(True) for plan, at in ((old, path), (new, to)))
        undecided = False
        for at, (how, text) in sorted(done.get(path, {}).items(), reverse=True):
            undecided |= was[at] != now[at] and (how == "append a name" or len(done[path]) > 1)
            here, there = edited(was, at, how, text), edited(now, at, how, text)
            now[at : at + 1] = [there[0], *here[1:]] if how == "copy" else there
            was[at : at + 1] = here
        (root / path).write_bytes(b"".join(was))
        expected[to] = None if undecided else b"".join(now)
    return expected


def judged(root: Path, old: Plan, new: Plan) -> dict[str, File]:
    """Update ROOT; what is there then. No conflict holds what is nobody's; no line of the vendor changes."""
    start = tree(root)
    outcome = updated(root, Request())
    event(outcome.state)
    result = tree(root)
    for path, to in pairs(old, new).items():
        mine, there = (files[at].content.splitlines() for files, at in ((start, path), (result, to)))
        for yours, template in conflicts(result[to].content):
            assert set(yours) <= set(mine), "not what the vendor wrote"
            assert set(template) <= {*new.rendered[to].content.splitlines()}, "not the template's"
        assert {row for row in mine if row.startswith(b"# vendor")} <= set(there)
    again = updated(root, Request())
    assert again.state == ("unresolved" if outcome.state == "conflicts" else "up-to-date")
    assert tree(root) == result
    if result != start:
        undo(root, as_json=False)
        assert tree(root) == start
    return result


@contextmanager
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as directory:
        yield Path(directory) / "acme"


QUICK = settings(
    max_examples=20 * int(os.environ.get("VENDOR_SCAFFOLD_RENAMES", "1")),
    deadline=None,
    database=None,
    derandomize="VENDOR_SCAFFOLD_RENAMES" not in os.environ,  # an everyday run is the same each time
    phases=[Phase.generate],  # to shrink takes longer than to read it
    suppress_health_check=list(HealthCheck),
)


@QUICK
@given(cases())
def test_a_rename_is_the_new_rendering_with_the_edits_in_their_places(
    case: Case,
) -> None:
    """Longer with VENDOR_SCAFFOLD_RENAMES=N."""
    with place() as root:
        expected = laid(root, *plans(case), case[2])
        result = judged(root, *plans(case))
        assert {path for path in result if not path.startswith(STATE)} == expected.keys()
        for path, content in expected.items():
            assert content is None or result[path].content == content, path
            assert content is None or not [*conflicts(result[path].content)]


@QUICK
@given(cases(), st.lists(st.tuples(NUMBER, NUMBER), max_size=4))
def test_a_newer_template_comes_with_the_new_names(case: Case, aged: list[tuple[int, int]]) -> None:
    """The older template had other lines; where the vendor had not edited them, the newer ones come."""
    with place() as root:
        laid(root, *plans(case), case[2])
        older = Older(root)
        for number, at in aged:
            path = sorted(older.base)[number % len(older.base)]
            rows = older.base[path].content.splitlines(True)
            ours = (root / path).read_bytes()
            if rows and ours.count(row := rows[at % len(rows)]) == 1:
                rows[at % len(rows)] = old_row = b"# an older line %d\n" % at
                older.write(path, File(b"".join(rows)), File(ours.replace(row, old_row)))
        older.done()
        result = judged(root, *plans(case))
        clean = [file.content for path, file in result.items() if not path.startswith(STATE)]
        assert not any(b"# an older line" in content for content in clean if not [*conflicts(content)])
