"""Our own files with any change to them: refused in one line with nothing changed, or all is right."""

from __future__ import annotations

import copy
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffold.commands.update import Request, updated
from scaffold.transaction.journal import sealed

from .killing import killed_in_the_middle
from .random_kills import memory
from .test_unknown import everything, said
from .upkeep import STATE, made

STORE = f"{STATE}/local/next"
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 1, 2, 0o644, 2**31, 2**70, 10**400, 1.5, float("nan")]),
    st.sampled_from(["", "x", "..", "../x", "/etc/x", ".git/config", "a/.GIT/x", "a\0b", "\ud800", "\udcff"]),
    st.sampled_from(
        [f"{STATE}/local/lock", f"{STATE}/state.json", "README.md", "src.c", "0" * 64, "9" * 5000]
    ),
    st.text(max_size=20),
    st.sampled_from([[], {}, [[]], {"": {}}, ["x"], {"x": None}, {"schema": 2}, [None]]).map(copy.deepcopy),
)


@pytest.fixture(scope="module")
def places() -> Iterator[dict[str, Path]]:
    """A repository, and one whose update was killed in the middle."""
    with tempfile.TemporaryDirectory(dir=memory()) as directory:
        fresh = made(Path(directory))
        (fresh / "src.c").write_text("int main;\n")
        half = Path(shutil.copytree(fresh, Path(directory, "half"), symlinks=True))
        request = Request(settings=("services.acme-agent.step=5",))
        killed_in_the_middle(lambda root: updated(root, request), half, after=1)
        whole = Path(shutil.copytree(half, Path(directory, "whole"), symlinks=True))
        assert said("update", whole)[0] == 0
        yield {"state.json": fresh, "pristine.json": fresh, "journal.json": half, "whole": whole}


def places_in(document: Any) -> list[tuple[Any, ...]]:
    """The way to every value in DOCUMENT."""
    items = list(document.items() if isinstance(document, dict) else enumerate(document))
    return [
        (key, *rest)
        for key, value in items
        for rest in [(), *(places_in(value) if isinstance(value, dict | list) else [])]
    ]


@st.composite
def mutated(draw: st.DrawFn, document: Any) -> Any:
    """DOCUMENT with one to three values changed, taken away, added or renamed."""
    document = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        ways = places_in(document)
        if not ways:
            break
        *way, last = draw(st.sampled_from(ways))
        holder = document
        for key in way:
            holder = holder[key]
        how = draw(st.sampled_from(["change", "remove", "add", "rename", "double"]))
        if how == "change":
            holder[last] = draw(ODD)
        elif how == "remove":
            del holder[last]
        elif isinstance(holder, dict):
            name = draw(ODD.filter(lambda one: isinstance(one, str)))
            holder[name] = holder.pop(last) if how == "rename" else draw(ODD)
        else:
            holder.append(copy.deepcopy(holder[last]) if how == "double" else draw(ODD))
    return document


@contextmanager
def copied(source: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=memory()) as directory:
        yield Path(shutil.copytree(source, Path(directory, "acme"), symlinks=True))


MANY = settings(
    max_examples=int(os.environ.get("VENDOR_SCAFFOLD_FUZZ", "20")),
    deadline=None,
    database=None,
    derandomize="VENDOR_SCAFFOLD_FUZZ" not in os.environ,  # an everyday run is the same each time
    suppress_health_check=list(HealthCheck),
)


def told_or_right(source: Path, path: str, content: bytes, right: dict[str, bytes]) -> None:
    """An update of SOURCE with CONTENT at PATH is refused and changes nothing, or ends as RIGHT."""
    with copied(source) as root:
        (root / path).write_bytes(content)
        before = everything(root)
        code, _, errors = said("update", root)
        if code:
            assert code == 1
            assert [line for line in errors.splitlines() if line.startswith("error: ")]
            assert everything(root) == before
        else:
            done = {one: file for one, file in everything(root).items() if not one.startswith(STATE)}
            assert done == right


def files_of(root: Path) -> dict[str, bytes]:
    return {path: file for path, file in everything(root).items() if not path.startswith(STATE)}


@pytest.mark.parametrize("name", ["state.json", "pristine.json", "journal.json"])
@given(data=st.data())
@MANY
def test_any_change_is_told_or_harmless(name: str, places: dict[str, Path], data: st.DataObject) -> None:
    path = f"{STORE}/{name}" if name == "journal.json" else f"{STATE}/{name}"
    source = places[name]
    document = json.loads((source / path).read_text())
    found = data.draw(mutated(document))
    content = sealed(found) if name == "journal.json" else json.dumps(found).encode()
    right = files_of(places["whole"] if name == "journal.json" else source)
    told_or_right(source, path, content, right)


@pytest.mark.parametrize("name", ["state.json", "pristine.json", "journal.json"])
@given(at=st.floats(0, 1), cut=st.booleans(), byte=st.integers(0, 255))
@MANY
def test_any_damaged_byte_is_told_or_harmless(
    name: str, places: dict[str, Path], at: float, cut: bool, byte: int
) -> None:
    path = f"{STORE}/{name}" if name == "journal.json" else f"{STATE}/{name}"
    source = places[name]
    content = bytearray((source / path).read_bytes())
    place = int(at * (len(content) - 1))
    if cut:
        del content[place:]
    else:
        content[place] = byte
    right = files_of(places["whole"] if name == "journal.json" else source)
    told_or_right(source, path, bytes(content), right)


@pytest.mark.parametrize("number", range(4))
def test_a_damaged_path_of_a_journal_is_told(number: int, places: dict[str, Path]) -> None:
    """It is JSON with the right keys and types after it, so nothing else tells where the step still waits."""
    text = (places["journal.json"] / STORE / "journal.json").read_bytes()
    paths = [step["path"] for step in json.loads(text)["steps"]]
    path = paths[number].encode()
    damaged = text.replace(b'"%s"' % path, b'"%s~"' % path[:-1])
    assert damaged != text
    with copied(places["journal.json"]) as root:
        (root / STORE / "journal.json").write_bytes(damaged)
        before = everything(root)
        code, _, errors = said("update", root)
        assert (code, "damaged" in errors) == (1, True), errors
        assert everything(root) == before
