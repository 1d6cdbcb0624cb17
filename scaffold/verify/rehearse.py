"""The rehearsal itself: every engine in turn, each with its time and its verdict."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from scaffold.errors import ScaffoldError
from scaffold.verify import install
from scaffold.verify.findings import Blocked, Crashed, Result, Unavailable
from scaffold.verify.needs import Needs
from scaffold.verify.rehearsal import Rehearsal


@dataclass(frozen=True)
class Engine:
    """A program of the deployment, rehearsed with.

    needs: what has to be here; what can be installed is, on first use, before prepare.
    prepare: make ready; gives the version; raises Unavailable.
    run: hold the repository against it; raises Blocked where an earlier engine left nothing to run, and
    Crashed where the engine itself fails, whatever the repository holds.
    """

    name: str  # as --engine takes it
    proves: str  # half a sentence
    needs: Callable[[Rehearsal], Needs]
    prepare: Callable[[Rehearsal], str]
    run: Callable[[Rehearsal], Result]


@dataclass(frozen=True)
class Act:
    """One engine's part of a rehearsal.

    state: passed, failed, not run (the engine, or what the vendor has to bring, is not here: `reason`,
    `remedy`), not reached (an earlier engine's finding leaves nothing to run: `reason`), or crashed (the
    engine itself failed, which says nothing of the repository: `reason`, and what it said in `log`).
    """

    engine: Engine
    state: str
    seconds: float = 0.0
    version: str = ""
    result: Result = field(default_factory=Result)
    reason: str = ""
    remedy: str = ""
    log: str = ""


def rehearse(
    rehearsal: Rehearsal, engines: Iterable[Engine], progress: Callable[[str], None]
) -> Iterator[Act]:
    """Run ENGINES in their order. PROGRESS is given "engine: what it does"."""
    reported: set[str] = set()
    for engine in engines:
        start = time.monotonic()
        act = _act(rehearsal, engine, progress)
        if act.state == "not reached" and act.result.findings[0].path not in reported:
            act = replace(act, state="failed")  # no other engine said it
        reported |= {finding.path for finding in act.result.findings}
        yield replace(act, seconds=round(time.monotonic() - start, 1))


def _act(rehearsal: Rehearsal, engine: Engine, progress: Callable[[str], None]) -> Act:
    version = ""
    try:
        _install(rehearsal, engine, progress)
        progress(f"{engine.name}: preparing")
        version = engine.prepare(rehearsal)
        progress(f"{engine.name}: running ({version})")
        result = engine.run(rehearsal)
    except Unavailable as missing:
        return Act(engine, "not run", version=version, reason=missing.what, remedy=missing.remedy)
    except Blocked as blocked:
        reason = blocked.finding.saw
        return Act(engine, "not reached", version=version, result=Result([blocked.finding]), reason=reason)
    except Crashed as crash:
        return _crashed(engine, version, crash.what, crash.log)
    except ScaffoldError:
        raise
    except Exception as error:  # a fault of this program is a crash too: others still have their say
        what = f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
        return _crashed(engine, version, what, traceback.format_exc())
    failed = any(finding.severity == "error" for finding in result.findings)
    state = "failed" if failed else "not run" if result.left_out else "passed"
    reason = "; ".join(result.left_out)
    return Act(engine, state, version=version, result=result, reason=reason, remedy=result.remedy)


def _install(rehearsal: Rehearsal, engine: Engine, progress: Callable[[str], None]) -> None:
    """Bring what is not in the cache; raises Unavailable, for what only the machine can give before all."""
    needs = engine.needs(rehearsal)
    lacking = needs.lacking(rehearsal.root, [engine.name])
    if lacking:
        raise lacking
    for piece in needs.waiting:
        size = f", {piece.size['download']:.0f} MB to download" if piece.size["download"] >= 1 else ""
        progress(f"{engine.name}: installing {piece.name}{size}")
        piece.path()


def _crashed(engine: Engine, version: str, what: str, log: str) -> Act:
    remedy = (
        f"if it does so again after rm -r {install.cache_directory()}, which is made anew, "
        "report it with the lines of --json"
    )
    return Act(engine, "crashed", version=version, reason=what, remedy=remedy, log=log)
