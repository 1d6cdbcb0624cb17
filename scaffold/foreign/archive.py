"""A zip, unpacked where nothing in it can do harm."""

from __future__ import annotations

import stat
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from scaffold.errors import ScaffoldError
from scaffold.scratch import scratch

MOST_BYTES = 100 * 1024 * 1024  # unpacked
MOST_FILES = 10_000


@contextmanager
def unpacked(archive: Path) -> Iterator[Path]:
    """A temporary directory with what ARCHIVE holds, or its one directory with a template.

    Raises ScaffoldError for what is no zip, is encrypted, is too large, or leads out of the directory.
    """
    with scratch(Path(tempfile.gettempdir()), "vendor-scaffold-zip-") as root:
        try:
            with ZipFile(archive) as content:
                _unpack(content, root)
        except (BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error, ValueError) as error:
            raise ScaffoldError(f"{archive}: cannot be unpacked: {error}") from error
        except OSError as error:
            raise ScaffoldError(f"{archive}: cannot be unpacked: {error.strerror}") from error
        below = [path for path in root.glob("*/cookiecutter.json") if not path.parent.is_symlink()]
        yield below[0].parent if len(below) == 1 and not (root / "cookiecutter.json").exists() else root


def _unpack(content: ZipFile, root: Path) -> None:
    """Write directories and files, and then the links: so nothing is written through a link."""
    members = content.infolist()
    if len(members) > MOST_FILES:
        raise ValueError(f"it has more than {MOST_FILES} members")
    left = MOST_BYTES
    links: list[tuple[Path, str]] = []
    for member in members:
        target = root / _path(member)
        if member.is_dir():
            target.mkdir(parents=True, exist_ok=True)
            continue
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFLNK):
            raise ValueError(f"{member.filename!r} is no file, directory or symbolic link")
        with content.open(member) as stream:
            data = stream.read(left + 1)
        left -= len(data)
        if left < 0:
            raise ValueError(f"it holds more than {MOST_BYTES // 1024 // 1024} MB")
        target.parent.mkdir(parents=True, exist_ok=True)
        if kind == stat.S_IFLNK:
            links.append((target, data.decode(errors="surrogateescape")))
            continue
        with target.open("xb") as file:
            file.write(data)
        if member.external_attr >> 16 & 0o100:
            target.chmod(0o755)
    for link, to in links:
        link.symlink_to(to)


def _path(member: ZipInfo) -> PurePosixPath:
    if member.flag_bits & 0x1:
        raise ValueError("it is encrypted: unpack it with its password, and name the directory")
    path = PurePosixPath(member.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in member.filename or not path.parts:
        raise ValueError(f"{member.filename!r} leads out of it")
    return path
