"""A tree that meets what is on disk already: together they must not be a repository either."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from scaffold.errors import ScaffoldError
from scaffold.render.confine import bare_repositories


def refuse_repository(root: Path, paths: Iterable[str]) -> None:
    """Raise ScaffoldError where a directory of ROOT, with PATHS written to it, is a repository to git."""
    tree = set(paths)
    for place, problem in bare_repositories(tree | set(_beside(root, tree))):
        raise ScaffoldError(
            f"the template cannot be written: {str(root / place)!r}: {problem}, with what is there already",
            "nothing was written",
        )


def _beside(root: Path, tree: Iterable[str]) -> Iterator[str]:
    """What lies in the directories that TREE writes to."""
    for place in {parent for path in tree for parent in Path(path).parents}:
        try:
            yield from ((place / found.name).as_posix() for found in (root / place).iterdir())
        except OSError:  # it is made, or occupied, which the writing reports
            continue
