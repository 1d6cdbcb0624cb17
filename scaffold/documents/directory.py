"""The files of a directory that may concern a rule: read once, whatever lies there."""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from scaffold.documents.dockerfile import is_name
from scaffold.documents.kinds import Broken, Document, is_ours, parsed
from scaffold.errors import WrongUse
from scaffold.locate import around, existing, is_top
from scaffold.tree import Tree

MAX_DOCKERFILE = 128 * 1024  # one that is longer is written to be slow
MAX_BYTES = 1024 * 1024  # of a file; the longest service template of the releases has 90 kB
SKIPPED = {".git", ".hg", ".svn", ".tox", ".venv", "node_modules", "__pycache__", ".vendor-scaffold"}
MARK = Path(".vendor-scaffold", "answers.yaml")


def repositories(path: Path) -> dict[Path, list[Path]]:
    """The vendor repositories at, around or below PATH, each with all its files.

    What is in none belongs to PATH itself. A file may also belong to a git repository, and is checked
    alone otherwise. Raises WrongUse where there is nothing.
    """
    if existing(path).is_file():
        inside = path.parent.resolve() / path.name
        root = around(path.parent) or next((at for at in inside.parents if (at / ".git").exists()), None)
        files = _walk(root.resolve())[root.resolve()] if root else []
        return {root.resolve(): files} if root and inside in files else {path.parent: [path]}
    if not path.is_dir():
        raise WrongUse(f"{path} is neither a file nor a directory")
    root = around(path)
    if root is None or root == path:
        return _walk(path)
    inside = path.resolve()
    found = {top: files for top, files in _walk(root).items() if top == root or top.is_relative_to(inside)}
    known = any(file.is_relative_to(inside) for files in found.values() for file in files)
    return found if known else _walk(path)


def _walk(path: Path) -> dict[Path, list[Path]]:
    found: dict[Path, list[Path]] = {path: []}
    for directory, names, files in os.walk(path):
        here = Path(directory)
        names[:] = sorted(name for name in names if name not in SKIPPED)
        if is_top(here):
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


def of_tree(tree: Tree) -> tuple[Document, ...]:
    """The documents of a TREE in memory, as they would be on disk."""
    read = ((parsed(path, file.content.decode()), file.executable) for path, file in tree.items())
    return tuple(replace(document, executable=True) if runs else document for document, runs in read)


def _document(file: Path, path: str) -> Document | None:
    try:
        if not file.is_file():
            return None  # a socket, a pipe, a device
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
            executable = bool(os.fstat(stream.fileno()).st_mode & stat.S_IXUSR)
    except OSError as error:
        return _broken(path, f"cannot be read: {error.strerror}", b"parameter_defaults:")  # it may be ours
    most = MAX_DOCKERFILE if is_name(file.name) else MAX_BYTES
    if len(data) > most:
        return _broken(path, f"is larger than {most // 1024} kB", data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _broken(path, "is not UTF-8 text", data, data.count(b"\n", 0, error.start) + 1)
    if "\0" in text:
        return _broken(path, "is not text", data)
    document = parsed(path, text)
    marked = data.startswith(codecs.BOM_UTF8)
    return replace(document, executable=executable, marked=marked) if executable or marked else document


def _broken(path: str, reason: str, data: bytes, line: int = 1) -> Broken | None:
    """The broken document; none where its name and what it begins with do not say that it concerns us."""
    return Broken(path, "", reason, line) if is_ours(path, data.decode("utf-8", "replace")) else None
