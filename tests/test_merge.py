"""The merge of three trees: stories, laws, agreement with git, and no influence of the user's git."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.errors import ScaffoldError
from scaffold.merge import Change, Merge, merge, unresolved
from scaffold.tree import File, Tree
from tests import txtar

STORIES = sorted(Path(__file__).parent.glob("stories/merge/*.txtar"))


def result(ours: Tree, merged: Merge) -> dict[str, File]:
    """OURS after the writes of MERGED."""
    return {path: file for path, file in {**ours, **merged.writes}.items() if file is not None}


def told(change: Change) -> str:
    lines = "".join(f":{line}" for line in change.lines)
    old = f" < {change.old_path}" if change.old_path else ""
    beside = f" + {change.beside}" if change.beside else ""
    return f"{change.kind} {change.path}{lines}{old}{beside}"


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_story(path: Path) -> None:
    story = txtar.read(path)
    base, ours, theirs, expected = (txtar.tree(story, name) for name in ("base", "ours", "theirs", "result"))
    keep = story.get("keep", "").split()
    groups = [line.split() for line in story.get("groups", "").splitlines()]

    def group(path: str) -> str:
        return next((name for start, name in groups if path.startswith(start)), "")

    merged = merge(base, ours, theirs, keep=keep, group=group, label="template 1.2")
    after = result(ours, merged)

    assert [told(change) for change in merged.changes] == story["expect"].splitlines()
    assert after == (expected or ours)
    assert merge(theirs, after, theirs, keep=keep, group=group).changes == ()


# --- laws

LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"  c\n", b"  d\n", b"}\n", b"\n"]), max_size=12)
TEXTS = LINES.map(b"".join)
NAMES = st.sampled_from(["a", "b", "d/a", "d/b", "e.md"])
FILES = st.builds(File, TEXTS, executable=st.booleans())
TREES = st.dictionaries(NAMES, FILES, max_size=4)


def changed(text: bytes, who: bytes) -> st.SearchStrategy[bytes]:
    """TEXT after lines were added by WHO, changed and deleted."""
    rows = text.splitlines(keepends=True)
    fresh = st.integers(0, 99).map(lambda number: b"  %s%d\n" % (who, number))
    edits = st.lists(
        st.tuples(st.integers(0, len(rows)), st.integers(0, 2), st.lists(fresh, max_size=2)), max_size=3
    )

    def edited(found: list[tuple[int, int, list[bytes]]]) -> bytes:
        copy = list(rows)
        for at, gone, new in sorted(found, key=lambda edit: -edit[0]):
            copy[at : at + gone] = new
        return b"".join(copy)

    return edits.map(edited)


@st.composite
def versions(draw: st.DrawFn) -> tuple[Tree, Tree, Tree]:
    """A tree, and two others made of it by edits, deletions and additions."""
    base = draw(TREES)
    sides = []
    for who in (b"ours", b"theirs"):
        side = dict(draw(st.dictionaries(st.sampled_from(["new", "d/new"]), FILES, max_size=1)))
        for path, file in base.items():
            if draw(st.integers(0, 5)):
                mode = file.executable ^ (draw(st.integers(0, 5)) == 0)
                side[path] = File(draw(changed(file.content, who)), executable=mode)
        sides.append(side)
    return base, sides[0], sides[1]


def all_lines(tree: Tree) -> set[bytes]:
    return {line for file in tree.values() for line in file.content.splitlines()}


@settings(max_examples=60, deadline=None)
@given(versions())
def test_laws(trees: tuple[Tree, Tree, Tree]) -> None:
    base, ours, theirs = trees
    assert result(base, merge(base, base, theirs)) == theirs
    assert merge(base, ours, base).changes == ()
    assert merge(base, ours, ours).changes == ()

    merged = merge(base, ours, theirs)
    after = result(ours, merged)
    assert all_lines(after) >= {
        line for line in all_lines(ours) - all_lines(base) if line.startswith(b"  ours")
    }
    for path, file in after.items():
        listed = [change for change in merged.conflicts if change.path == path and change.lines]
        assert bool(unresolved(path, file)) == bool(listed)
    for resolved in (after, ours):
        assert merge(theirs, resolved, theirs).writes == {}


# --- agreement with git


def git(where: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    fixed = ("-c", "user.name=a", "-c", "user.email=a", "-c", "merge.conflictStyle=diff3", "-c", "gc.auto=0")
    return subprocess.run(
        ["git", *fixed, "-c", "merge.directoryRenames=false", *arguments],
        cwd=where,
        capture_output=True,
        check=False,
    )


def committed(where: Path, tree: Tree) -> None:
    git(where, "rm", "-rfq", "--ignore-unmatch", ".")
    for path, file in tree.items():
        (where / path).parent.mkdir(parents=True, exist_ok=True)
        (where / path).write_bytes(file.content)
        (where / path).chmod(0o755 if file.executable else 0o644)
    git(where, "add", "-A")
    git(where, "commit", "-q", "--allow-empty", "-m", "x")


def checked_out(where: Path) -> dict[str, File]:
    files = [
        path for path in where.rglob("*") if path.is_file() and ".git" not in path.relative_to(where).parts
    ]
    return {
        str(path.relative_to(where)): File(path.read_bytes(), executable=os.access(path, os.X_OK))
        for path in files
    }


def merged_by_hand(where: Path, trees: tuple[Tree, Tree, Tree]) -> tuple[bool, Tree]:
    base, ours, theirs = trees
    git(where, "init", "-q")
    committed(where, base)
    git(where, "checkout", "-qb", "theirs")
    committed(where, theirs)
    git(where, "checkout", "-qb", "ours", "HEAD~")
    committed(where, ours)
    done = git(where, "merge", "-q", "theirs")
    return done.returncode == 0, checked_out(where)


DISTINCT = st.lists(st.integers(0, 40), min_size=4, max_size=12, unique=True).map(
    lambda numbers: b"".join(b"line %d\n" % number for number in numbers)
)


@st.composite
def edited_texts(draw: st.DrawFn) -> tuple[Tree, Tree, Tree]:
    """Trees without the cases in which the policy of an update is another than git's."""
    base = draw(
        st.dictionaries(NAMES, st.builds(File, DISTINCT, executable=st.booleans()), min_size=1, max_size=3)
    )
    ours, theirs = (
        {path: File(draw(changed(file.content, who)), draw(st.booleans())) for path, file in base.items()}
        for who in (b"ours", b"theirs")
    )
    return base, ours, theirs


