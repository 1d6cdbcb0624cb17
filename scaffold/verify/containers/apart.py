"""A shell apart from the machine, in which images are built and containers run.

It is root of a user namespace whose numbers are nobody's here, without network, and sees the system's files
and one directory (programs/confined.sh). So a container that is privileged, or leaves its bounds, may do no
more here than a stranger. It ends with the process that started it, whatever becomes of that.
"""

from __future__ import annotations

import os
import secrets
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from scaffold.verify import confinement, install, processes
from scaffold.verify.findings import Unavailable

FIRST_ID = 0x60000000  # above what accounts and /etc/subuid have
IDS = 65536
DONE = "vendor-scaffold-done"
PATIENCE = 5  # seconds, of timeout(1) with a command that has to end
ENDED = (124, 128 + signal.SIGKILL)  # how timeout(1) then exits


class Apart:
    """The shell. Everything below `directory` is its own: what is brought there is given to it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        give(directory)
        self._empty = ExitStack()
        self._process = self._started()
        status, said = self.run([sys.executable, "-I", install.PROGRAMS / "loopback_up.py"], {}, 60)
        if status:
            self.close()
            raise Unavailable(f"no namespace can be had for containers: {said.strip()}", REMEDY)

    def run(
        self, command: Sequence[object], environment: Mapping[str, str], timeout: float
    ) -> tuple[int, str]:
        """The exit status of COMMAND and all that it says. Raises subprocess.TimeoutExpired."""
        log = self.directory / "said"
        words = shlex.join(map(str, ["timeout", f"--kill-after={PATIENCE}", timeout, *command]))
        end = time.monotonic() + timeout
        self._send(
            f"({_exported(environment)}exec {words}) </dev/null >{shlex.quote(str(log))} 2>&1; echo {DONE} $?"
        )
        status = self._answer(words, timeout + 3 * PATIENCE)
        if status in ENDED and time.monotonic() > end:
            raise subprocess.TimeoutExpired(words, timeout)
        with os.fdopen(os.open(log, os.O_RDONLY | os.O_NOFOLLOW), encoding="utf-8", errors="replace") as said:
            return status, said.read()

    def start(self, command: Sequence[object], environment: Mapping[str, str], log: Path) -> None:
        """Start COMMAND, which goes on until the shell ends; what it says lands in LOG."""
        words = shlex.join(map(str, command))
        self._send(f"({_exported(environment)}exec {words}) </dev/null >{shlex.quote(str(log))} 2>&1 &")

    def close(self) -> None:
        """End it, and all that runs in it."""
        assert self._process.stdout
        self._end()
        self._process.stdout.close()
        self._empty.close()

    def _end(self) -> None:
        assert self._process.stdin
        with suppress(BrokenPipeError):  # what it has not read
            self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _started(self) -> subprocess.Popen[bytes]:
        readable = [path for path in confinement.readable_by_engines() if path != install.cache_directory()]
        empty = self._empty.enter_context(confinement.mount_point())
        layout = [empty, self.directory, self.directory, *readable, "--", "/bin/sh"]
        words = [
            *confinement.namespaces(),
            "/bin/sh",
            str(confinement.SCRIPT),
            "containers",
            *map(str, layout),
        ]
        environment = {
            "PATH": os.pathsep.join(processes.SYSTEM),
            "FIRST_ID": str(FIRST_ID),
            "GROUP": f"vendor-scaffold-{secrets.token_hex(8)}",
        }
        with self._log().open("wb") as log:
            return processes.start(
                words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )

    def _log(self) -> Path:
        return self.directory.with_name(f"{self.directory.name}.log")

    def _send(self, line: str) -> None:
        assert self._process.stdin
        try:
            self._process.stdin.write(f"{line}\n".encode())
            self._process.stdin.flush()
        except (BrokenPipeError, ValueError):  # it has ended, or was closed
            return  # _answer() says what became of it

    def _answer(self, words: str, timeout: float) -> int:
        assert self._process.stdout
        ready, _, _ = select.select([self._process.stdout], [], [], timeout)
        if not ready:
            self._end()
            raise subprocess.TimeoutExpired(words, timeout)
        line = self._process.stdout.readline().decode()
        if not line.startswith(DONE):
            said = self._log().read_text().strip()
            raise Unavailable(f"no namespace can be had for containers: {said}", REMEDY)
        return int(line.split()[1])


REMEDY = "trust the repository: --allow-code"


def _exported(environment: Mapping[str, str]) -> str:
    return "".join(f"export {name}={shlex.quote(value)}; " for name, value in environment.items())


def give(root: Path) -> None:
    """Make what lies below ROOT the shell's: its root has what root has here, and so on."""
    for path in (root, *root.rglob("*")):
        found = path.lstat()
        if found.st_uid < IDS or found.st_gid < IDS:
            os.lchown(path, _shifted(found.st_uid), _shifted(found.st_gid))


def _shifted(number: int) -> int:
    return number + FIRST_ID if number < IDS else number


def lend(path: Path, into: Path) -> Path:
    """A copy of PATH below INTO, which the shell may read."""
    copy = Path(tempfile.mkdtemp(dir=into)) / path.name
    if path.is_dir():
        shutil.copytree(path, copy, symlinks=True)
    else:
        shutil.copy2(path, copy)
    give(copy.parent)
    return copy
