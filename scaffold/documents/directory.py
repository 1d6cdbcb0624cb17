"""The files of a directory that may concern a rule: read once, whatever lies there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from scaffold.documents import Broken, Document, is_ours, parsed
from scaffold.errors import WrongUse

MAX_BYTES = 1024 * 1024  # of a file; the longest service template of the releases has 90 kB
SKIPPED = {".git", ".hg", ".svn", ".tox", ".venv", "node_modules", "__pycache__", ".vendor-scaffold"}
MARK = Path(".vendor-scaffold", "answers.yaml")


def repositories(path: Path) -> dict[Path, list[Path]]:
    """The vendor repositories at or below ``path``, each with its files; the rest belongs to ``path`` itself.

    A directory with .vendor-scaffold/answers.yaml is a repository of its own. A file belongs to the generated
    repository around it, or to the git repository, and is checked alone otherwise. Raises WrongUse where
    there is nothing.
    """
    if path.is_file():
        parents = path.absolute().parents
        marked = (parent for mark in (MARK, ".git") for parent in parents if (parent / mark).exists())
        root = next(marked, None)
        around = _walk(root)[root] if root else []
        known = path.absolute() in around and not path.is_symlink()
        return {root: around} if root and known else {path.parent: [path]}
    if not path.is_dir():
        raise WrongUse(f"{path}: there is no such file or directory")
    return _walk(path)


def _walk(path: Path) -> dict[Path, list[Path]]:
    found: dict[Path, list[Path]] = {path: []}
    for directory, names, files in os.walk(path):
        here = Path(directory)
        names[:] = sorted(name for name in names if name not in SKIPPED)
        if (here / MARK).is_file():
            found.setdefault(here, [])
        owner = next(root for root in (here, *here.parents) if root in found)
        found[owner] += [here / name for name in sorted(files)]
    return found


def documents(root: Path, files: list[Path]) -> Iterator[Document]:
    """The documents among the files. A binary file is none, nor is a link, unless it alone is asked for."""
    for file in files:
        if file.is_symlink() and len(files) > 1:
            continue
        path = file.relative_to(root).as_posix()
        document = _document(file, path)
        if document is not None:
            yield document


def _document(file: Path, path: str) -> Document | None:
    try:
        if not file.is_file():
            return None  # a socket, a pipe, a device
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return _broken(path, f"cannot be read: {error.strerror}", b"parameter_defaults:")  # it may be ours
    if len(data) > MAX_BYTES:
        return _broken(path, f"is larger than {MAX_BYTES // 1024} kB", data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _broken(path, "is not UTF-8 text", data, data.count(b"\n", 0, error.start) + 1)
    return parsed(path, text) if "\0" not in text else _broken(path, "is not text", data)


def _broken(path: str, reason: str, data: bytes, line: int = 1) -> Broken | None:
    """The broken document; none where its name and what it begins with do not say that it concerns us."""
    return Broken(path, "", reason, line) if is_ours(path, data.decode("utf-8", "replace")) else None