@settings(max_examples=25, deadline=None)
@given(edited_texts())
def test_agrees_with_git_merge(trees: tuple[Tree, Tree, Tree]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        clean, by_hand = merged_by_hand(Path(directory), trees)
    merged = merge(*trees)
    if clean:
        assert merged.conflicts == ()
        assert result(trees[1], merged) == by_hand
    elif not merged.conflicts:  # git calls changes of neighbouring lines a conflict
        assert lines_of_both(trees, result(trees[1], merged))


def lines_of_both(trees: tuple[Tree, Tree, Tree], merged: dict[str, File]) -> bool:
    """Whether every line that a side changed is in MERGED, where the other side left it alone."""
    base, *sides = trees
    for side in sides:
        for path, file in side.items():
            fresh = set(file.content.split(b"\n")) - set(
                base[path].content.split(b"\n") if path in base else ()
            )
            if not fresh <= set(merged[path].content.split(b"\n")):
                return False
    return True


# --- repeated blocks

ITEMS = ("image: acme", "net: host", "user: root", "restart: always")


def document(blocks: list[tuple[str, list[str]]]) -> bytes:
    """Containers as a vendor writes them: a name, and much the same below it."""
    rows = [row for name, lines in blocks for row in (f"  {name}:", *(f"    {line}" for line in lines))]
    return "\n".join(["containers:", *rows, "outputs: {}", ""]).encode()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_an_edit_stays_in_its_block(data: st.DataObject) -> None:
    base = {name: list(ITEMS) for name in ("one", "two", "three")}
    name, at = data.draw(st.sampled_from(list(base))), data.draw(st.integers(0, 4))
    ours = {**base, name: [*ITEMS[:at], "edit: mine", *ITEMS[at + data.draw(st.integers(0, 1)) :]]}
    names = data.draw(st.lists(st.sampled_from(["one", "two", "three", "new", "newer"]), unique=True))
    theirs = {block: list(ITEMS) for block in names}

    texts = [{"a.yaml": File(document(list(tree.items())))} for tree in (base, ours, theirs)]
    merged = merge(*texts)
    if not merged.conflicts:
        after = yaml.safe_load(result(texts[1], merged)["a.yaml"].content)["containers"]
        assert [block for block in after if "edit" in (after[block] or {})] == [name]


# --- isolation


def test_no_influence_of_the_users_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\nexit 1\n")
    trap.chmod(0o755)
    (tmp_path / "hooks").mkdir()
    for hook in ("reference-transaction", "post-checkout", "pre-commit", "post-merge"):
        (tmp_path / "hooks" / hook).symlink_to(trap)
    (tmp_path / "attributes").write_text("* merge=trap diff=trap -text filter=trap conflict-marker-size=3\n")
    (tmp_path / "gitconfig").write_text(
        f"""[core]
    hooksPath = {tmp_path}/hooks
    attributesFile = {tmp_path}/attributes
    fsmonitor = {trap}
    autocrlf = true
[merge "trap"]
    driver = {trap}
[merge]
    conflictStyle = merge
    default = trap
[diff]
    external = {trap}
    renames = false
[commit]
    gpgsign = true
[gpg]
    program = {trap}
[filter "trap"]
    clean = {trap}
"""
    )
    story = txtar.read(STORIES[0].with_name("renamed-by-the-template-with-conflict.txtar"))
    trees = [txtar.tree(story, name) for name in ("base", "ours", "theirs")]
    alone = merge(*trees)

    for name in (".gitconfig", "xdg/git/config"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text((tmp_path / "gitconfig").read_text())
    for variable, value in {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "xdg"),
        "GIT_CONFIG_GLOBAL": str(tmp_path / "gitconfig"),
        "GIT_CONFIG_SYSTEM": str(tmp_path / "gitconfig"),
        "GIT_DIR": str(tmp_path),
        "GIT_OBJECT_DIRECTORY": "/nowhere",
        "GIT_EXTERNAL_DIFF": str(trap),
        "GIT_CONFIG_PARAMETERS": "'merge.conflictstyle'='merge'",
        "GIT_TRACE": str(tmp_path / "sprung"),
    }.items():
        monkeypatch.setenv(variable, value)
    assert merge(*trees) == alone
    assert len(alone.conflicts) == 1
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("said", ["git version 2.37.1", None])
def test_git_is_needed_only_where_both_changed(
    said: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if said:
        (tmp_path / "git").write_text(f"#!/bin/sh\necho {said}\n")
        (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    old, new, mine = ({"a": File(text), "b": File(text)} for text in (b"old\n", b"new\n", b"mine\n"))
    assert result(old, merge(old, old, new)) == new
    assert merge(old, mine, old).writes == {}
    assert result(mine, merge(old, {**old, "a": mine["a"]}, {**old, "b": new["b"]})) == {
        **mine,
        "b": new["b"],
    }
    with pytest.raises(ScaffoldError, match="git 2.38 or later" if said else "there is none") as error:
        merge(old, mine, new)
    assert "nothing was written" in error.value.hint
