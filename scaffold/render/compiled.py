"""Where compiled templates are kept from one run to the next: compiling is most of what rendering takes.

They are code, so they lie only where no other user can write; without such a place they are not kept.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, FileSystemBytecodeCache

from scaffold import filters
from scaffold.disk import user_cache


class _Kept(FileSystemBytecodeCache):
    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep BUCKET; where the disk is full or read-only it is compiled again next time."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def kept() -> FileSystemBytecodeCache | None:
    """Jinja's own cache, keyed by the source of each template; None where there is no safe place for it."""
    try:
        directory = user_cache() / f"templates-{_compiler()}"
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = directory.lstat()
    except (OSError, RuntimeError):  # RuntimeError: a user without a home
        return None
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022
    return _Kept(str(directory)) if ours else None


def _compiler() -> str:
    """What compiled code follows from besides its source: Jinja folds filters of constants into it."""
    return sha256(jinja2.__version__.encode() + Path(filters.__file__).read_bytes()).hexdigest()[:16]
