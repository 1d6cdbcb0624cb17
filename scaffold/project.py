"""A vendor repository on disk: its state, and writing a new one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from scaffold import __version__
from scaffold.disk import STATE as STATE
from scaffold.errors import ScaffoldError
from scaffold.scratch import scratch
from scaffold.transaction import Writes, transact
from scaffold.tree import Bases, File, Tree, digest, pack


@dataclass(frozen=True)
class Rendering:
    """A rendered vendor repository, with what .vendor-scaffold/ is to say of it.

    answers_text: the target, answers.yaml. facts: what state.json holds besides the answers and the digest.
    bases: what the files are based on that were not merged with the rendering.
    """

    rendered: dict[str, File]
    answers_text: str
    facts: Mapping[str, Any]
    bases: Bases = field(default_factory=dict, kw_only=True)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the rendered tree."""
        return digest(self.rendered)

    @property
    def state(self) -> dict[str, File]:
        """The files of .vendor-scaffold/."""
        applied = {
            "schema": 1,
            "tool_version": __version__,
            "template_version": __version__,
            "answers": self.answers_text.splitlines(),
            "pristine_sha256": "",
            "conflicts": {},
            **self.facts,
        }
        return {
            f"{STATE}/answers.yaml": File(self.answers_text.encode()),
            **recorded(applied, self.rendered, self.bases),
        }


def recorded(state: Mapping[str, Any], rendered: Tree, bases: Bases) -> dict[str, File]:
    """pristine.json of RENDERED and BASES, and state.json that says STATE and names the first."""
    applied = {**state, "pristine_sha256": digest(rendered, bases)}
    return {
        f"{STATE}/pristine.json": File(pack(rendered, bases).encode()),
        f"{STATE}/state.json": File((json.dumps(applied, indent=1, ensure_ascii=False) + "\n").encode()),
    }


def overlapping(destination: Path, paths: Iterable[str]) -> list[str]:
    """The paths that something at DESTINATION already takes, or lies across."""
    return [path for path in sorted(paths) if _taken(destination, path)]


def _taken(destination: Path, path: str) -> bool:
    target = destination / path
    above = [parent for parent in target.parents if parent != destination and destination in parent.parents]
    return os.path.lexists(target) or any(
        os.path.lexists(parent) and not _is_directory(parent) for parent in above
    )


def _is_directory(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def create(destination: Path, tree: Tree) -> None:
    """Write TREE as a new vendor repository at DESTINATION, whole or not at all.

    An absent destination appears by one rename. A present one stays the directory that it is, for it may be
    a mount or a shell's own, and is written in one transaction. Raises ScaffoldError for an occupied path.
    """
    try:
        if not os.path.lexists(destination):
            destination.parent.mkdir(parents=True, exist_ok=True)
            _staged(destination, tree)
            return
    except OSError as error:
        raise ScaffoldError(
            f"{error.filename or destination}: {error.strerror}", "nothing was written"
        ) from error
    if not destination.is_dir():
        raise ScaffoldError(f"{destination} is not a directory", "choose another DEST")

    def plan(recovered: str) -> tuple[Writes, None]:
        refuse_taken(destination, tree, f"an interrupted run was {recovered}" if recovered else "")
        return Writes(tree, {}), None

    transact(destination, "new", plan)


def refuse_taken(destination: Path, tree: Tree, hint: str = "") -> None:
    """Raise ScaffoldError where TREE cannot be written to DESTINATION for what is there already.

    hint: what to say in place of what to do.
    """
    if os.path.lexists(destination / STATE / "state.json"):
        update = "vendor-scaffold update keeps it current"
        raise ScaffoldError(f"{destination} is a vendor repository already", hint or update)
    taken = overlapping(destination, tree)
    if taken:
        listed = "\n  ".join(taken[:20] + ([f"and {len(taken) - 20} more"] if len(taken) > 20 else []))
        raise ScaffoldError(
            f"{destination} already has files that would be written:\n  {listed}",
            hint or "choose another DEST, or move these files away; nothing was written",
        )


def occupied(destination: Path) -> bool:
    """Whether DESTINATION holds something, and nothing says that it is a repository."""
    if not destination.is_dir() or os.path.lexists(destination / ".git"):
        return False
    return any(True for _ in destination.iterdir())


def _staged(destination: Path, tree: Tree) -> None:
    with scratch(destination.parent, ".vendor-scaffold-new-") as stage:
        for path, file in tree.items():
            _write(stage / path, file)
        stage.chmod(0o777 & ~_umask())
        stage.rename(destination)


def _write(path: Path, file: File) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if file.link:
        path.symlink_to(file.content.decode())
        return
    with path.open("xb") as stream:
        stream.write(file.content)
        stream.flush()
        os.fsync(stream.fileno())
    if file.executable:
        path.chmod(0o777 & ~_umask())


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
