"""One container of a rehearsal: started by podman, watched until its daemon runs, or until it ends."""

from __future__ import annotations

import re
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scaffold.verify.containers.store import DEFAULT_LIMITS, ContainerStore, Failed

SECONDS = 20.0  # for kolla_start and the launcher; they take one or two
STAYS = 1.0  # a daemon that ends at once is none
CAP_SYS_RESOURCE = 24  # linux/capability.h
UNLIMITED = 1 << 64  # what -1 means, as in setrlimit(2)
REAPER = "dumb-init"  # kolla's ENTRYPOINT, which stays in front of the daemon


@dataclass(frozen=True)
class ContainerOutcome:
    """How a container was when it was last looked at.

    argv: what runs in it, in place of kolla_start. unwritable: the directories that its user cannot write to.
    """

    running: bool
    status: int
    argv: tuple[str, ...]
    log: str
    unwritable: tuple[str, ...] = ()

    @property
    def last(self) -> str:
        """Its last words, without the trace of kolla_start."""
        said = [line for line in self.log.splitlines() if line.strip() and not line.startswith("+")]
        return said[-1].strip() if said else ""


def limits(store: ContainerStore, asked: Sequence[str]) -> list[str]:
    """The values of --ulimit, each NAME=SOFT[:HARD]; no higher than the hard limits where those may not rise.

    With one of them podman leaves its configured defaults, and wants the highest that a kernel allows.
    """
    if not asked or (store.allow_code and _may_raise_limits()):
        return list(asked)
    wanted = dict(ulimit.split("=", 1) for ulimit in [*DEFAULT_LIMITS, *asked])
    return [
        f"{name}={':'.join(_lowered(name, limit) for limit in wanted[name].split(':'))}" for name in wanted
    ]


def _lowered(name: str, limit: str) -> str:
    number = getattr(resource, f"RLIMIT_{name.upper()}", None)
    hard = resource.RLIM_INFINITY if number is None else resource.getrlimit(number)[1]
    return limit if hard == resource.RLIM_INFINITY else str(min(int(limit) % UNLIMITED, hard))


def _may_raise_limits() -> bool:
    (mask,) = re.findall(r"^CapEff:\s*(\w+)", Path("/proc/self/status").read_text(), re.MULTILINE)
    return bool(int(mask, 16) >> CAP_SYS_RESOURCE & 1)


def start(
    store: ContainerStore,
    name: str,
    words: Sequence[str],
    daemons: Sequence[str],
    directories: Sequence[str] = (),
) -> ContainerOutcome:
    """Run a container until one of DAEMONS runs in it, it ends, or patience does; it is gone afterwards.

    DAEMONS are names of programs; with none of them a container has to stay for a while. It should be able to
    write to DIRECTORIES. Raises Failed where podman does not start it.
    """
    try:
        store.run("podman", "run", "--detach", "--name", name, "--restart", "no", *words)
        end = time.monotonic() + SECONDS
        while True:
            outcome = _look(store, name)
            if not outcome.running or time.monotonic() > end:
                return outcome
            if not daemons or _is(outcome.argv, daemons):
                time.sleep(STAYS)
                return replace(_look(store, name), unwritable=_unwritable(store, name, directories))
            time.sleep(0.2)
    finally:
        _remove(store, name)


def _unwritable(store: ContainerStore, name: str, directories: Sequence[str]) -> tuple[str, ...]:
    found = []
    for path in directories:
        try:
            store.run("podman", "exec", name, "test", "-w", path)
        except Failed:
            found.append(path)
    return tuple(found)


def _remove(store: ContainerStore, name: str) -> None:
    try:
        store.run("podman", "rm", "--force", "--time", "0", name)
    except Failed:
        return  # it was never made


def is_daemon(outcome: ContainerOutcome, daemons: Sequence[str]) -> bool:
    """Whether one of DAEMONS is what runs."""
    return outcome.running and (not daemons or _is(outcome.argv, daemons))


def _is(argv: Sequence[str], daemons: Sequence[str]) -> bool:
    """A program runs under its own name, or under an interpreter's."""
    return bool({Path(word).name for word in argv[:2]} & {Path(daemon).name for daemon in daemons})


def _look(store: ContainerStore, name: str) -> ContainerOutcome:
    form = "{{.State.Running}} {{.State.Pid}} {{.State.ExitCode}}"
    running, pid, status = store.run("podman", "inspect", "--format", form, name).split()
    log = store.run("podman", "logs", name)
    argv = _argv(store, int(pid)) if running == "true" else ()
    return ContainerOutcome(running == "true", int(status), argv, log)


def _argv(store: ContainerStore, pid: int) -> tuple[str, ...]:
    """What runs as PID, a number of the store's, or as its child where that is the reaper."""
    try:
        words = store.run("cat", f"/proc/{pid}/cmdline").split("\0")[:-1]
        if not words or Path(words[0]).name != REAPER:
            return tuple(words)
        children = store.run("cat", f"/proc/{pid}/task/{pid}/children").split()
        return _argv(store, int(children[0])) if children else ()
    except (Failed, ValueError):
        return ()  # it has just ended
