"""Managed files that a merge leaves alone: those of a `keep` pattern, and those that are not at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from scaffold.merge.outcomes import Change, Outcome
from scaffold.merge.renames import Renames
from scaffold.tree import File, Tree


@dataclass(frozen=True)
class Alone:
    """Tells which files are left alone. apart: those that are not at hand -> why. is_kept: by a pattern."""

    apart: Mapping[str, str]
    is_kept: Callable[[str], bool]
    renames: Renames

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and (
            path in self.apart or self.is_kept(path) or self.is_kept(self.renames.place(path))
        )

    def outcomes(self, base: Tree, ours: Tree, theirs: Tree) -> Iterator[Outcome]:
        """What to say of each file left alone; one that is missing, but kept, is made again."""
        for path in sorted({**base, **theirs}):
            template = self.renames.file(path, theirs)
            if path in self.apart:
                yield from self._apart(path, base.get(path), template)
            elif path in self and path in ours:
                yield from self._kept(path, base.get(path), ours[path], template)
            elif path in self and template:
                to = self.renames.place(path)
                yield Outcome(Change(to, "added", template, note="yours by a keep pattern, but missing"))

    def _apart(self, path: str, base: File | None, template: File | None) -> Iterator[Outcome]:
        if template != base:
            note = f"{self.apart[path]}; the template {_did(base, template)} it"
            yield Outcome(Change(path, "apart", None, note=note), unmerged=True, base=base)

    def _kept(self, path: str, base: File | None, ours: File, template: File | None) -> Iterator[Outcome]:
        """A kept file goes along with its service where a pattern names the new place too."""
        to = self.renames.place(path)
        if to == path and template in (base, ours):
            return
        did = _did(base, template) if to == path else "renamed"
        note = f"yours by a keep pattern; the template {did} it"
        if to != path and self.is_kept(to):
            change = Change(to, "kept", ours, path, note)
        else:
            change = Change(path, "kept", None, note=note)
            if to != path and template:
                yield Outcome(Change(to, "added", template))
        yield Outcome(change, unmerged=True, base=base)


def _did(before: File | None, now: File | None) -> str:
    return "added" if before is None else "removed" if now is None else "changed"
