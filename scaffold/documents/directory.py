"""The files of a directory that may concern a rule: read once, whatever lies there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from scaffold.documents import Broken, Document, parsed
from scaffold.errors import WrongUse

MAX_BYTES = 1024 * 1024  # of a file; the longest service template of the releases has 90 kB
SKIPPED = {".git", ".hg", ".svn", ".tox", ".venv", "node_modules", "__pycache__", ".vendor-scaffold"}
MARK = Path(".vendor-scaffold", "answers.yaml")


def repositories(path: Path) -> dict[Path, list[Path]]:
    """The vendor repositories at or below ``path``, each with its files; the rest belongs to ``path`` itself.

    A directory with .vendor-scaffold/answers.yaml is a repository of its own. A file belongs to the generated
    repository around it, and is checked alone otherwise. Raises WrongUse where there is nothing.
    """
    if path.is_file():
        root = next((parent for parent in path.absolute().parents if (parent / MARK).is_file()), None)
        return {root: _walk(root)[root]} if root else {path.parent: [path]}
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
        found[owner] += [here / name for name in sorted(files) if not (here / name).is_symlink()]
    return found


def documents(root: Path, files: list[Path]) -> Iterator[Document]:
    """The documents among the files. A binary file is none; one that cannot be read is broken."""
    for file in files:
        path = file.relative_to(root).as_posix()
        document = _document(file, path)
        if document is not None:
            yield document


def _document(file: Path, path: str) -> Document | None:
    probe = parsed(path, "parameter_defaults: [")  # does the name alone say that the file concerns us?
    concerns = type(probe) is not Document
    try:
        if not file.is_file():
            return None  # a socket, a pipe, a device
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return Broken(path, "", f"cannot be read: {error.strerror}") if concerns else None
    if len(data) > MAX_BYTES:
        return Broken(path, "", f"is larger than {MAX_BYTES // 1024} kB") if concerns else None
    try:
        return None if b"\0" in data and not concerns else parsed(path, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Broken(path, "", "is not UTF-8 text", line) if concerns else None
