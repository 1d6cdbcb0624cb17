"""The merge of three trees: stories, laws, agreement with git, and no influence of the user's git."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.merge import Change, Merge, merge
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
