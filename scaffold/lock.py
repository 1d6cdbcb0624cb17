"""One command at a time writes to a vendor repository."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from scaffold.errors import ScaffoldError

STATE = ".vendor-scaffold"
LOCAL = f"{STATE}/local"  # what is of this checkout only; git ignores it


@contextmanager
def lock(root: Path) -> Iterator[None]:
    """Keep other runs out of ROOT. Raises ScaffoldError, naming who holds it, where one is at work.

    The kernel lets the lock go with the process that holds it, however that ends.
    """
    local = root / LOCAL
    try:
        local.mkdir(parents=True, exist_ok=True)
        if not (local / ".gitignore").exists():
            (local / ".gitignore").write_text("*\n")
        stream = (local / "lock").open("a+")
    except OSError as error:
        raise ScaffoldError(f"{root} cannot be written: {error.strerror}", "nothing was written") from error
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            stream.seek(0)
            holder = stream.read().strip() or "another process"
            raise ScaffoldError(
                f"{holder} is at work in {root}", "wait for it, then run this again"
            ) from None
        stream.truncate(0)
        since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        stream.write(f"process {os.getpid()} on {socket.gethostname()} (since {since})\n")
        stream.flush()
        yield
        stream.truncate(0)
