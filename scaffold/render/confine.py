"""Paths and links of a rendered tree: none leaves it, none takes another's place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scaffold.errors import ScaffoldError
from scaffold.tree import File, Tree

_OWNED = ".vendor-scaffold"
_MOST_LINKS = 40  # as many as Linux follows


def confine(files: Iterable[tuple[str, File]]) -> dict[str, File]:
    """Make FILES a tree. Raises ScaffoldError with every path and link that leaves it or collides."""
    tree: dict[str, File] = {}
    problems: list[str] = []
    for path, file in files:
        problem = _path(path) or ("two files of the template have this path" if path in tree else "")
        if problem:
            problems.append(f"{path!r}: {problem}")
        tree[path] = file
    if not problems:
        problems += [f"{path!r}: {problem}" for path, problem in _across(tree)]
    if problems:
        raise ScaffoldError(
            "\n".join(f"the template cannot be written: {problem}" for problem in problems),
            "nothing was written",
        )
    return tree


def _path(path: str) -> str:
    """What is wrong with PATH; empty for nothing."""
    parts = path.split("/")
    if path.startswith("/") or ".." in parts:
        return "leads out of the repository"
    if not all(parts) or "." in parts:
        return "is no plain path"
    if not path.isprintable() or "\\" in path or len(path.encode(errors="replace")) > 1000:
        return "is no path that every system can have"
    if any(part.casefold().rstrip(". ") in (".git", "git~1") for part in parts):
        return "is git's own"
    if parts[0].casefold() == _OWNED:
        return f"{_OWNED}/ belongs to vendor-scaffold"
    return ""


def _across(tree: Tree) -> Iterator[tuple[str, str]]:
    """Files that lie below a file or link, and links that leave TREE."""
    for path, file in tree.items():
        parts = path.split("/")
        above = next((up for end in range(1, len(parts)) if (up := "/".join(parts[:end])) in tree), "")
        if above:
            yield path, f"lies below {above!r}, which is no directory"
        if file.link:
            problem = _link(path, file, tree)
            if problem:
                yield path, problem


def _link(path: str, file: File, tree: Tree) -> str:
    """What is wrong with the link at PATH, followed through every other link of TREE."""
    target = file.content.decode(errors="surrogateescape")
    if not target or not target.isprintable():
        return "the link has no plain target"
    at = path.split("/")[:-1]
    todo = target.split("/")[::-1]
    followed = 0
    if target.startswith("/"):
        return f"the link leads out of the repository: {target!r}"
    while todo:
        part = todo.pop()
        if part in ("", "."):
            continue
        if part == "..":
            if not at:
                return f"the link leads out of the repository: {target!r}"
            at.pop()
            continue
        at.append(part)
        if _path("/".join(at)):
            return f"the link leads where no file may be: {target!r}"
        met = tree.get("/".join(at))
        if met and met.link:
            followed += 1
            if followed > _MOST_LINKS or met.content.startswith(b"/"):
                return f"the link leads in a circle or out of the repository: {target!r}"
            at.pop()
            todo += met.content.decode(errors="replace").split("/")[::-1]
    return ""
