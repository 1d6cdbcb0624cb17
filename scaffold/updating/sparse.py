"""Files that git leaves out of the working tree: they are not deleted."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

# what the repository's own configuration could run or write
_SETTINGS = ("core.fsmonitor=false", f"core.hooksPath={os.devnull}", "safe.directory=*")


def left_out(root: Path, paths: Iterable[str]) -> set[str]:
    """Those of PATHS that the sparse checkout which ROOT is in leaves out; none where it is in no git."""
    asked = list(paths)
    git = shutil.which("git")
    if not asked or git is None:
        return set()
    options = [part for one in _SETTINGS for part in ("-c", one)]
    done = subprocess.run(
        [Path(git).absolute(), *options, "ls-files", "-t", "-z", "--sparse"],
        cwd=root,
        env=_environment(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        return set()
    entries = os.fsdecode(done.stdout).split("\0")
    skipped = {entry[2:] for entry in entries if entry.startswith("S ")}
    folders = tuple(entry for entry in skipped if entry.endswith("/"))
    return {path for path in asked if path in skipped or path.startswith(folders)}


def _environment() -> dict[str, str]:
    """Nothing of the user's: no GIT_* of a hook, no configuration; nothing is fetched for a partial clone."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C",
        "HOME": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
    }
