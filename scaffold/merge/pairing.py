"""Which files of three trees are the same file: at one path, or renamed by the template or by the vendor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, replace

from scaffold.merge import git
from scaffold.merge.endings import plain
from scaffold.tree import File, Tree


@dataclass(frozen=True)
class Trio:
    """One file in base, ours and theirs; None where it is missing.

    path: where the result belongs.
    old_path: where base has it, if elsewhere.
    moved: the template renamed it, and the vendor's file goes along.
    note: what to say about the path.
    their_path: where theirs has it, or would.
    renamed: theirs when services have their new names, where that is another file.
    """

    path: str
    base: File | None
    ours: File | None
    theirs: File | None
    old_path: str = ""
    moved: bool = False
    note: str = ""
    their_path: str = ""
    renamed: File | None = None

    @property
    def template(self) -> File | None:
        """What the template has in the end."""
        return self.renamed or self.theirs


def trios(
    base: Tree, ours: Tree, theirs: Tree, group: Callable[[str], str], changing: Set[str] = frozenset()
) -> list[Trio]:
    """Pair the files of the three trees; a file of ours that was never managed is in none, unless renamed.

    Renames are looked for only where they matter: of what the vendor edited and the template dropped, and of
    what the vendor no longer has and the template changed, or is CHANGING. They are followed within a GROUP.
    """
    by_template = _template_renames(base, ours, theirs, group)
    by_vendor = _vendor_renames(base, ours, theirs, group, changing)
    found = [
        _renamed(path, base, ours, theirs, by_template, by_vendor) for path in {**by_template, **by_vendor}
    ]
    done = {path for trio in found for path in (trio.path, trio.old_path)} | set(by_template.values())
    found += [
        Trio(path, base.get(path), ours.get(path), theirs.get(path), their_path=path)
        for path in {**base, **theirs}
        if path not in done
    ]
    return sorted(found, key=lambda trio: trio.path)


def _template_renames(base: Tree, ours: Tree, theirs: Tree, group: Callable[[str], str]) -> dict[str, str]:
    old = [path for path, file in base.items() if path not in theirs and ours.get(path) != file]
    new = [path for path in theirs if path not in base]
    return _renames(
        base,
        old,
        theirs,
        new,
        lambda one, two: group(one) == group(two) and not (one in ours and two in ours),
    )


def _vendor_renames(
    base: Tree, ours: Tree, theirs: Tree, group: Callable[[str], str], changing: Set[str]
) -> dict[str, str]:
    old = [
        path
        for path, file in base.items()
        if path not in ours and (path in changing or theirs.get(path) != file)
    ]
    new = [path for path in ours if path not in base and path not in theirs]
    return _renames(base, old, ours, new, lambda one, two: group(two) in ("", group(one)))


def _renames(
    before: Tree, old: list[str], after: Tree, new: list[str], may_pair: Callable[[str, str], bool]
) -> dict[str, str]:
    """Old path -> new path, the most alike first; each path once."""
    scored: list[tuple[int, str, str]] = []
    for sources, targets in _fields(old, new, may_pair):
        scored += git.renames(
            {path: _said(before[path]) for path in sources}, {path: _said(after[path]) for path in targets}
        )
    pairs: dict[str, str] = {}
    for _, source, target in sorted(scored, key=lambda found: (-found[0], *found[1:])):
        if source not in pairs and target not in pairs.values():
            pairs[source] = target
    return pairs


def _fields(
    old: list[str], new: list[str], may_pair: Callable[[str, str], bool]
) -> Iterator[tuple[list[str], list[str]]]:
    """OLD parted by the paths of NEW that each may have become."""
    fields: dict[tuple[str, ...], list[str]] = {}
    for source in old:
        fields.setdefault(tuple(target for target in new if may_pair(source, target)), []).append(source)
    return ((sources, list(targets)) for targets, sources in fields.items() if targets)


def _said(file: File) -> File:
    return file if file.link or b"\0" in file.content else replace(file, content=plain(file.content))


def _renamed(
    old: str, base: Tree, ours: Tree, theirs: Tree, by_template: dict[str, str], by_vendor: dict[str, str]
) -> Trio:
    to, yours = by_template.get(old), by_vendor.get(old)
    if yours is None or to in ours:
        assert to is not None
        mine = ours.get(old, ours.get(to))
        return Trio(to, base[old], mine, theirs[to], old, moved=old in ours, their_path=to)
    if to is None:
        return Trio(yours, base[old], ours[yours], theirs.get(old), old, their_path=old)
    return Trio(
        yours,
        base[old],
        ours[yours],
        theirs[to],
        old,
        note=f"renamed by you; the template renamed it to {to}",
        their_path=to,
    )
