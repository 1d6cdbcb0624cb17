"""The files of our own below .vendor-scaffold/: opened only where they are that, and read only up to a size.

Whoever can put a link, a pipe or a file of its own in such a place must not have us write through it, wait
for it or believe it.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from scaffold.disk import content, folder, named, names, opened, split
from scaffold.errors import ScaffoldError
from scaffold.tree import File

LARGEST = 64 << 20  # bytes of a file of our own
_SAFELY = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY
_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISCHR, "a device"),
)
_AWAY = "move it away: a file that vendor-scaffold itself made belongs there"


def hold(inside: int, name: str, shown: str, flags: int = os.O_RDONLY) -> int:
    """Open NAME in the open directory INSIDE, a regular file of this user under no other name.

    shown: its path, for errors. Raises OSError, or ScaffoldError for anything else in its place.
    """
    with suppress(FileNotFoundError):  # before it is opened: to open a device may be to use it
        _judged(inside, os.stat(name, dir_fd=inside, follow_symlinks=False), shown)
    with named(shown):
        descriptor = os.open(name, flags | _SAFELY, 0o666, dir_fd=inside)
    try:
        _judged(inside, os.fstat(descriptor), shown)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _judged(inside: int, found: os.stat_result, shown: str) -> None:
    for test, kind in _KINDS:
        if test(found.st_mode):
            raise ScaffoldError(f"{shown} is {kind}", _AWAY)
    if found.st_uid not in (os.geteuid(), 0, os.fstat(inside).st_uid):
        raise ScaffoldError(f"{shown} belongs to another user", "make it yours with chown, or move it away")
    if found.st_nlink > 1 and found.st_nlink - _kept(inside, found) > 1:
        raise ScaffoldError(f"{shown} has another name too (a hard link)", "put a copy of it in its place")


def _kept(inside: int, found: os.stat_result) -> int:
    """How many names of FOUND are copies that a transaction keeps."""
    count = 0
    for store in ("next", "last", "done"):
        for side in ("old", "new"):
            with suppress(OSError), folder(inside, f"local/{store}/{side}") as kept:
                here = (os.stat(name, dir_fd=kept, follow_symlinks=False) for name in names(kept))
                count += sum(os.path.samestat(found, one) for one in here)
    return count


def held(inside: int, name: str, shown: str, most: int = LARGEST) -> File | None:
    """The file NAME in the open directory INSIDE, None for none; raises ScaffoldError for anything else."""
    descriptor = -1
    try:
        descriptor = hold(inside, name, shown)
        executable = bool(os.fstat(descriptor).st_mode & stat.S_IXUSR)
        return File(content(descriptor, most), executable)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise ScaffoldError(f"{shown} is too large: more than {most >> 10} kB", _AWAY) from error
        raise ScaffoldError(f"{shown}: {error.strerror}") from error
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def read(root: Path, paths: tuple[str, ...]) -> dict[str, File]:
    """Those of PATHS, all below .vendor-scaffold/ of ROOT, that are there."""
    with opened(root) as top:
        found = {path: look(top, path) for path in paths}
    return {path: file for path, file in found.items() if file}


def look(top: int, path: str) -> File | None:
    """The file of our own at PATH; None for nothing."""
    parent, name = split(path)
    try:
        with folder(top, parent) as inside:
            return held(inside, name, path)
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        raise ScaffoldError(f"{parent} is no directory of its own", _AWAY) from None
