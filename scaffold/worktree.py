"""The files of a vendor repository on disk, reached without ever following a link out of it.

Every parent directory is opened from the one above it and may not be a symbolic link, so that neither a link
that is there nor one that appears meanwhile leads a write elsewhere.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scaffold.errors import ScaffoldError
from scaffold.tree import File

_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def parent(root: Path, path: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
    """The directory of PATH below ROOT as a descriptor, and the name of PATH in it.

    make: create the directories that are missing. Raises OSError where a part is a link or no directory.
    """
    *folders, name = path.split("/")
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for folder in folders:
            if make:
                with suppress(FileExistsError):
                    os.mkdir(folder, dir_fd=descriptor)
            inner = os.open(folder, _FLAGS, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        yield descriptor, name
    finally:
        os.close(descriptor)


def read(root: Path, paths: Iterable[str]) -> dict[str, File]:
    """The files and links among PATHS that are there; what lies behind a linked directory is not.

    Raises ScaffoldError for a file that cannot be read.
    """
    found = {path: _file(root, path) for path in paths}
    return {path: file for path, file in found.items() if file}


def _file(root: Path, path: str) -> File | None:
    try:
        with parent(root, path) as (directory, name):
            mode = os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode
            if stat.S_ISLNK(mode):
                return File(os.fsencode(os.readlink(name, dir_fd=directory)), link=True)
            if not stat.S_ISREG(mode):
                return None
            descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
            with os.fdopen(descriptor, "rb") as stream:
                return File(stream.read(), executable=bool(mode & stat.S_IXUSR))
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG):
            return None
        raise ScaffoldError(f"{path} cannot be read: {error.strerror}") from error


def mode_of(root: Path, path: str) -> os.stat_result | None:
    """What is at PATH, without following it; None for nothing."""
    try:
        with parent(root, path) as (directory, name):
            return os.stat(name, dir_fd=directory, follow_symlinks=False)
    except OSError:
        return None


def stage(path: Path, file: File, replaced: os.stat_result | None) -> None:
    """Write FILE at PATH durably, with the mode and owner of the file that it will replace."""
    if file.link:
        path.symlink_to(os.fsdecode(file.content))
        return
    with path.open("xb") as stream:
        stream.write(file.content)
        stream.flush()
        if replaced and stat.S_ISREG(replaced.st_mode):
            readers = (replaced.st_mode & 0o444) >> 2
            kept = stat.S_IMODE(replaced.st_mode) & ~0o111
            os.fchmod(stream.fileno(), kept | readers if file.executable else kept)
            with suppress(PermissionError):
                os.fchown(stream.fileno(), replaced.st_uid, replaced.st_gid)
        elif file.executable:
            made = os.fstat(stream.fileno()).st_mode
            os.fchmod(stream.fileno(), stat.S_IMODE(made) | (made & 0o444) >> 2)
        os.fsync(stream.fileno())


def move_in(staged: Path, root: Path, path: str) -> None:
    """Rename STAGED to PATH below ROOT, in place of what is there."""
    with parent(root, path, make=True) as (directory, name):
        if _is_directory(directory, name):
            os.rmdir(name, dir_fd=directory)  # left empty; anything else was refused before
        os.rename(staged, name, dst_dir_fd=directory)
        os.fsync(directory)


def keep_aside(root: Path, path: str, aside: Path) -> None:
    """Give the file at PATH the further name ASIDE; where there are no hard links, a copy."""
    with parent(root, path) as (directory, name):
        try:
            os.link(name, aside, src_dir_fd=directory, follow_symlinks=False)
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK):
                raise
            file = _file(root, path)
            assert file is not None
            stage(aside, file, os.stat(name, dir_fd=directory, follow_symlinks=False))


def remove(root: Path, path: str) -> None:
    """Take the file at PATH away, and the directories that it leaves empty."""
    with suppress(FileNotFoundError), parent(root, path) as (directory, name):
        os.unlink(name, dir_fd=directory)
        os.fsync(directory)
    folder = path.rpartition("/")[0]
    while folder:
        try:
            with parent(root, folder) as (directory, name):
                os.rmdir(name, dir_fd=directory)
        except OSError:
            return
        folder = folder.rpartition("/")[0]


def _is_directory(directory: int, name: str) -> bool:
    try:
        return stat.S_ISDIR(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False
