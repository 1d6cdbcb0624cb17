"""What a transaction writes down: each path with its old and its new content.

In .vendor-scaffold/local/, which git ignores:

    journal.json   the transaction under way
    undo.json      the last one carried out, in the same form
    <number>/      what belongs to one of them: new-N staged to be renamed into place, old-N what was there
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scaffold.lock import LOCAL
from scaffold.tree import File


@dataclass(frozen=True)
class Step:
    """One path: the hash of what was there and of what comes; empty for nothing."""

    path: str
    old: str
    new: str


@dataclass(frozen=True)
class Journal:
    """A transaction. direction: forward; back, after a failure; undo, where it takes an earlier one back."""

    title: str
    directory: str
    steps: tuple[Step, ...]
    direction: str = "forward"


def decide(root: Path, journal: Journal) -> None:
    """Make JOURNAL the transaction under way, durably."""
    local = root / LOCAL
    with (local / "journal.tmp").open("w") as stream:
        json.dump({"schema": 1} | asdict(journal), stream)
        stream.flush()
        os.fsync(stream.fileno())
    (local / "journal.tmp").rename(local / "journal.json")
    sync(local)


def load(path: Path) -> Journal | None:
    """The journal at PATH, None where there is none; raises ValueError for a torn one."""
    try:
        data: Any = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    try:
        steps = tuple(Step(**step) for step in data["steps"])
        return Journal(data["title"], data["directory"], steps, data["direction"])
    except (TypeError, KeyError) as error:
        raise ValueError(str(error)) from None


def new(root: Path, journal: Journal, number: int) -> Path:
    """Where the new content of the step NUMBER is staged."""
    return root / LOCAL / journal.directory / f"new-{number}"


def old(root: Path, journal: Journal, number: int) -> Path:
    """Where what was there before the step NUMBER is kept."""
    return root / LOCAL / journal.directory / f"old-{number}"


def content_hash(file: File | None) -> str:
    """What a step calls FILE: empty for nothing."""
    return hashlib.sha256(file.mode.encode() + b"\0" + file.content).hexdigest() if file else ""


def sync(directory: Path) -> None:
    """Make what was renamed in DIRECTORY durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
