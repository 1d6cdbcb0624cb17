"""The three-way merge of texts: by blocks, saved as the vendor saves them, with conflict markers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scaffold.merge import blocks, git
from scaffold.merge.endings import lines, plain, saved
from scaffold.merge.neighbours import joined
from scaffold.tree import File

_OURS, _BASE, _SPLIT, _THEIRS = b"<<<<<<< yours\n", b"||||||| pristine\n", b"=======\n", b">>>>>>> %s\n"
_OUR_MARKERS = re.compile(rb"(<{7} yours|>{7} template( .*)?)\s*")


@dataclass(frozen=True)
class Text:
    """One text in three versions; an absent base is empty."""

    path: str
    base: bytes
    ours: bytes
    theirs: bytes

    @property
    def plain(self) -> tuple[bytes, bytes, bytes]:
        """What the versions say, however they are saved."""
        return plain(self.base), plain(self.ours), plain(self.theirs)

    def saved(self, text: bytes) -> bytes:
        """Save the merged plain TEXT as the vendor saves this one."""
        return saved(text, self.base, self.ours, self.theirs)


@dataclass(frozen=True)
class Merged:
    """A merged text, and the lines where its conflicts begin, from 1."""

    content: bytes
    conflicts: tuple[int, ...]


def is_text(file: File) -> bool:
    """Whether FILE can be merged by lines."""
    return not file.link and b"\0" not in file.content


def alike(one: File, two: File) -> bool:
    """Whether two files say the same; how a text is saved does not count."""
    texts = is_text(one) and is_text(two) and one.executable == two.executable
    return one == two or (texts and plain(one.content) == plain(two.content))


def merged(texts: Sequence[Text], label: str) -> list[Merged]:
    """Merge TEXTS in one go; conflicts get diff3 markers, yours first, the template's named by LABEL."""
    marked = [blocks.marked(text.path, text.plain) for text in texts]
    pieces = git.merged([(base, ours, theirs) for base, ours, theirs in marked])
    return [_written(text, parts, label) for text, parts in zip(texts, pieces, strict=True)]


def unresolved(file: File) -> tuple[int, ...]:
    """The lines, from 1, where conflicts of ours stand in FILE; those of other tools are nobody's business.

    A conflict stands where its first marker is, or its last one where only that is left.
    """
    found: list[int] = []
    inside = False
    for number, line in enumerate(lines(file.content), 1):
        if _OUR_MARKERS.fullmatch(line):
            starts = line.startswith(_OURS[:7])
            found += [number] if starts or not inside else []
            inside = starts
    return tuple(found)


def _written(text: Text, pieces: git.Merged, label: str) -> Merged:
    parts, starts, line = list[bytes](), list[int](), 1
    for piece in pieces:
        part = blocks.unmarked(piece) if isinstance(piece, bytes) else _with_markers(piece, label)
        if not isinstance(piece, bytes) and part.startswith(_OURS):
            starts.append(line)
        line += part.count(b"\n")
        parts.append(part)
    return Merged(text.saved(b"".join(parts)), tuple(starts))


def _with_markers(conflict: git.Conflict, label: str) -> bytes:
    together = joined(*map(lines, (conflict.base, conflict.ours, conflict.theirs)))
    if together is not None:
        return blocks.unmarked(b"".join(together))
    base, ours, theirs = map(blocks.unmarked, (conflict.base, conflict.ours, conflict.theirs))
    if ours == theirs:  # only the marks of their blocks differed
        return ours
    return b"".join((_OURS, ours, _BASE, base, _SPLIT, theirs, _THEIRS % label.encode()))
