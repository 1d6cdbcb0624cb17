"""How a text is saved (byte order mark, line endings, last newline), apart from what it says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import TypeVar

_BOM = b"\xef\xbb\xbf"
_LF, _CRLF = b"\n", b"\r\n"
_T = TypeVar("_T")


def plain(content: bytes) -> bytes:
    """What CONTENT says: no byte order mark, LF, and a newline at the end unless it is empty."""
    text = content.removeprefix(_BOM).replace(_CRLF, _LF)
    return text if not text or text.endswith(_LF) else text + _LF


def saved(text: bytes, base: bytes, ours: bytes, theirs: bytes) -> bytes:
    """Save plain TEXT, merged of three contents, as ours was, except where only theirs changed how base was.

    In a file of mixed endings each line keeps the one it had.
    """
    if not text:
        return text
    bom = _pick(*(content.startswith(_BOM) for content in (base, ours, theirs)))
    last = _pick(*(not content or content.endswith(_LF) for content in (base, ours, theirs)))
    before = _endings(base)
    endings = _pick(before, _endings(ours) or before, _endings(theirs) or before)
    if endings == {_LF, _CRLF}:
        text = b"".join(_as_before(text, ours, theirs))
    elif endings == {_CRLF}:
        text = text.replace(_LF, _CRLF)
    return (_BOM if bom else b"") + (text if last else text.removesuffix(_LF).removesuffix(b"\r"))


def lines(text: bytes) -> list[bytes]:
    """The lines of TEXT with their newlines; only LF ends a line."""
    return re.findall(rb"[^\n]*\n|[^\n]+", text)


def _pick(base: _T, ours: _T, theirs: _T) -> _T:
    return theirs if ours == base else ours


def _endings(content: bytes) -> frozenset[bytes]:
    found = {_CRLF} if _CRLF in content else set[bytes]()
    return frozenset(found | ({_LF} if re.search(rb"(?<!\r)\n", content) else set()))


def _as_before(text: bytes, ours: bytes, theirs: bytes) -> Iterator[bytes]:
    """The lines of TEXT, each with its ending in ours, in theirs if that has CRLF, or most of ours."""
    rows = lines(text)
    usual = _CRLF if ours.count(_CRLF) * 2 > ours.count(_LF) else _LF
    endings = (dict(_found(rows, theirs)) if _CRLF in theirs else {}) | dict(_found(rows, ours))
    for number, row in enumerate(rows):
        yield row.removesuffix(_LF) + endings.get(number, usual)


def _found(rows: list[bytes], content: bytes) -> Iterable[tuple[int, bytes]]:
    saved_rows = lines(content.removeprefix(_BOM))
    matcher = SequenceMatcher(None, rows, [plain(row) for row in saved_rows], autojunk=False)
    for start, other, length in matcher.get_matching_blocks():
        for step in range(length):
            row = saved_rows[other + step]
            if row.endswith(_LF):
                yield start + step, _CRLF if row.endswith(_CRLF) else _LF
