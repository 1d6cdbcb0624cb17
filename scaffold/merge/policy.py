"""The three-way merge of trees: what an update does to a vendor's files, and where it cannot decide.

Trees come in the order base (the pristine rendering), ours (the vendor's files), theirs (the new rendering).
Git merges texts and finds renames; the policy is here. Nothing of the vendor's is lost silently.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType

from scaffold.merge import texts
from scaffold.merge.alone import Alone
from scaffold.merge.carrying import NOBODY, Names
from scaffold.merge.endings import plain
from scaffold.merge.outcomes import Change, Outcome
from scaffold.merge.pairing import Trio, trios
from scaffold.merge.patterns import matcher
from scaffold.merge.renames import NO_RENAMES, Renames, beside, placed
from scaffold.merge.texts import TextVersions, unresolved
from scaffold.tree import Bases, File, Tree

__all__ = ["BESIDE", "NO_RENAMES", "Change", "Merge", "Names", "Renames", "merge", "unresolved"]

BESIDE = ".theirs"  # added to the name of a file whose two versions cannot be merged
DROPPED = "the template no longer has it"


@dataclass(frozen=True)
class Merge:
    """What to say, sorted by path, and what to write: path -> content, None to delete.

    bases: what the files that were not merged are still based on.
    """

    changes: tuple[Change, ...]
    writes: Mapping[str, File | None]
    bases: Bases = field(default_factory=dict)

    @property
    def conflicts(self) -> tuple[Change, ...]:
        """The changes that the vendor has to decide."""
        return tuple(change for change in self.changes if change.kind == "conflict")


def merge(
    base: Tree,
    ours: Tree,
    theirs: Tree,
    *,
    keep: Sequence[str] = (),
    apart: Mapping[str, str] = MappingProxyType({}),
    renames: Renames = NO_RENAMES,
    group: Callable[[str], str] = lambda path: "",
    label: str = "template",
) -> Merge:
    """Merge what the template changed from BASE to THEIRS into OURS.

    ours: the managed files that exist, and where one is missing or new, whatever else may be it or lie in its
    way. Only managed paths are written, a renamed file's new path, and NAME.theirs.
    keep: patterns of managed files that are the vendor's from now on.
    apart: managed files that are not at hand, but not gone -> why.
    renames: services that get other names, while THEIRS has their old ones.
    group: the service that a path belongs to; renames are followed within one service only.
    label: how conflict markers name the template, as `template 1.2`.
    Raises ScaffoldError where git is needed and missing or too old.
    """
    alone = Alone(apart, matcher(keep), renames)
    outcomes: list[Outcome | None] = [*alone.outcomes(base, ours, theirs)]
    base, mine, theirs = (
        {path: file for path, file in tree.items() if path not in alone} for tree in (base, ours, theirs)
    )
    if base != theirs or renames.files:
        found = trios(base, mine, theirs, group, renames.files.keys())
        managed = {*base, *theirs, *(trio.path for trio in found)}
        outcomes += _settled([placed(trio, mine, renames) for trio in found], renames.names, label)
        outcomes += beside(mine, managed, renames)
    return _collected([outcome for outcome in outcomes if outcome], ours)


def _settled(files: list[Trio], names: Names, label: str) -> list[Outcome | None]:
    """Decide every file, with all texts that both sides changed in one go."""
    found = {trio: text for trio in files if (text := _text(trio, names))}
    both = {trio: text for trio, text in found.items() if trio.renamed or len(set(text.plain)) == 3}
    merged = dict(zip(both, texts.merged(list(both.values()), label), strict=True))
    return [_merged(trio, merged[trio]) if trio in merged else _decided(trio) for trio in files]


def _text(trio: Trio, names: Names = NOBODY) -> TextVersions | None:
    """TRIO as a text, if it is one in ours and theirs, and in base if it was there."""
    base, ours, theirs = trio.base, trio.ours, trio.theirs
    if (
        ours is None
        or theirs is None
        or not all(texts.is_text(file) for file in (base, ours, theirs) if file)
    ):
        return None
    renamed = trio.renamed.content if trio.renamed else None
    return TextVersions(
        trio.path, base.content if base else b"", ours.content, theirs.content, renamed, names
    )


def _merged(trio: Trio, merged: texts.Merged) -> Outcome:
    file = File(merged.content, executable=_executable(trio))
    if not merged.conflicts:
        said = ", ".join(map(str, merged.left))
        return _clean(trio, file, f"an old name still stands in lines of yours: {said}" if said else "")
    note = "both changed the same lines" if trio.base else "both added it"
    return _outcome(trio, "conflict", file, note, lines=merged.conflicts)


def _decided(trio: Trio) -> Outcome | None:
    """What needs no merge of texts."""
    if trio.ours is None:
        return _without_ours(trio)
    if trio.theirs is None:
        return _without_theirs(trio, trio.ours)
    if trio.theirs in (trio.base, trio.ours):
        return _clean(trio, trio.ours)
    text = _text(trio)
    said: tuple[object, ...] = text.plain if text else (_raw(trio.base), _raw(trio.ours), _raw(trio.theirs))
    base, ours, theirs = said
    if ours != theirs and (trio.base is None or base not in (ours, theirs)):
        note = "both changed it, and it cannot be merged by lines" if trio.base else "both added it"
        return replace(_outcome(trio, "conflict", trio.ours, note), theirs=trio.template)
    picked = trio.theirs if ours == base else trio.ours
    content = text.saved(plain(picked.content)) if text and trio.base else picked.content
    return _clean(trio, File(content, _executable(trio) and not picked.link, picked.link))


def _raw(file: File | None) -> object:
    return file and (file.content, file.link)


def _without_ours(trio: Trio) -> Outcome | None:
    if trio.theirs is None or (trio.template == trio.base and not trio.old_path):
        return None
    if trio.base is None:
        return _outcome(trio, "added", trio.template)
    did = "renamed" if trio.old_path else "changed"
    told = _outcome(trio, "deleted", None, f"deleted by you; the template {did} it (restore brings it back)")
    return replace(told, unmerged=True, base=trio.base)


def _without_theirs(trio: Trio, ours: File) -> Outcome:
    if trio.old_path:
        return _outcome(trio, "kept", ours, f"renamed, {DROPPED}")
    if _is_edited(trio):
        return _outcome(trio, "kept", ours, f"edited, {DROPPED}")
    return _outcome(trio, "removed", None)


def _clean(trio: Trio, file: File, note: str = "") -> Outcome:
    if trio.moved:
        return _outcome(trio, "renamed", file, note)
    return _outcome(trio, "merged" if _is_edited(trio) else "updated", file, note)


def _outcome(
    trio: Trio, kind: str, file: File | None, note: str = "", lines: tuple[int, ...] = ()
) -> Outcome:
    notes = "; ".join(part for part in (note, trio.note) if part)
    return Outcome(Change(trio.path, kind, file, trio.old_path, notes, lines))


def _is_edited(trio: Trio) -> bool:
    return trio.base is None or trio.ours is None or not texts.alike(trio.base, trio.ours)


def _executable(trio: Trio) -> bool:
    base, ours, theirs = (
        file is not None and file.executable for file in (trio.base, trio.ours, trio.theirs)
    )
    return theirs if ours == base else ours


# --- all files together


def _collected(outcomes: list[Outcome], ours: Tree) -> Merge:
    """What changes anything or must be said, and the writes; nothing of ours is written over unseen."""
    made = {outcome.change.path: outcome.change.file for outcome in outcomes if outcome.change.file}
    outcomes = [one for one in outcomes if one.change.kind != "removed" or one.change.path not in made]
    gone = {outcome.change.path for outcome in outcomes if outcome.change.kind == "removed"}
    gone |= {outcome.change.old_path for outcome in outcomes} & set(ours)
    gone -= {path for path in gone if path in made and made[path] == ours.get(path)}
    left = ours.keys() - gone
    folders = {folder for path in left for folder in _folders(path)}
    taken = left | folders | {outcome.change.path for outcome in outcomes}
    changes, writes = list[Change](), dict[str, File | None](dict.fromkeys(gone))
    for outcome in map(partial(_out_of_the_way, left=left, folders=folders), outcomes):
        change = outcome.change
        if change.kind == "conflict" and outcome.theirs is not None:
            change = replace(change, beside=_free(change.beside or change.path + BESIDE, taken))
            writes[change.beside] = outcome.theirs
        if change.file is not None and change.file == ours.get(change.path):
            if change.kind != "conflict" and not change.note and change.old_path not in gone:
                continue
            change = replace(change, file=None)
        if change.file is not None:
            writes[change.path] = change.file
        changes.append(change)
    bases = {outcome.change.path: outcome.base for outcome in outcomes if outcome.unmerged}
    return Merge(tuple(sorted(changes, key=lambda change: change.path)), writes, bases)


def _out_of_the_way(outcome: Outcome, left: Set[str], folders: Set[str]) -> Outcome:
    """OUTCOME, unless the vendor has a file where it needs a directory, or the reverse."""
    path, file = outcome.change.path, outcome.change.file
    at = next((folder for folder in _folders(path) if folder in left), path if path in folders else "")
    if not at or file is None:
        return outcome
    note = f"your {at} occupies this path"
    change = replace(
        outcome.change, kind="conflict", file=None, note=note, lines=(), beside=at + BESIDE + path[len(at) :]
    )
    return Outcome(change, file)


def _folders(path: str) -> list[str]:
    """The directories above PATH, the outermost first."""
    parts = path.split("/")
    return ["/".join(parts[:number]) for number in range(1, len(parts))]


def _free(path: str, taken: Set[str]) -> str:
    while path in taken:
        path += BESIDE
    return path
