"""What a journal that is found on disk may touch: only what a run of ours could have put or found there.

It names files and their hashes; whoever can write it could otherwise have any file of the repository removed,
or others put in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

from scaffold import own
from scaffold.disk import LOCAL, folder, look
from scaffold.records import Damaged
from scaffold.transaction.journal import Journal, Step
from scaffold.transaction.store import BY_HAND
from scaffold.tree import STATE, File, unpack

_PRISTINE = f"{STATE}/pristine.json"
_OWN = {_PRISTINE, f"{STATE}/answers.yaml", f"{STATE}/state.json"}
_BESIDE = ".theirs"


def plausible(top: int, store: int, place: str, journal: Journal) -> None:
    """Raise Damaged where JOURNAL removes or overwrites a file, forward or back, that was never managed.

    Managed is what a pristine rendering names, in the repository or in STORE, the files of our own, what lay
    beside a conflict, and what moved with the name of its service.
    """
    due = [step for step in journal.steps if step.path not in _OWN and look(top, step.path)]
    if not due:
        return
    managed = _managed(top, store, journal.steps)
    services = {_stem(part) for path in managed for part in path.split("/")}
    odd = [s.path for s in due if s.path not in managed and not _explained(s, journal.steps, services)]
    if odd:
        said = f"is damaged: {', '.join(odd)} was never managed"
        raise Damaged(f"{LOCAL}/{place} {said}", BY_HAND)


def _managed(top: int, store: int, steps: Iterable[Step]) -> set[str]:
    found = _named(own.look(top, _PRISTINE))
    for number, step in enumerate(steps):
        if step.path == _PRISTINE:
            for side in ("old", "new"):
                with folder(store, side) as inside:
                    seen = look(inside, str(number))
                    found |= _named(seen.file if seen else None)
    return found


def _named(file: File | None) -> set[str]:
    return {path for part in unpack(file.content, _PRISTINE, BY_HAND) for path in part} if file else set()


def _explained(step: Step, steps: Iterable[Step], services: Set[str]) -> bool:
    """Whether STEP is about a file beside a conflict, or one that moves from or to another path."""
    if any(_BESIDE in part for part in step.path.split("/")):
        return True
    others = [one for one in steps if one is not step and ((step.old and one.new) or (step.new and one.old))]
    return any(_moved(step.path, one.path, services) for one in others)


def _moved(path: str, other: str, services: Set[str]) -> bool:
    """Whether PATH and OTHER differ only in parts that SERVICES may have, as where a service is renamed."""
    parts = [one.split("/") for one in (path, other)]
    if len(parts[0]) != len(parts[1]):
        return False
    pairs = [(a, b) for a, b in zip(*parts, strict=True) if a != b]
    return all(
        {_stem(a), _stem(b)} <= services and a.partition(".")[1:] == b.partition(".")[1:] for a, b in pairs
    )


def _stem(part: str) -> str:
    return part.partition(".")[0]
