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
    beside a conflict, and what moved with the name of its service. A file that the vendor has renamed is
    overwritten only: a managed one is not in its place then, and the two have a line in common.
    """
    due = {step.path for step in journal.steps if step.path not in _OWN and look(top, step.path)}
    if not due:
        return
    managed = _managed(top, store, journal.steps)
    services = {_stem(part) for path in managed for part in path.split("/")}
    away = {line for path, said in managed.items() if not look(top, path) for line in said}
    odd = [
        step.path
        for number, step in enumerate(journal.steps)
        if step.path in due - managed.keys()
        and not _explained(step, journal.steps, services)
        and not (step.old and step.new and away & _before(top, store, number, journal))
    ]
    if odd:
        said = f"is damaged: {', '.join(odd)} was never managed"
        raise Damaged(f"{LOCAL}/{place} {said}", BY_HAND)


def _managed(top: int, store: int, steps: Iterable[Step]) -> dict[str, set[bytes]]:
    """The paths that a pristine rendering names, with the lines that it has there."""
    files = [own.look(top, _PRISTINE)]
    for number, step in enumerate(steps):
        if step.path == _PRISTINE:
            files += [_kept(store, side, number) for side in ("old", "new")]
    found: dict[str, set[bytes]] = {}
    for pristine in filter(None, files):
        for part in unpack(pristine.content, _PRISTINE, BY_HAND):
            for path, file in part.items():
                found.setdefault(path, set()).update(_lines(file))
    return found


def _before(top: int, store: int, number: int, journal: Journal) -> set[bytes]:
    """The lines of a file before JOURNAL; of one that is undone, those before what is undone too."""
    found = _lines(_kept(store, "old", number))
    if journal.undoes:
        seen = look(top, journal.steps[number].path)
        found |= _lines(_kept(store, "new", number)) | _lines(seen.file if seen else None)
    return found


def _kept(store: int, side: str, number: int) -> File | None:
    with folder(store, side) as inside:
        seen = look(inside, str(number))
    return seen.file if seen else None


def _lines(file: File | None) -> set[bytes]:
    return {line for line in file.content.splitlines() if line.strip()} if file else set()


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
