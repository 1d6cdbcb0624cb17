"""A merged text whose services get other names: what the template wrote is written anew, the vendor's stays.

The template's text is there under the old names and under the new ones, line for line the same otherwise. So
no name is searched for: a line that is still the template's becomes what it is under the new names. In a line
that the vendor edited only the whole words change that the rendering has changed in it; what the vendor wrote
is never touched. A name must change in it; other words, as of a sentence about the service, change where the
vendor left them all, and what is between them, as they were.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain

from scaffold.merge import blocks
from scaffold.merge.endings import lines
from scaffold.merge.git import Conflict, MergedParts

_WORDS = re.compile(rb"[A-Za-z0-9_-]+|.", re.DOTALL)
_SAME_LINE = 0.6  # how many of their words two lines share where one is an edit of the other


@dataclass(frozen=True)
class Names:
    """What a renamed text is judged by. old: every spelling that goes; others: those of other services."""

    old: frozenset[bytes]
    others: frozenset[bytes]


NOBODY = Names(frozenset(), frozenset())


def carried(path: str, pieces: MergedParts, before: bytes, after: bytes, names: Names) -> MergedParts:
    """PIECES, merged with the template's text BEFORE its names changed, with the text AFTER in its place.

    Of a conflict only the template's part changes: "yours" is what the vendor had.
    """
    old, new = lines(before), lines(after)
    rows = [(number, row) for number, piece in enumerate(pieces) for row in lines(_template(piece))]
    if len(old) != len(new):
        same = before == b"".join(row for _, row in rows)
        return [after] if same else [Conflict(before, b"".join(map(_yours, pieces)), after)]
    one, other = map(lines, blocks.marked(path, [before, b"".join(row for _, row in rows)]))
    parts: list[list[bytes | Conflict]] = [[] for _ in pieces]
    for kind, start, end, at, to in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        owners = {number for number, _ in rows[at:to]}
        if kind == "equal":
            for (number, _), row in zip(rows[at:to], new[start:end], strict=True):
                parts[number].append(row)
        elif kind == "replace" and len(owners) == 1:
            edited = [row for _, row in rows[at:to]]
            parts[owners.pop()] += _edited(old[start:end], edited, new[start:end], names)
        else:
            for number, row in rows[at:to]:
                parts[number].append(row)
    return [*chain.from_iterable(map(_piece, pieces, parts))]


def left(text: bytes, before: bytes, after: bytes, names: Names) -> tuple[int, ...]:
    """The lines, from 1, of TEXT that say an old name, and are not the template's AFTER the change."""
    template, gone = set(lines(after)), {*_words(before)} - {*_words(after)}
    words = names.old | {word for word in gone if any(name in word for name in names.old)}
    return tuple(
        number
        for number, row in enumerate(lines(text), 1)
        if row not in template and words.intersection(_words(row))
    )


def _template(piece: bytes | Conflict) -> bytes:
    return piece if isinstance(piece, bytes) else piece.theirs


def _yours(piece: bytes | Conflict) -> bytes:
    return piece if isinstance(piece, bytes) else piece.ours


def _piece(piece: bytes | Conflict, parts: Sequence[bytes | Conflict]) -> Iterator[bytes | Conflict]:
    if isinstance(piece, bytes):
        yield from parts
    else:
        theirs = b"".join(map(_template, parts))
        yield piece.ours if piece.ours == theirs else Conflict(piece.base, piece.ours, theirs)


def _edited(
    old: Sequence[bytes], mine: Sequence[bytes], new: Sequence[bytes], names: Names
) -> list[bytes | Conflict]:
    """The lines MINE, an edit of OLD, with the names of NEW if both changed other words; else a conflict."""
    result, left_out = list(mine), dict(enumerate(mine))
    stale: set[bytes] = set()
    for was, now in zip(old, new, strict=True):
        changes = [*_changes(_words(was), _words(now), names)]
        if not changes:
            continue
        stale |= {_words(was)[at] for change in changes if change.due for at in change.at}
        likely = max(left_out, key=lambda at: _likeness(was, left_out[at]), default=None)
        if likely is None or _likeness(was, left_out[likely]) <= _SAME_LINE:
            continue
        row = _reworded(_words(was), _words(left_out.pop(likely)), changes, names)
        if row is None:
            break
        result[likely] = row
    else:
        if not any(stale.intersection(_words(row)) for row in left_out.values()):
            return [b"".join(result)]
    return [Conflict(*map(b"".join, (old, mine, new)))]


def _likeness(one: bytes, other: bytes) -> float:
    return SequenceMatcher(None, _words(one), _words(other), autojunk=False).ratio()


def _words(text: bytes) -> list[bytes]:
    return _WORDS.findall(text)


@dataclass(frozen=True)
class _Change:
    """The words AT these places become TEXT. due: whether they hold a name that goes."""

    at: range
    text: bytes
    due: bool


def _reworded(
    old: Sequence[bytes], mine: Sequence[bytes], changes: Sequence[_Change], names: Names
) -> bytes | None:
    """The words MINE, an edit of OLD, with the CHANGES; None where it is about other names, too."""
    matches = SequenceMatcher(None, old, mine, autojunk=False).get_matching_blocks()
    places = {start + step: at + step for start, at, size in matches for step in range(size)}
    added = set(range(len(mine))) - set(places.values())
    said = any(name in mine[at] for at in added for name in names.old | names.others)
    due, rest = ([one for one in changes if one.due == due] for due in (True, False))
    if due and (said or not all(_together(places, one.at) for one in due)):
        return None
    sentence = range(rest[0].at[0], rest[-1].at[-1] + 1) if rest else range(0)
    result = list(mine)
    for change in [*due, *(rest if _together(places, sentence) else ())]:
        at = places[change.at[0]]
        result[at : at + len(change.at)] = [change.text, *[b""] * (len(change.at) - 1)]
    return b"".join(result)


def _together(places: Mapping[int, int], words: range) -> bool:
    """Whether all WORDS are still there, and nothing between them; PLACES says where each is."""
    return {*words} <= places.keys() and len({places[word] - word for word in words}) < 2


def _changes(old: Sequence[bytes], new: Sequence[bytes], names: Names) -> Iterator[_Change]:
    """What NEW has for words of OLD; with those that it only adds goes the word before them."""
    for kind, start, end, at, to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "insert" and start:
            yield _Change(range(start - 1, start), old[start - 1] + b"".join(new[at:to]), due=False)
        elif kind in ("replace", "delete"):
            each = end - start if end - start == to - at else 1  # as many words: one for one
            for part in range(each):
                words = range(start + part, start + part + 1) if each > 1 else range(start, end)
                text = new[at + part] if each > 1 else b"".join(new[at:to])
                yield _Change(words, text, any(name in old[word] for word in words for name in names.old))
