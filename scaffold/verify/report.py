"""A rehearsal as text, part by part, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from scaffold import __version__
from scaffold.verify.findings import EngineFinding
from scaffold.verify.forecast import Forecast
from scaffold.verify.rehearsal import Rehearsal
from scaffold.verify.rehearse import Act

SCHEMA = 1
WIDTH = 200  # characters of such a line
LAST = 4  # lines of a crash that the text shows; --json has all

CODE = {  # by --allow-code
    False: "its own code (Jinja, Dockerfiles, scripts, containers) runs apart: no network, no file of yours",
    True: "its own code (Jinja, Dockerfiles, scripts, containers) runs as you do: --allow-code",
}


def heading(rehearsal: Rehearsal) -> str:
    """What is rehearsed, and how its code is run."""
    what = f"rehearsal of {rehearsal.repo.repo_name} for TripleO {rehearsal.release.title}"
    return f"{what}\n{CODE[rehearsal.session.confinement.allow_code]}"


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
    if act.state == "crashed":
        lines.append(
            f"  not run: the engine itself failed, which says nothing of the repository: {act.reason}"
        )
        lines += [f"      {line[:WIDTH]}" for line in act.log.strip().splitlines()[-LAST:]]
        lines.append(f"  to get it: {act.remedy}")
    elif act.reason:
        lines += [f"  not run: {reason}" for reason in act.result.left_out or [act.reason]]
        lines += [f"  to get it: {act.remedy}"]
    lines += [f"    {line}" for line in act.result.data.get("lines", ())]
    return "\n".join(lines)


def warning(finding: EngineFinding) -> str:
    """What is said of a rehearsal as a whole."""
    return f"{finding.place}: {finding.severity}: {finding.saw}"


def state(acts: Sequence[Act], required: Collection[str]) -> str:
    """The whole in one word; incomplete: one that is REQUIRED did not run, nothing: none did."""
    states = {act.state for act in acts}
    if "failed" in states:
        return "failed"
    if "crashed" in states:
        return "crashed"
    if _absent(acts, required):
        return "incomplete"
    return "passed" if _tried(acts) else "nothing"


def differences(acts: Sequence[Act]) -> list[EngineFinding]:
    """What the vendor made otherwise than the answers say, and TripleO takes, each once."""
    found = [finding for act in acts if act.state != "not reached" for finding in act.result.findings]
    return list(dict.fromkeys(finding for finding in found if finding.severity == "difference"))


def _tried(acts: Sequence[Act]) -> bool:
    return any(act.result.facts for act in acts)


def _absent(acts: Sequence[Act], required: Collection[str]) -> list[str]:
    return [act.engine.name for act in acts if act.state == "not run" and act.engine.name in required]


def verdict(acts: Sequence[Act], required: Collection[str] = ()) -> str:
    """The whole in one line."""
    named = {
        state: ", ".join(act.engine.name for act in acts if act.state == state)
        for state in ("failed", "crashed", "not run")
    }
    absent = ", ".join(_absent(acts, required))
    seconds = sum(act.seconds for act in acts)
    good = "all engines passed" if _tried(acts) else "nothing was rehearsed"
    said = [f"the deployment would fail: see {named['failed']}" if named["failed"] else good]
    differing = len(differences(acts))
    said += (
        [f"{differing} {'differences' if differing > 1 else 'difference'} from the answers"]
        if differing
        else []
    )
    said += [f"crashed: {named['crashed']}"] if named["crashed"] else []
    said += [f"not run: {named['not run']}"] if named["not run"] else []
    said += [f"required, and not run: {absent}"] if absent else []
    return f"{'; '.join(said)} ({seconds:.1f} s)"


def as_json(rehearsal: Rehearsal, acts: Sequence[Act], whole: str, taken: Forecast) -> str:
    """The same as one JSON object; WHOLE is the state, TAKEN what was downloaded for it."""
    downloads = {"megabytes": taken.download, "directory": taken.directory, "pieces": list(taken.pieces)}
    return json.dumps(
        {
            "schema": SCHEMA,
            "state": whole,
            "version": __version__,
            "repository": rehearsal.repo.repo_name,
            "release": rehearsal.release.name,
            "code": "allowed" if rehearsal.session.confinement.allow_code else "confined",
            "warnings": [_finding(finding) for finding in rehearsal.warnings],
            "downloads": downloads,
            "differences": len(differences(acts)),
            "engines": [_entry(act) for act in acts],
        },
        indent=2,
        ensure_ascii=False,
    )


def _finding(found: EngineFinding) -> dict[str, Any]:
    place = {"path": found.path, "line": found.line or None}
    return {"saw": found.saw, **place, "severity": found.severity}


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
        "log": act.log.splitlines(),
        "facts": list(act.result.facts),
        "findings": [_finding(finding) for finding in findings],
        "data": dict(act.result.data),
    }
