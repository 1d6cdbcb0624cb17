"""A working tree on disk, reached from an open directory and never through a symbolic link below its root."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from scaffold import tree
from scaffold.errors import ScaffoldError
from scaffold.tree import LOCAL as LOCAL
from scaffold.tree import STATE as STATE
from scaffold.tree import File

_KEPT = ("system.posix_acl_access", "security.selinux")
LARGEST = 256 << 20  # bytes of a file that is read at all
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


def user_cache() -> Path:
    """The directory of this program in the user's cache; raises RuntimeError for a user without a home."""
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if not given.is_absolute() and os.environ.get("HOME") == "":
        raise RuntimeError("HOME is empty")  # pathlib would make / of it
    return (given if given.is_absolute() else Path.home() / ".cache") / "vendor-scaffold"


@dataclass(frozen=True)
class Seen:
    """What lies at a path. `file` is None for a directory and for what is neither file nor link."""

    kind: Literal["file", "link", "directory", "other"]
    mode: int  # permission bits
    owner: tuple[int, int] = (-1, -1)
    file: File | None = None
    attributes: tuple[tuple[str, bytes], ...] = ()  # extended ones, lists of access rights among them


def read(root: Path, paths: Iterable[str]) -> dict[str, File]:
    """The files among PATHS that exist under ROOT; links as links, directories and devices left out.

    A path below a symbolic link does not exist. Raises ScaffoldError for what cannot be read.
    """
    with opened(root) as top:
        try:
            found = {path: look(top, path) for path in sound(paths)}
        except OSError as error:
            raise ScaffoldError(f"{error.filename}: {error.strerror}") from error
    return {path: seen.file for path, seen in found.items() if seen and seen.file}


def linked(root: Path, paths: Iterable[str]) -> dict[str, str]:
    """Those of PATHS under ROOT that lie below a symbolic link -> that link."""
    found: dict[str, str] = {}
    with opened(root) as top:
        kinds = {folder: look(top, folder) for path in paths for folder in above(path)}
    for path in sorted(paths):
        for folder in above(path):
            if (seen := kinds[folder]) and seen.kind == "link":
                found[path] = folder
                break
    return found


def sound(paths: Iterable[str]) -> list[str]:
    """PATHS, sorted; raises ScaffoldError for one that is no path inside a repository."""
    listed = sorted(paths)
    wrong = [path for path in listed if not tree.sound(path)]
    if wrong:
        raise ScaffoldError("not a path inside the repository: " + ", ".join(map(repr, wrong)))
    return listed


@contextmanager
def opened(root: Path) -> Iterator[int]:
    """ROOT as an open directory; raises ScaffoldError where it is none."""
    try:
        top = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise ScaffoldError(f"{root}: {error.strerror}") from error
    try:
        yield top
    finally:
        os.close(top)


