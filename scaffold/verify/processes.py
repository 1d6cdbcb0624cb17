"""Every program of a rehearsal is started here, with an environment of its own.

Nothing of the caller's leaks in: no PYTHONPATH, no settings of the user, no programs of the user's PATH.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

SYSTEM = (*os.defpath.split(os.pathsep), "/usr/sbin", "/sbin")
# how pip reaches an index; what else PIP_* may say (a target, a user, a constraint) is not for the engines
OF_PIP = (
    *(
        "INDEX_URL",
        "EXTRA_INDEX_URL",
        "FIND_LINKS",
        "NO_INDEX",
        "TRUSTED_HOST",
        "CERT",
        "CLIENT_CERT",
        "PROXY",
    ),
    *(
        "RETRIES",
        "TIMEOUT",
        "DEFAULT_TIMEOUT",
        "CONFIG_FILE",
        "CACHE_DIR",
        "NO_CACHE_DIR",
        "KEYRING_PROVIDER",
    ),
)
OF_NETWORK = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC")


def environment(home: Path, *programs: Path, **more: str) -> dict[str, str]:
    """What an engine sees: HOME is a directory of its own, PROGRAMS are directories before the system's."""
    kept = {name: os.environ[name] for name in ("TMPDIR",) if name in os.environ}
    return {
        **kept,
        "PATH": os.pathsep.join([*map(str, programs), *SYSTEM]),
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "USER": "rehearsal",  # the caller's uid need not have a name
        "LOGNAME": "rehearsal",
        "PYTHONNOUSERSITE": "1",
        **more,
    }


def for_pip(home: Path) -> dict[str, str]:
    """What pip sees: the way to its index, and a home for its cache; HOME where the caller has none."""
    wanted = {
        *OF_NETWORK,
        *(f"PIP_{name}" for name in OF_PIP),
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "XDG_CONFIG_DIRS",
    }
    kept = {
        name: value for name, value in os.environ.items() if name in wanted or name.lower().endswith("_proxy")
    }
    own = os.environ.get("HOME", "")
    return environment(Path(own if os.path.isabs(own) else home)) | kept | {"PIP_USER": "0"}  # noqa: PTH117


def run(
    command: Sequence[object],
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    stdin: str | int = "",
    stderr: int = subprocess.STDOUT,
    timeout: float | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; what it says on standard error is with the rest, unless STDERR is a pipe.

    STDIN is what it reads, or the descriptor that it reads from.
    """
    given: dict[str, Any] = {"stdin": stdin} if isinstance(stdin, int) else {"input": stdin}
    return subprocess.run(
        [str(word) for word in command],
        env=dict(env),
        cwd=cwd,
        **given,
        stdout=subprocess.PIPE,
        stderr=stderr,
        encoding="utf-8",
        errors="replace",
        timeout=timeout,
    )


def start(
    command: Sequence[object],
    *,
    env: Mapping[str, str],
    stdin: int = subprocess.DEVNULL,
    stdout: int | IO[Any] | None = None,
    stderr: int | IO[Any] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program that goes on beside the rehearsal."""
    return subprocess.Popen(
        [str(word) for word in command], env=dict(env), stdin=stdin, stdout=stdout, stderr=stderr
    )
