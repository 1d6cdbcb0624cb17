"""Take over a repository that was made by hand."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from shlex import quote

from scaffold import __version__
from scaffold.commands.overlapping import overlapping
from scaffold.disk import read
from scaffold.errors import ScaffoldError
from scaffold.printable import printable
from scaffold.project import Rendering, refuse_taken
from scaffold.transaction import carry_out
from scaffold.transaction.lock import lock


def adopt(planned: Rendering, dest: Path, *, dry_run: bool, as_json: bool) -> int:
    """Record PLANNED as what DEST was made from: its own files stay, and what is missing is added."""
    if not dest.is_dir():
        raise ScaffoldError(
            f"{dest} is no directory, so there is nothing to adopt",
            "vendor-scaffold new --adopt . takes over the directory that you are in",
        )
    refuse_taken(dest, {})
    ours = read(dest, [*planned.rendered, *planned.state])
    missing = {path: file for path, file in planned.rendered.items() if path not in ours}
    edited = [path for path, file in planned.rendered.items() if path in ours and ours[path] != file]
    writes = {**missing, **planned.state}
    notes = overlapping(dest, planned.answers_text, missing)
    if not dry_run:
        with lock(dest):
            carry_out(dest, writes, expected={path: ours.get(path) for path in writes}, title="adopt")
    if as_json:
        print(_json(planned, dest, missing, edited, notes, dry_run))
    else:
        print(_text(dest, missing, edited, notes, dry_run))
    return 0


def _text(dest: Path, missing: Collection[str], edited: list[str], notes: list[str], dry_run: bool) -> str:
    lines = [f"{'would adopt' if dry_run else 'adopted'} {dest}/"]
    lines += [f"A  {path}" for path in sorted(missing)]
    lines += [f"M  {path}  is yours, and stays as it is" for path in sorted(edited)]
    lines += [f"note: {note}" for note in notes]
    return "\n".join(map(printable, [*lines, "", "next:", f"  vendor-scaffold diff {quote(str(dest))}"]))


def _json(
    plan: Rendering, dest: Path, missing: Collection[str], edited: list[str], notes: list[str], dry_run: bool
) -> str:
    return json.dumps(
        {
            "schema": 1,
            "state": "planned" if dry_run else "adopted",
            "version": __version__,
            "destination": str(dest),
            "sha256": plan.digest,
            "added": sorted(missing),
            "edited": sorted(edited),
            "notes": notes,
        },
        indent=2,
        ensure_ascii=False,
    )
