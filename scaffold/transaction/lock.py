"""One run at a time in a vendor repository."""

from __future__ import annotations

import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scaffold import own
from scaffold.disk import LOCAL, STATE, folder, names, opened
from scaffold.errors import ScaffoldError
from scaffold.records import OtherVersion, shortly

_HELD = fcntl.LOCK_EX | fcntl.LOCK_NB
_OPEN = os.O_RDWR | os.O_CREAT
_LOCK, _IGNORE = f"{LOCAL}/lock", f"{LOCAL}/.gitignore"
_FIRST_LINE = "vendor-scaffold lock 1\n"  # before version 1 there was only the line after it


@contextmanager
def lock(root: Path) -> Iterator[None]:
    """Hold `.vendor-scaffold/local/lock` of ROOT; not for a second time within one process.

    The kernel frees the lock of a dead process, so that only a live one ever holds it: then
    ScaffoldError, with its pid and since when. On leaving, what the lock alone has made is removed again.
    """
    with opened(root) as top:
        try:
            descriptor = _taken(top)
        except OSError as error:
            raise ScaffoldError(
                f"{root / LOCAL}: {error.strerror}", "nothing was written; it must be a directory to write in"
            ) from error
        try:
            yield
        finally:
            with suppress(OSError):
                _tidy(top)
            os.close(descriptor)


def holder(root: Path) -> str:
    """Which other live process holds the lock of ROOT, and since when; "" when none does."""
    with opened(root) as top, suppress(FileNotFoundError, NotADirectoryError), folder(top, LOCAL) as local:
        descriptor = own.hold(local, "lock", _LOCK)
        try:
            fcntl.flock(descriptor, _HELD)
        except BlockingIOError:
            note = _note(descriptor)
            return "" if note.startswith(f"pid {os.getpid()} on {socket.gethostname()},") else note
        finally:
            os.close(descriptor)
    return ""


def _taken(top: int) -> int:
    while True:
        try:
            _made(top, STATE, "")
            _made(top, "local", STATE)
            with folder(top, LOCAL) as local:
                descriptor = _locked(local)
                if descriptor is None:
                    continue
                try:
                    _ignored(local)
                except (OSError, ScaffoldError):
                    os.unlink("lock", dir_fd=local)
                    os.close(descriptor)
                    raise
                return descriptor
        except FileNotFoundError:
            continue  # the run before has just tidied the directory away
        except (OSError, ScaffoldError):
            _emptied(top)
            raise


def _made(top: int, name: str, parent: str) -> None:
    with folder(top, parent) as inside, suppress(FileExistsError):
        os.mkdir(name, dir_fd=inside)


def _emptied(top: int) -> None:
    with suppress(OSError):
        with suppress(FileNotFoundError), folder(top, STATE) as inside:
            os.rmdir("local", dir_fd=inside)
        os.rmdir(STATE, dir_fd=top)


def _locked(local: int) -> int | None:
    """The lock, open and held; None when its last holder removed it in between."""
    descriptor = own.hold(local, "lock", _LOCK, _OPEN)
    try:
        fcntl.flock(descriptor, _HELD)
        if not os.fstat(descriptor).st_nlink:
            os.close(descriptor)
            return None
        _understood(descriptor)
        os.ftruncate(descriptor, 0)
        since = time.strftime("%Y-%m-%d %H:%M:%S")
        note = f"{_FIRST_LINE}pid {os.getpid()} on {socket.gethostname()}, since {since}\n"
        os.pwrite(descriptor, note.encode(), 0)
        return descriptor
    except BlockingIOError:
        note = _note(descriptor)
        os.close(descriptor)
        raise ScaffoldError(
            f"another run is at work here: {note}", "wait for its end; nothing was written"
        ) from None
    except (OSError, ScaffoldError):
        os.close(descriptor)
        raise


def _note(descriptor: int) -> str:
    text = os.pread(descriptor, 500, 0).decode(errors="replace").removeprefix(_FIRST_LINE).strip()
    return text.partition("\n")[0] or "a process that has just begun"


def _understood(descriptor: int) -> None:
    """Raise for the note of another version; a machine that went down may have left nothing, or zeros."""
    text = os.pread(descriptor, 500, 0).strip(b"\0").decode(errors="replace")
    if text and not text.removeprefix(_FIRST_LINE).startswith("pid "):
        first = text.partition("\n")[0]
        raise OtherVersion(_LOCK, f"begins with {shortly(first)}")


def _ignored(local: int) -> None:
    """Keep all of local/ out of git, whatever the repository's own .gitignore says."""
    descriptor = own.hold(local, ".gitignore", _IGNORE, _OPEN)
    try:
        if os.pread(descriptor, 3, 0) != b"*\n":
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, b"*\n", 0)
    finally:
        os.close(descriptor)


def _tidy(top: int) -> None:
    """Remove the lock, and the directories where nothing else is left. The lock is still held."""
    with folder(top, LOCAL) as local:
        if set(names(local)) <= {".gitignore", "lock"}:
            os.unlink(".gitignore", dir_fd=local)
        os.unlink("lock", dir_fd=local)
    _emptied(top)
