"""Rendering in a child process with bounds of time and memory: a template of others may never come to an end.

The child is a fork, so that nothing is imported or read again and an honest template waits milliseconds.
What it gives back is data, JSON and the bytes of files; nothing of it is ever executed.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import select
import signal
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any, NoReturn

from scaffold.errors import AnswersError, Fault, ScaffoldError
from scaffold.foreign import planning, variables
from scaffold.foreign.limits import BYTES, MEGABYTES, SECONDS, beyond, bound
from scaffold.foreign.planning import ForeignPlan
from scaffold.foreign.template import ForeignTemplate
from scaffold.foreign.variables import Variable
from scaffold.printable import visible
from scaffold.tree import File

_PREFIX = 8  # bytes of the length of the JSON part
Data = tuple[Any, Sequence[bytes]]  # what JSON holds, and the bytes beside it


def plan_foreign(
    template: ForeignTemplate,
    values: Mapping[str, Any],
    places: Mapping[str, str] | None = None,
    keep: Sequence[str] = (),
) -> ForeignPlan:
    """What `planning.plan_foreign` gives, within bounds; beyond them it raises ScaffoldError."""

    def work() -> Data:
        plan = planning.plan_foreign(template, values, places, keep)
        files = [(path, file.executable, file.link) for path, file in plan.rendered.items()]
        told = (files, plan.answers_text, plan.facts, plan.name, plan.answers, plan.notes)
        return told, [file.content for file in plan.rendered.values()]

    (files, text, facts, name, answers, notes), contents = _bounded(template.name, work)
    rendered = {
        path: File(content, executable, link)
        for (path, executable, link), content in zip(files, contents, strict=True)
    }
    return ForeignPlan(rendered, text, facts, name, answers, tuple(notes))


def open_variables(
    template: ForeignTemplate, values: Mapping[str, Any], places: Mapping[str, str] | None = None
) -> tuple[Variable, ...]:
    """What `variables.open_variables` gives, within bounds. Raises like `plan_foreign`."""

    def work() -> Data:
        found = variables.open_variables(template, values, places)
        return [(one.name, one.prompt, one.default, one.choices) for one in found], ()

    listed, _ = _bounded(template.name, work)
    return tuple(
        Variable(name, prompt, default, tuple((value, label) for value, label in choices))
        for name, prompt, default, choices in listed
    )


def _bounded(template: str, work: Callable[[], Data]) -> tuple[Any, list[bytes]]:
    """What WORK gives in a child process; errors name the TEMPLATE."""
    seconds, memory = bound(SECONDS), bound(MEGABYTES) * BYTES
    reading, writing = os.pipe()
    parent = os.getpid()
    with warnings.catch_warnings():
        # Python warns of threads that may hold a lock: this program has none but those of test runners
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _child(parent, writing, work, seconds, memory)
    os.close(writing)
    try:
        answer = _read(reading, seconds, memory)
    finally:
        os.close(reading)
        with suppress(OSError):  # it has ended, or has not made its group yet
            os.killpg(child, signal.SIGKILL)
        with suppress(OSError):
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    if answer is None or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU):
        raise beyond(template, SECONDS, "rendering takes longer than {} s")
    if not answer and os.WIFSIGNALED(status) and os.WTERMSIG(status) != signal.SIGKILL:
        ended = signal.Signals(os.WTERMSIG(status)).name
        raise ScaffoldError(f"--template {template}: rendering was ended by {ended}", "nothing was written")
    if not answer:  # the child had no memory left to say so, or the system ended it
        raise beyond(template, MEGABYTES, "rendering takes more than {} MB of memory")
    return _unpacked(answer)


def _read(pipe: int, seconds: int, memory: int) -> bytes | None:
    """All that comes through PIPE; None where it does not end in time."""
    end = time.monotonic() + seconds
    parts: list[bytes] = []
    size = 0
    while size <= memory:
        if not select.select([pipe], [], [], max(0, end - time.monotonic()))[0]:
            return None
        part = os.read(pipe, 1 << 20)
        if not part:
            break
        parts.append(part)
        size += len(part)
    return b"".join(parts) if size <= memory else b""


def _unpacked(answer: bytes) -> tuple[Any, list[bytes]]:
    at = _PREFIX + int.from_bytes(answer[:_PREFIX], "big")
    told = json.loads(answer[_PREFIX:at])
    if "value" not in told:
        faults = [Fault(**fault) for fault in told["faults"]]
        raise AnswersError(faults, told["hint"]) if faults else ScaffoldError(told["error"], told["hint"])
    contents: list[bytes] = []
    for size in told["sizes"]:
        contents.append(answer[at : at + size])
        at += size
    return told["value"], contents


# --- in the child


def _child(parent: int, pipe: int, work: Callable[[], Data], seconds: int, memory: int) -> NoReturn:
    """Do WORK, write what it gives to PIPE, and end, whatever happens."""
    try:
        _confined(parent, pipe, seconds, memory)
        with os.fdopen(pipe, "wb") as stream:
            for part in _answer(work):
                stream.write(part)
    except BaseException:  # no answer at all: what that means is reported by the parent
        os._exit(1)
    os._exit(0)


def _confined(parent: int, pipe: int, seconds: int, memory: int) -> None:
    """Hold no file or lock of the PARENT, take no more than the bounds, and end where the parent does."""
    os.setpgid(0, 0)
    gc.freeze()  # what the parent has is not to be copied by looking for garbage in it
    os.closerange(3, pipe)
    os.closerange(pipe + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_CPU, seconds + 1)
    with suppress(OSError):  # elsewhere than on Linux, time alone is bounded
        with open("/proc/self/statm") as stream:  # noqa: PTH123
            pages = int(stream.read().split()[0])
        _lower(resource.RLIMIT_AS, pages * resource.getpagesize() + memory)

    def look(*_: object) -> None:
        if os.getppid() != parent:
            os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, 1, 1)


def _lower(limit: int, to: int) -> None:
    hard = resource.getrlimit(limit)[1]
    to = to if hard == resource.RLIM_INFINITY else min(to, hard)
    resource.setrlimit(limit, (to, hard))


def _answer(work: Callable[[], Data]) -> list[bytes]:
    try:
        value, contents = work()
        head = json.dumps({"value": value, "sizes": list(map(len, contents))}).encode()
        return [len(head).to_bytes(_PREFIX, "big"), head, *contents]
    except ScaffoldError as error:
        if isinstance(error.__cause__, MemoryError):
            raise MemoryError from None
        faults = [asdict(fault) for fault in error.faults] if isinstance(error, AnswersError) else []
        told = {"error": error.message, "hint": error.hint, "faults": faults}
    except (ValueError, TypeError, RecursionError) as error:  # what JSON cannot hold
        problem = f"the template fails: {type(error).__name__}: {visible(str(error), 300)}"
        told = {"error": problem, "hint": "nothing was written", "faults": []}
    head = json.dumps(told).encode()
    return [len(head).to_bytes(_PREFIX, "big"), head]
