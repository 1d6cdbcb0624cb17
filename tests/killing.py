"""Run a step of a transaction in forked children, and kill each at another call to the file system."""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from scaffold.transaction import carry_out, read, recover, undo
from scaffold.transaction.lock import lock

from .updates import STATE, WRITES

# what changes the disk, or what others see of it; between two of these a kill leaves the same state
KERNEL = {"link", "mkdir", "rename", "rmdir", "symlink", "unlink"}
KERNEL |= {"fchmod", "fchown", "flock", "fsync", "ftruncate"}
CHANGING = KERNEL | {"pwrite", "write"}  # and an open() that creates


def update(root: Path) -> None:
    with lock(root):
        recover(root)
        carry_out(root, WRITES, expected=read(root, WRITES), title="update")


def recovered(root: Path) -> str:
    with lock(root):
        return recover(root)


def undone(root: Path) -> None:
    with lock(root):
        recover(root)
        undo(root)


def watch(called: Callable[[str], None]) -> None:
    """Have CALLED told each changing call of this process before it is made; for good."""

    def profile(frame: object, event: str, function: object) -> None:
        name = getattr(function, "__name__", "")
        module = getattr(function, "__module__", "")
        if event == "c_call" and module in ("posix", "fcntl") and name in CHANGING:
            called(name)

    def audit(event: str, args: tuple[object, ...]) -> None:
        if event == "open" and isinstance(args[2], int) and args[2] & os.O_CREAT:
            called("open")

    sys.addaudithook(audit)
    sys.setprofile(profile)


def killed_at(call: int, run: Callable[[Path], object], root: Path) -> bool:
    """Whether RUN on ROOT, in a child, was killed with SIGKILL just before its CALL-th changing call."""
    calls = itertools.count(1)
    return killed_when(lambda name: next(calls) == call, run, root)


def killed_when(due: Callable[[str], bool], run: Callable[[Path], object], root: Path) -> bool:
    """Whether RUN on ROOT, in a child, was killed with SIGKILL before the first changing call that is DUE."""
    child = os.fork()
    if not child:

        def kill(name: str) -> None:
            if due(name):
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            watch(kill)
            run(root)
        except BaseException:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return True
    assert status == 0, "the run failed before it was to be killed"
    return False


def killed_in_the_middle(run: Callable[[Path], object], root: Path, after: int = 4) -> None:
    """Kill RUN on ROOT when AFTER files have been renamed into place."""
    placed = 0

    def due(call: str) -> bool:
        nonlocal placed
        placed += call == "rename" and (root / STATE / "local/next/journal.json").exists()
        return placed > after

    assert killed_when(due, run, root)
    assert (root / STATE / "local/next/journal.json").exists()


if __name__ == "__main__":
    made: list[str] = []
    watch(made.append)
    update(Path(sys.argv[1]))
    sys.setprofile(None)
    print(sum(name in KERNEL for name in made))
