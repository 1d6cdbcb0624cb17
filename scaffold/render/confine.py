"""Paths and links of a rendered tree: none leaves it, none takes another's place, none makes it a repository.

A tree that git, or another version control system, takes for a repository brings a configuration that runs
commands, as core.fsmonitor of git and the hooks of Mercurial do, at the next `status` or prompt of a shell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from scaffold.errors import ScaffoldError
from scaffold.tree import File, Tree

_OWNED = ".vendor-scaffold"
_MOST_LINKS = 40  # as many as Linux follows
# the directories that systems look for; git~1 is .git to file systems of Windows
_METADATA = {".bzr", ".git", ".hg", ".jj", ".svn", "_darcs", "git~1"}


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
        problems += [f"{place!r}: {problem}" for place, problem in bare_repositories(tree)]
    if problems:
        raise ScaffoldError(
            "\n".join(f"the template cannot be written: {problem}" for problem in problems),
            "nothing was written",
        )
    return tree


def of_a_repository(name: str) -> bool:
    """Whether a version control system takes NAME for its own, on any file system (git's is_ntfs_dotgit)."""
    return _seen(name) in _METADATA


def _seen(name: str) -> str:
    """NAME as file systems may have it that ignore case, what cannot be seen, dots and spaces at its end."""
    plain = "".join(char for char in name.partition(":")[0] if char.isprintable())
    return plain.casefold().rstrip(". ")


def bare_repositories(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The directories among PATHS that git takes for a repository without .git, with the words for it.

    That is what holds HEAD, refs and objects, or HEAD and commondir (is_git_directory in git's setup.c).
    objects may be anywhere (GIT_OBJECT_DIRECTORY), so it does not count.
    """
    inside: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        parts = path.split("/")
        for at, part in enumerate(parts):
            inside["/".join(parts[:at])].add(part)
    for place, names in inside.items():
        if is_bare_repository(names):
            yield place or ".", "HEAD beside refs or commondir: git would take it for a repository"


def is_bare_repository(names: Collection[str]) -> bool:
    """Whether git may take a directory with entries of these NAMES for a repository."""
    seen = {_seen(name) for name in names}
    return "head" in seen and not seen.isdisjoint({"refs", "commondir"})


def _path(path: str) -> str:
    """What is wrong with PATH; empty for nothing."""
    parts = path.split("/")
    if path.startswith("/") or ".." in parts:
        return "leads out of the repository"
    if not all(parts) or "." in parts:
        return "is no plain path"
    if not path.isprintable() or "\\" in path or len(path.encode(errors="replace")) > 1000:
        return "is no path that every system can have"
    if any(of_a_repository(part) for part in parts):
        return "belongs to a version control system"
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
