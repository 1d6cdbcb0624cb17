"""What an update did or would do, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scaffold import __version__
from scaffold.printable import printable
from scaffold.updating.planning import Update

EXIT_CODES = {
    "up-to-date": 0,
    "updated": 0,
    "planned": 0,
    "failed": 1,
    "conflicts": 3,
    "unresolved": 3,
    "update-available": 4,
    "would-conflict": 4,
}
WORST = (1, 3, 4, 2, 0)
MARKS = {"added": "A", "updated": "M", "merged": "M", "removed": "D", "renamed": "R", "conflict": "C"}


@dataclass(frozen=True)
class UpdateOutcome:
    """What became of one vendor repository; plain values, so that a worker process can hand it over.

    state: a key of EXIT_CODES. files: path, change, old_path, note, lines, beside. answers: path, old, new.
    """

    repository: str
    state: str
    files: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    error: str = ""
    hint: str = ""

    @property
    def exit_code(self) -> int:
        """The exit code of a command that ends so."""
        return EXIT_CODES[self.state]


def outcome(root: Path, update: Update, state: str, notes: Sequence[str] = ()) -> UpdateOutcome:
    """The outcome of UPDATE at ROOT."""
    files = [
        {
            "path": change.path,
            "change": change.kind,
            "old_path": change.old_path,
            "note": change.note,
            "lines": list(change.lines),
            "beside": change.beside,
        }
        for change in update.merge.changes
    ]
    answers = [{"path": path, "old": old, "new": new} for path, old, new in update.goal.answers]
    return UpdateOutcome(str(root), state, files, answers, [*notes, *update.goal.notes])


def worst(outcomes: Sequence[UpdateOutcome]) -> int:
    """The exit code over many repositories: failed, conflicts, an update that waits, done."""
    codes = {one.exit_code for one in outcomes}
    return next((code for code in WORST if code in codes), 0)


def as_json(outcomes: Sequence[UpdateOutcome], *, many: bool) -> str:
    """One JSON object: of the repository, or of all of them with a summary."""
    if not many:
        return json.dumps(_object(outcomes[0]) | {"version": __version__}, indent=2, ensure_ascii=False)
    summary = {state: count for state in EXIT_CODES if (count := sum(one.state == state for one in outcomes))}
    whole = {
        "schema": 1,
        "version": __version__,
        "summary": summary,
        "repositories": [_object(one) for one in outcomes],
    }
    return json.dumps(whole, indent=2, ensure_ascii=False)


def _object(one: UpdateOutcome) -> dict[str, Any]:
    return {
        "schema": 1,
        "state": one.state,
        "repository": one.repository,
        "answers": one.answers,
        "files": one.files,
        "notes": one.notes,
        "error": one.error,
        "hint": one.hint,
    }


def stated(root: Path, state: str, **more: Any) -> str:
    """The JSON object of a command on the repository at ROOT that ends in STATE."""
    told = {"schema": 1, "version": __version__, "repository": str(root), "state": state} | more
    return json.dumps(told, indent=2, ensure_ascii=False)


def as_line(one: UpdateOutcome) -> str:
    """One line for a list of many."""
    conflicts = [file["path"] for file in one.files if file["change"] == "conflict"]
    if one.error:
        told = one.error.splitlines()[0]
    elif conflicts:
        told = f"conflicts in {', '.join(conflicts)}"
    else:
        kept = [file["path"] for file in one.files if file["change"] == "kept"]
        told = f"{len(one.files)} files" if one.files else ""
        told += f"; kept {', '.join(kept)}" if kept else ""
    return printable(f"{one.state:16}  {one.repository}  {told}".rstrip())


def summary(outcomes: Sequence[UpdateOutcome]) -> str:
    """How many ended how."""
    counted = ((state, sum(one.state == state for one in outcomes)) for state in EXIT_CODES)
    return f"{len(outcomes)} repositories: " + ", ".join(f"{n} {state}" for state, n in counted if n)


def as_text(one: UpdateOutcome) -> str:
    """The whole story of one repository."""
    lines = [f"{one.state}: {one.repository}"]
    lines += [f"note: {note}" for note in one.notes]
    if one.answers:
        lines += ["", "answers:", *(f"  {answer_text(change)}" for change in one.answers)]
    if one.files:
        width = max(len(file["path"]) for file in one.files)
        lines += ["", "files:", *(f"  {_file(file, width)}".rstrip() for file in one.files)]
    if one.state in ("conflicts", "unresolved"):
        lines += _conflicts([file for file in one.files if file["change"] == "conflict"])
    return "\n".join(map(printable, lines))


def _conflicts(files: Sequence[dict[str, Any]]) -> list[str]:
    """What is to be done about the FILES in conflict."""
    told = ["", "resolve the conflicts, then run update again; or take the last one back with undo:"]
    told += [f"  {place}" for file in files for place in places(file["path"], file["lines"])]
    told += [f"  {file['beside']} is the template's version" for file in files if file["beside"]]
    return told


def places(path: str, lines: Sequence[int]) -> list[str]:
    """PATH with each of LINES, as compilers write it; the path alone where there are none."""
    return [f"{path}:{line}" for line in lines] or [path]


def answer_text(change: dict[str, Any]) -> str:
    """How one answer changes, in a line."""
    if change["old"] is None:
        return f"{change['path']}: {_plain(change['new'])} (new)"
    if change["new"] is None:
        return f"{change['path']}: {_plain(change['old'])} (gone)"
    return f"{change['path']}: {_plain(change['old'])} -> {_plain(change['new'])}"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _file(file: dict[str, Any], width: int) -> str:
    was = f"from {file['old_path']}" if file["old_path"] else ""
    told = "; ".join(part for part in (was, file["note"]) if part)
    told = f"kept: {told}" if file["change"] == "kept" else told
    told = told or ("merged with your edits" if file["change"] == "merged" else "")
    return f"{MARKS.get(file['change'], ' ')}  {file['path']:{width}}  {told}"
