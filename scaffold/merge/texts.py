"""The three-way merge of texts: by blocks, saved as the vendor saves them, with conflict markers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scaffold.merge import blocks, git
from scaffold.merge.carrying import NOBODY, Names, carried, left
from scaffold.merge.endings import lines, plain, saved
from scaffold.merge.neighbours import joined
from scaffold.tree import File

_OURS, _BASE, _SPLIT, _THEIRS = b"<<<<<<< yours\n", b"||||||| pristine\n", b"=======\n", b">>>>>>> %s\n"
_OUR_MARKERS = re.compile(rb"(<{7} yours|\|{7} pristine|={7}|>{7} template( .*)?)\s*")
# where a line of "=" is always wrong; elsewhere it may be of a heading, a docstring or what a script prints
_STRICT = (".yaml", ".yml", ".json", "Dockerfile", "Makefile", ".mk")


@dataclass(frozen=True)
class TextVersions:
    """One text in three versions; an absent base is empty.

    renamed: theirs when services have their new names, where that is another text. names: of these services.
    """

    path: str
    base: bytes
    ours: bytes
    theirs: bytes
    renamed: bytes | None = None
    names: Names = NOBODY

    @property
    def plain(self) -> tuple[bytes, bytes, bytes]:
        """What the versions say, however they are saved."""
        return plain(self.base), plain(self.ours), plain(self.theirs)

    def saved(self, text: bytes) -> bytes:
        """Save the merged plain TEXT as the vendor saves this one."""
        return saved(text, self.base, self.ours, self.theirs)


@dataclass(frozen=True)
class Merged:
    """A merged text, and lines of it, from 1.

    conflicts: where they begin. left: where there are none, those of the vendor that say an old name.
    """

    content: bytes
    conflicts: tuple[int, ...]
    left: tuple[int, ...] = ()


def is_text(file: File) -> bool:
    """Whether FILE can be merged by lines."""
    return not file.link and b"\0" not in file.content


def alike(one: File, two: File) -> bool:
    """Whether two files say the same; how a text is saved does not count."""
    texts = is_text(one) and is_text(two) and one.executable == two.executable
    return one == two or (texts and plain(one.content) == plain(two.content))


def merged(texts: Sequence[TextVersions], label: str) -> list[Merged]:
    """Merge TEXTS in one go; conflicts get diff3 markers, yours first, the template's named by LABEL."""
    marked = [blocks.marked(text.path, text.plain) for text in texts]
    pieces = git.merged([(base, ours, theirs) for base, ours, theirs in marked])
    return [
        _written(text, _named(text, [*map(_settled, parts)]), label)
        for text, parts in zip(texts, pieces, strict=True)
    ]


def unresolved(path: str, file: File) -> tuple[int, ...]:
    """The lines, from 1, where conflicts of ours stand in FILE, at PATH; those of other tools do not count.

    A conflict stands where the first of its markers is that is left.
    """
    found: list[int] = []
    inside, loose = False, not path.endswith(_STRICT)
    for number, line in enumerate(lines(file.content), 1):
        if not _OUR_MARKERS.fullmatch(line) or (loose and line[:1] == b"=" and not inside):
            continue
        found += [number] if line[:1] == b"<" or not inside else []
        inside = line[:1] != b">"
    return tuple(found)


def _settled(piece: bytes | git.Conflict) -> bytes | git.Conflict:
    """PIECE without the marks of blocks, and no conflict where no line was changed twice."""
    if isinstance(piece, bytes):
        return blocks.unmarked(piece)
    together = joined(*map(lines, (piece.base, piece.ours, piece.theirs)))
    if together is not None:
        return blocks.unmarked(b"".join(together))
    base, ours, theirs = map(blocks.unmarked, (piece.base, piece.ours, piece.theirs))
    return ours if ours == theirs else git.Conflict(base, ours, theirs)  # only the marks may have differed


def _named(text: TextVersions, pieces: git.MergedParts) -> git.MergedParts:
    """PIECES, merged of TEXT, when services have their new names."""
    if text.renamed is None:
        return pieces
    return carried(text.path, pieces, plain(text.theirs), plain(text.renamed), text.names)


def _written(text: TextVersions, pieces: git.MergedParts, label: str) -> Merged:
    parts, starts, line = list[bytes](), list[int](), 1
    for piece in pieces:
        part = piece if isinstance(piece, bytes) else _with_markers(piece, label)
        if not isinstance(piece, bytes):
            starts.append(line)
        line += part.count(b"\n")
        parts.append(part)
    whole = b"".join(parts)
    stale = (
        left(whole, plain(text.theirs), plain(text.renamed), text.names)
        if text.renamed is not None and not starts
        else ()
    )
    return Merged(text.saved(whole), tuple(starts), stale)


def _with_markers(conflict: git.Conflict, label: str) -> bytes:
    sides = (_OURS, conflict.ours, _BASE, conflict.base, _SPLIT, conflict.theirs, _THEIRS % label.encode())
    return b"".join(sides)
