"""Take over a repository that was made by hand."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from scaffold import __version__
from scaffold.commands.overlapping import overlapping
from scaffold.disk import read
from scaffold.errors import ScaffoldError
from scaffold.printable import printable
from scaffold.project import Rendering, refuse_taken
from scaffold.transaction import Writes, refuse_pending, transact
from scaffold.updating import not_at_hand


def adopt(planned: Rendering, dest: Path, *, dry_run: bool, as_json: bool) -> int:
    """Record PLANNED as what DEST was made from: its own files stay, and what is missing is added."""
    if not dest.is_dir():
        raise ScaffoldError(
            f"{dest} is no directory, so there is nothing to adopt",
            "vendor-scaffold new --adopt . takes over the directory that you are in",
        )
    if dry_run:
        refuse_pending(dest)
        _, adoption = _planned(planned, dest)
    else:
        adoption = transact(dest, "adopt", lambda recovered: _planned(planned, dest, recovered))
    print(_json(planned, dest, adoption, dry_run) if as_json else _text(dest, adoption, dry_run))
    return 0


@dataclass(frozen=True)
class Adoption:
    """What an adoption adds, why other paths stay as they are, and what is worth a note."""

    added: Collection[str]
    kept: Mapping[str, str]
    notes: Sequence[str]


def _planned(planned: Rendering, dest: Path, recovered: str = "") -> tuple[Writes, Adoption]:
    refuse_taken(dest, {}, f"an interrupted run was {recovered}" if recovered else "")
    ours = read(dest, [*planned.rendered, *planned.state])
    apart = not_at_hand(dest, planned.rendered.keys(), ours, keep=None)
    missing = {path: file for path, file in planned.rendered.items() if path not in {**ours, **apart}}
    kept = {
        path: "is yours" for path, file in planned.rendered.items() if path in ours and ours[path] != file
    } | {path: f"is {why}" for path, why in apart.items()}
    writes = {**missing, **planned.state}
    notes = overlapping(dest, planned.answers_text, missing)
    return Writes(writes, {path: ours.get(path) for path in writes}), Adoption([*missing], kept, notes)


def _text(dest: Path, adoption: Adoption, dry_run: bool) -> str:
    lines = [f"{'would adopt' if dry_run else 'adopted'} {dest}/"]
    lines += [f"A  {path}" for path in sorted(adoption.added)]
    lines += [f"M  {path}  {why}, and stays as it is" for path, why in sorted(adoption.kept.items())]
    lines += [f"note: {note}" for note in adoption.notes]
    return "\n".join(map(printable, [*lines, "", "next:", f"  vendor-scaffold diff {quote(str(dest))}"]))


def _json(plan: Rendering, dest: Path, adoption: Adoption, dry_run: bool) -> str:
    return json.dumps(
        {
            "schema": 1,
            "state": "planned" if dry_run else "adopted",
            "version": __version__,
            "destination": str(dest),
            "sha256": plan.digest,
            "added": sorted(adoption.added),
            "edited": sorted(adoption.kept),
            "notes": list(adoption.notes),
        },
        indent=2,
        ensure_ascii=False,
    )
