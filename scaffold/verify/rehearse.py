"""The rehearsal itself: every engine in turn, each with its time and its verdict."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from scaffold.verify.findings import Blocked, Result, Unavailable
from scaffold.verify.rehearsal import Rehearsal


@dataclass(frozen=True)
class Engine:
    """A program of the deployment, rehearsed with.

    prepare: install what it needs, on first use; gives the version; raises Unavailable.
    run: hold the repository against it; raises Blocked where an earlier engine left nothing to run.
    """

    name: str  # as --engine takes it
    proves: str  # half a sentence
    prepare: Callable[[Rehearsal], str]
    run: Callable[[Rehearsal], Result]


@dataclass(frozen=True)
class Act:
    """One engine's part of a rehearsal.

    state: passed, failed, not run (the engine, or what the vendor has to bring, is not here: `reason`,
    `remedy`), or not reached (an earlier engine's finding leaves nothing to run: `reason`).
    """

    engine: Engine
    state: str
    seconds: float = 0.0
    version: str = ""
    result: Result = field(default_factory=Result)
    reason: str = ""
    remedy: str = ""


def rehearse(
    rehearsal: Rehearsal, engines: Iterable[Engine], progress: Callable[[str], None]
) -> Iterator[Act]:
    """Run ENGINES in their order. PROGRESS is told what goes on, in a few words."""
    reported: set[str] = set()
    for engine in engines:
        start = time.monotonic()
        act = _act(rehearsal, engine, progress)
        if act.state == "not reached" and act.result.findings[0].path not in reported:
            act = replace(act, state="failed")  # nobody else said it
        reported |= {finding.path for finding in act.result.findings}
        yield replace(act, seconds=round(time.monotonic() - start, 1))


def _act(rehearsal: Rehearsal, engine: Engine, progress: Callable[[str], None]) -> Act:
    progress(f"{engine.name}: preparing")
    try:
        version = engine.prepare(rehearsal)
    except Unavailable as missing:
        return Act(engine, "not run", reason=missing.what, remedy=missing.remedy)
    progress(f"{engine.name}: running ({version})")
    try:
        result = engine.run(rehearsal)
    except Unavailable as missing:
        return Act(engine, "not run", version=version, reason=missing.what, remedy=missing.remedy)
    except Blocked as blocked:
        reason = blocked.finding.saw
        return Act(engine, "not reached", version=version, result=Result([blocked.finding]), reason=reason)
    failed = any(finding.severity == "error" for finding in result.findings)
    state = "failed" if failed else "not run" if result.left_out else "passed"
    reason = "; ".join(result.left_out)
    return Act(engine, state, version=version, result=result, reason=reason, remedy=result.remedy)
