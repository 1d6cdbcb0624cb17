"""A rehearsal as text, part by part, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from scaffold import __version__
from scaffold.verify.rehearsal import Rehearsal
from scaffold.verify.rehearse import Act

SCHEMA = 1


def heading(rehearsal: Rehearsal) -> str:
    """What is rehearsed, in one line."""
    return f"rehearsal of {rehearsal.repo.repo_name} for TripleO {rehearsal.release.title}"


def part(act: Act) -> str:
    """What one engine did and found."""
    version = f" ({act.version})" if act.version else ""
    lines = [f"{act.engine.name}: {act.state}, {act.seconds:.1f} s{version}"]
    if act.state == "not reached":
        return "\n".join([*lines, "  not reached: what is said above comes first"])
    lines += [f"  {fact}" for fact in act.result.facts]
    for finding in act.result.findings:
        first, *more = finding.saw.splitlines() or [""]
        lines += [f"  {finding.place}: {finding.severity}: {first}", *(f"      {line}" for line in more)]
    if act.reason:
        lines += [f"  not run: {reason}" for reason in act.result.left_out or [act.reason]]
        lines += [f"  to get it: {act.remedy}"]
    lines += [f"    {line}" for line in act.result.data.get("lines", ())]
    return "\n".join(lines)


def verdict(acts: Sequence[Act]) -> str:
    """The whole in one line."""
    failed = [act.engine.name for act in acts if act.state == "failed"]
    missing = [act.engine.name for act in acts if act.state == "not run"]
    seconds = sum(act.seconds for act in acts)
    tried = any(act.result.facts for act in acts)
    good = "nothing stands in the way" if tried else "nothing was rehearsed"
    held = f"the deployment would fail: see {', '.join(failed)}" if failed else good
    rest = f"; not run: {', '.join(missing)}" if missing else ""
    return f"{held}{rest} ({seconds:.1f} s)"


def as_json(rehearsal: Rehearsal, acts: Sequence[Act], succeeded: bool) -> str:
    """The same as one JSON object."""
    return json.dumps(
        {
            "schema": SCHEMA,
            "state": "passed" if succeeded else "failed",
            "version": __version__,
            "repository": rehearsal.repo.repo_name,
            "release": rehearsal.release.name,
            "engines": [_entry(act) for act in acts],
        },
        indent=2,
        ensure_ascii=False,
    )


def _entry(act: Act) -> dict[str, Any]:
    findings = [] if act.state == "not reached" else act.result.findings
    return {
        "engine": act.engine.name,
        "proves": act.engine.proves,
        "version": act.version,
        "state": act.state.replace(" ", "-"),
        "seconds": act.seconds,
        "reason": act.reason,
        "remedy": act.remedy,
        "facts": list(act.result.facts),
        "findings": [
            {"saw": f.saw, "path": f.path, "line": f.line or None, "severity": f.severity} for f in findings
        ],
        "data": dict(act.result.data),
    }
