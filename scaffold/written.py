"""What `new` wrote, as text and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from shlex import quote

from scaffold import __version__
from scaffold.foreign import ForeignPlan
from scaffold.model import VendorRepo
from scaffold.pipeline import Plan
from scaffold.render.purposes import purpose


def as_text(plan: Plan | ForeignPlan, dest: Path, dry_run: bool) -> str:
    """List the files with their purpose, the hash of the rendering and the next commands."""
    width = max(map(len, plan.rendered), default=16)
    verb = "would write" if dry_run else "wrote"
    lines = [
        f"{verb} {dest}/  ({len(plan.rendered)} files, sha256 {plan.digest})",
        "",
    ]
    lines += [f"  {path:{width}}  {_purpose(plan, path)}".rstrip() for path in sorted(plan.rendered)]
    lines += [f"  {'.vendor-scaffold/':{width}}  the answers, and what update needs"]
    if not dry_run:
        lines += ["", "next:", *(f"  {command}" for command in next_commands(plan, dest))]
    return "\n".join(lines)


def as_json(plan: Plan | ForeignPlan, dest: Path, dry_run: bool) -> str:
    """Give the same as one JSON object."""
    return json.dumps(
        {
            "schema": 1,
            "state": "planned" if dry_run else "written",
            "version": __version__,
            "destination": str(dest),
            "sha256": plan.digest,
            "files": [
                {"path": path, "mode": file.mode, "purpose": _purpose(plan, path)}
                for path, file in sorted(plan.rendered.items())
            ],
            "next": next_commands(plan, dest),
            "notes": plan.notes,
        },
        indent=2,
        ensure_ascii=False,
    )


def _purpose(plan: Plan | ForeignPlan, path: str) -> str:
    return purpose(path) if isinstance(plan, Plan) else ""  # of the files of others nothing is known


def next_commands(plan: Plan | ForeignPlan, dest: Path) -> list[str]:
    """The next commands of a vendor's engineer: three, or of a foreign template the first."""
    if isinstance(plan, ForeignPlan):
        return [f"cd {quote(str(dest))}"]
    return [f"cd {quote(str(dest))}", *_targets(plan.repo)]


def _targets(repo: VendorRepo) -> list[str]:
    images = [image for service in repo.services for image in service.images if image.build != "existing"]
    if images:
        staged = all(image.build == "prepare" for image in images)
        return ["make inputs", "make stage" if staged else "make build"]
    if not repo.has.overlay:
        return ["make preflight"]
    return ["make overlay", "make roles" if repo.in_roles else "make preflight"]
