"""Plans as text and as JSON."""

from __future__ import annotations

import json
from fnmatch import fnmatch
from pathlib import Path
from shlex import quote

from scaffold import __version__
from scaffold.foreign import ForeignPlan
from scaffold.pipeline import Plan

PURPOSES = (
    ("containers/*/Dockerfile", "the layer on the stock image"),
    ("kolla/kolla-build.conf", "what kolla-build builds from, and where the image goes"),
    ("kolla/template-overrides.j2", "what is added to kolla's own templates"),
    ("kolla/images.yaml", "the images to build, for openstack overcloud container image build"),
    ("tcib/containers.yaml", "the images to build, for openstack tripleo container image build"),
    ("tcib/tcib/*", "what TCIB adds to the stock image"),
    ("*/licenses/LICENSE", "your licence terms, shown under /licenses of the image"),
    ("containers/*/.dockerignore", "what stays out of the build"),
    ("docker/services/*", "the composable service: containers, configuration, steps"),
    ("environments/*", "registers the services and names the images; deploy with -e"),
    ("scripts/add-to-roles.sh", "puts a service into your roles file"),
    ("scripts/check-base.sh", "tells when a stock image below yours has changed"),
    ("scripts/preflight.py", "finds on the undercloud what would make a deployment fail"),
    ("scripts/propose-update.sh", "opens a change request with what update brings"),
    (".github/workflows/*", "GitHub: lint, check, verify, build; weekly base and update"),
    (".gitlab-ci.yml", "GitLab: lint, check, verify, build; weekly base and update"),
    (".zuul.yaml", "Zuul: lint, check, verify, build; weekly base and update"),
    ("playbooks/make.yaml", "what each Zuul job runs"),
    ("requirements-ci.txt", "the linters that the jobs install"),
    ("Makefile", "build, push, overlay, roles, preflight, lint"),
    ("README.md", "what to bring, build, deploy, verify, upgrade, remove"),
    ("CHANGELOG.md", "the changes of this repository"),
    (".yamllint", "the style that make lint holds"),
    (".git*", "for git"),
)


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


def purpose(path: str) -> str:
    """Say in a few words what a generated file is for."""
    return next((words for pattern, words in PURPOSES if fnmatch(path, pattern)), "")


def next_commands(plan: Plan | ForeignPlan, dest: Path) -> list[str]:
    """The next commands of a vendor's engineer: three, or of a foreign template the first."""
    if isinstance(plan, ForeignPlan):
        return [f"cd {quote(str(dest))}"]
    images = any(service.image for service in plan.repo.services)
    second = "make inputs" if images else "make overlay"
    third = "make build" if images else "make roles"
    return [f"cd {quote(str(dest))}", second, third]
