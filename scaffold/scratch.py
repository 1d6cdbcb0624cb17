"""Throw-away directories, locked while a process uses them: what a killed one has left is known by that."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_NAME = "[a-z0-9_]{8}"  # what mkdtemp puts after a prefix


@contextmanager
def scratch(parent: Path, prefix: str) -> Iterator[Path]:
    """A directory of this process in PARENT, removed at the end; before, those that killed ones have left.

    prefix: of its name, and only for such directories. What is renamed away stays.
    """
    with suppress(OSError):
        _cleared(parent, prefix)
    path, descriptor = _made(parent, prefix)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(descriptor)


def _made(parent: Path, prefix: str) -> tuple[Path, int]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        with suppress(FileNotFoundError):  # another process has taken it for left, before it was locked
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            with suppress(OSError):  # a file system without locks
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            if path.exists():
                return path, descriptor
            os.close(descriptor)


def _cleared(parent: Path, prefix: str) -> None:
    pattern = re.compile(re.escape(prefix) + _NAME)
    for path in parent.iterdir():
        if pattern.fullmatch(path.name):
            with suppress(OSError):
                _clear(path)


def _clear(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        found = os.fstat(descriptor)
        if found.st_uid == os.geteuid() and os.path.samestat(found, path.lstat()):
            shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(descriptor)