@contextmanager
def named(path: str) -> Iterator[None]:
    """Let an OSError name PATH: calls on open directories only know its last part."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = path, None
        raise


@contextmanager
def folder(top: int, path: str) -> Iterator[int]:
    """The directory PATH below TOP, opened one part at a time.

    Raises FileNotFoundError where there is none, NotADirectoryError where a part is a file or a link.
    """
    descriptor = os.dup(top)
    try:
        for part in PurePosixPath(path).parts:
            try:
                below = os.open(part, _FOLDER, dir_fd=descriptor)
            except OSError as error:
                if error.errno == errno.ELOOP:  # Linux says ENOTDIR for a link, others ELOOP
                    raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path) from error
                raise
            os.close(descriptor)
            descriptor = below
        yield descriptor
    finally:
        os.close(descriptor)


def split(path: str) -> tuple[str, str]:
    """The directory of PATH ("" for the root) and its last part."""
    above, _, name = path.rpartition("/")
    return above, name


def above(path: str) -> list[str]:
    """The directories over PATH below the root, from the top down."""
    return [parent.as_posix() for parent in reversed(PurePosixPath(path).parents)][1:]


def look(top: int, path: str) -> Seen | None:
    """The file at PATH, whose name is compared byte by byte; None where there is none."""
    parent, name = split(path)
    try:
        with named(path), folder(top, parent) as inside:
            found = os.stat(name, dir_fd=inside, follow_symlinks=False)
            # where names differ in case only, the file system may answer for another file
            return _seen(inside, name, found) if name in names(inside) else None
    except (FileNotFoundError, NotADirectoryError):
        return None


def names(inside: int) -> list[str]:
    """What an open directory holds."""
    return os.listdir(inside)


def _seen(inside: int, name: str, found: os.stat_result) -> Seen:
    mode, owner = stat.S_IMODE(found.st_mode), (found.st_uid, found.st_gid)
    if stat.S_ISDIR(found.st_mode):
        return Seen("directory", mode, owner)
    if stat.S_ISLNK(found.st_mode):
        target = os.fsencode(os.readlink(name, dir_fd=inside))
        return Seen("link", 0o777, owner, File(target, link=True))
    if not stat.S_ISREG(found.st_mode):
        return Seen("other", mode, owner)
    # without O_NONBLOCK a pipe put in the file's place would block
    descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=inside)
    try:
        file = File(content(descriptor), executable=bool(mode & stat.S_IXUSR))
        return Seen("file", mode, owner, file, _attributes(descriptor))
    finally:
        os.close(descriptor)


def _attributes(descriptor: int) -> tuple[tuple[str, bytes], ...]:
    """Those that a new version of a file is to have too; capabilities and signatures are of the old one."""
    if not hasattr(os, "listxattr"):
        return ()
    try:
        listed = os.listxattr(descriptor)
        kept = [one for one in listed if one.startswith("user.") or one in _KEPT]
        return tuple((one, os.getxattr(descriptor, one)) for one in kept)
    except OSError:  # a file system without them
        return ()


def content(descriptor: int, most: int = LARGEST) -> bytes:
    """All that an open file holds; raises OSError for more than MOST bytes."""
    parts, size, read = [], os.fstat(descriptor).st_size, 0
    while max(size, read) <= most and (part := os.read(descriptor, 1 << 20)):
        parts.append(part)
        read += len(part)
    if max(size, read) > most:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    return b"".join(parts)


def put(inside: int, name: str, file: File, like: Seen | None = None) -> int:
    """Create NAME with what FILE holds, on disk when this returns; give its permission bits.

    A file that replaces another (LIKE) keeps its owner, extended attributes and bits but the executable ones.
    """
    if file.link:
        os.symlink(os.fsdecode(file.content), name, dir_fd=inside)
        return 0o777
    wanted = 0o777 if file.executable else 0o666
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    descriptor = os.open(name, flags, wanted, dir_fd=inside)
    try:
        rest = memoryview(file.content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if like and like.kind == "file":
            _liken(descriptor, file, like)
        durable(descriptor)
        return stat.S_IMODE(os.fstat(descriptor).st_mode)
    finally:
        os.close(descriptor)


def _liken(descriptor: int, file: File, like: Seen) -> None:
    made = os.fstat(descriptor)
    if (made.st_uid, made.st_gid) != like.owner:
        with suppress(PermissionError):  # another user's file: only root can give it back
            os.fchown(descriptor, *like.owner)
    for key, value in like.attributes:
        with suppress(OSError):  # another file system, or an attribute that only root may set
            os.setxattr(descriptor, key, value)
    mode = like.mode
    if file.executable and not mode & stat.S_IXUSR:
        mode |= (mode & 0o444) >> 2  # whoever may read may run, as git does
    elif not file.executable:
        mode &= ~0o111
    os.fchmod(descriptor, mode)


def durable(descriptor: int) -> None:
    """Wait until a file or directory is on disk; some network file systems cannot do it for directories."""
    try:
        if hasattr(fcntl, "F_FULLFSYNC"):  # macOS: fsync leaves the data in the drive's cache
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
        else:
            os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS):
            raise
