"""Programs that execute what a vendor repository holds, kept from the machine that rehearses.

A repository is often another's: a branch that somebody proposes, a vendor's delivery. Its Jinja is Python to
kolla-build and process-templates.py, its Ansible expressions are lookups to TCIB, and its images and
containers run what they please. So these have no network, see no file but the system's and those that they
are given, may write to one directory, and hold no capability. The namespaces are made by util-linux, which
every distribution has; programs/confined.sh lays out the file system.
"""

from __future__ import annotations

import os
import posixpath
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scaffold.scratch import scratch
from scaffold.verify import install, processes
from scaffold.verify.findings import Unavailable

SCRIPT = install.PROGRAMS / "confined.sh"
SECONDS = 900  # a slow machine renders kolla's images in one tenth of it
UNSHARE = ("--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child")
# the system, without what it knows of its users: programs, libraries and what these read at their start
SYSTEM = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/alternatives", "/etc/ld.so.cache"),
    *("/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/localtime", "/etc/ssl/certs", "/etc/pki/tls"),
)


@dataclass(frozen=True)
class Confinement:
    """How programs are run that execute what a repository holds; with `allow_code`, like any other."""

    allow_code: bool = False

    def run(
        self,
        command: Sequence[object],
        work: Path,
        *,
        env: Mapping[str, str],
        readable: Iterable[Path] = (),
        cwd: Path | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run COMMAND in CWD (default: WORK): its exit status, and all that it says as `stdout`.

        It may write to WORK, and read READABLE, the engines and the Python that runs this. Raises Unavailable
        where no namespace can be had, and where it does not end.
        """
        words = [str(word) for word in command]
        name = Path(words[0]).name
        with mount_point() as empty:
            held, holding = os.pipe()  # programs/confined.sh ends when we close it, or are killed
            stdin: str | int = ""
            if not self.allow_code:
                env, stdin = {**env, "TMPDIR": "/tmp"}, held
                layout: list[object] = [empty, work, cwd or work, *readable_by_engines(), *readable, "--"]
                words = [*namespaces(), "/bin/sh", str(SCRIPT), "programs", *map(str, layout), *words]
            try:
                return processes.run(words, env=env, cwd=cwd or work, stdin=stdin, timeout=SECONDS)
            except subprocess.TimeoutExpired as error:
                said = f"{name} does not end within {SECONDS} s"
                raise Unavailable(said, "see what the repository makes it do") from error
            finally:
                os.close(held)
                os.close(holding)


def mount_point() -> AbstractContextManager[Path]:
    """An empty directory for programs/confined.sh; the next one clears what killed processes have left."""
    return scratch(Path(tempfile.gettempdir()), "vendor-scaffold-apart-")


def below(root: Path, path: str) -> Path:
    """The place of PATH, a file of a host or a container, where ROOT stands for its root: never above it."""
    return root / posixpath.normpath(f"/{path}").lstrip("/")


def readable_by_engines() -> list[Path]:
    """What any engine reads: the system, Python, the engines themselves, and programs/."""
    python = {sys.prefix, sys.base_prefix, os.path.realpath(sys.base_prefix)}
    engines = install.cache_directory()
    elsewhere = sorted(path.resolve() for path in engines.glob("*") if path.is_symlink())
    return [*map(Path, (*SYSTEM, *sorted(python))), engines, *elsewhere, install.PROGRAMS]


@cache
def namespaces() -> tuple[str, ...]:
    """The words that run a command as root of namespaces of its own, tried once; raises Unavailable."""
    unshare = shutil.which("unshare", path=os.pathsep.join(processes.SYSTEM))
    user = () if os.geteuid() == 0 else ("--user", "--map-root-user")
    words = (unshare or "unshare", *user, *UNSHARE, "--")
    _refuse_without(words)
    return words


def _refuse_without(words: Sequence[str]) -> None:
    """Raise Unavailable unless WORDS, which make namespaces, can run a command."""
    try:
        done = processes.run([*words, "true"], env=processes.environment(Path("/")))
        said = done.stdout.strip() if done.returncode else ""
    except OSError as error:
        said = str(error)
    if said:
        raise Unavailable(
            f"what the repository holds would be executed, and no namespace can be had to keep it in: {said}",
            "allow namespaces for users (user.max_user_namespaces), or trust the repository: --allow-code",
        )
