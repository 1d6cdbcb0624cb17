"""How a vendor repository stands, and how it differs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scaffold import __version__
from scaffold.commands.overlapping import overlapping
from scaffold.disk import read
from scaffold.locate import find
from scaffold.printable import printable
from scaffold.transaction import pending, refuse_pending
from scaffold.updating import Update, differences, not_at_hand, plan_update, unresolved_conflicts
from scaffold.updating.applied import Applied, repository
from scaffold.updating.goals import Wish, goal
from scaffold.updating.report import EXIT_CODES, answer_text, places, stated
from scaffold.updating.standing import Standing, edited, standing, would_be


def status(repo: Path, *, as_json: bool) -> int:
    """Report what an update of REPO would do, and why each file differs; the exit code says what waits."""
    root = find(repo)
    interrupted = pending(root)
    if interrupted:
        _print(_report(root, "interrupted", interrupted=interrupted), as_json)
        return 1
    applied = repository(root)
    unresolved = unresolved_conflicts(applied)
    update = plan_update(applied, goal(applied, Wish()))
    state = "unresolved" if unresolved else update.state
    files = standing(update)
    report = _report(root, state, applied, update, files, unresolved)
    report["notes"] = [*report["notes"], *overlapping(root, applied.answers_text)]
    _print(report, as_json)
    return EXIT_CODES[state]


def diff(repo: Path, *, update: bool, as_json: bool) -> int:
    """Print the vendor's changes to REPO as a unified diff; or with UPDATE, what an update would change."""
    root = find(repo)
    refuse_pending(root)
    applied = repository(root)
    if update:
        pairs = would_be(plan_update(applied, goal(applied, Wish())))
    else:
        reached = goal(applied, Wish())
        ours = read(applied.root, reached.base)
        apart = not_at_hand(applied.root, reached.base.keys(), ours, reached.keep)
        pairs = edited({path: file for path, file in reached.base.items() if path not in apart}, ours)
    if as_json:
        print(stated(applied.root, "different" if pairs else "same", files=_differences(pairs)))
        return 0
    sys.stdout.flush()
    sys.stdout.buffer.write(differences.unified(pairs).encode(errors="surrogateescape"))
    return 0


def _differences(pairs: Mapping[str, differences.Pair]) -> list[dict[str, str]]:
    told = {path: differences.unified({path: pair}) for path, pair in sorted(pairs.items())}
    return [
        {"path": path, "diff": text.encode(errors="surrogateescape").decode(errors="replace")}
        for path, text in told.items()
    ]


def _report(
    root: Path,
    state: str,
    applied: Applied | None = None,
    update: Update | None = None,
    files: list[Standing] | None = None,
    unresolved: dict[str, tuple[int, ...]] | None = None,
    interrupted: str = "",
) -> dict[str, Any]:
    return {
        "schema": 1,
        "version": __version__,
        "repository": str(root),
        "state": state,
        "interrupted": interrupted,
        "template": {
            "applied": applied.state["template_version"] if applied else "",
            "available": __version__,
            "changed": bool(update and update.goal.planned.rendered != update.goal.pristine)
            if applied
            else False,
        },
        "answers": [
            {"path": path, "old": old, "new": new}
            for path, old, new in (update.goal.answers if update else [])
        ],
        "notes": update.goal.notes if update else [],
        "unresolved": [{"path": path, "lines": list(lines)} for path, lines in (unresolved or {}).items()],
        "files": [
            {
                "path": one.path,
                "yours": one.yours.strip(),
                "template": one.template.strip(),
                "conflict": one.conflict,
                "note": one.note,
            }
            for one in files or []
        ],
    }


def _print(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(report, indent=2, ensure_ascii=False))
        return
    lines = [f"{report['state']}: {report['repository']}"]
    if report["interrupted"]:
        lines.append(f"{report['interrupted']} was interrupted; the next writing command finishes it")
    applied, available = report["template"]["applied"], report["template"]["available"]
    if applied and applied != available:
        lines.append(f"template {applied} -> {available}")
    lines += [f"answer {answer_text(one)}" for one in report["answers"]]
    lines += report["notes"]
    lines += [
        f"unresolved: {place}" for one in report["unresolved"] for place in places(one["path"], one["lines"])
    ]
    if report["files"]:
        lines += ["", "first mark: you; second: the template (A added, M changed, D deleted, R renamed)"]
    for one in report["files"]:
        told = "  would conflict" if one["conflict"] else f"  {one['note']}" if one["note"] else ""
        lines.append(f"{one['yours'] or ' '}{one['template'] or ' '} {one['path']}{told}")
    print("\n".join(map(printable, lines)))
