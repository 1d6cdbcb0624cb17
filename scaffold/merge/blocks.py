"""Repeated blocks of a text, told apart, so that an edit of one is never merged into its twin.

A diff sees lines, not blocks: where containers, items or sections are nearly alike, the shortest difference
may pair a line of one block with the same line of the next, and no algorithm of git's is free of it. So
before a merge every line in a repeated block gets a mark, the number of a line that names its block; lines of
different blocks then differ.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from scaffold.merge.endings import lines

_MARK = b"\x1f"
_HEADINGS = {
    ".md": re.compile(rb"(#{1,6})\s"),
    **dict.fromkeys((".ini", ".conf", ".cfg", ".repo", ".toml"), re.compile(rb"(\[)")),
}


@dataclass
class _Block:
    """A line with all that is indented deeper below it, or stands in its section."""

    head: bytes
    depth: int
    around: tuple[_Block, ...]  # the outermost first
    children: list[bytes]
    body: set[bytes]
    name: bytes = b""


def marked(path: str, texts: Sequence[bytes]) -> list[bytes]:
    """Mark the lines of the versions of PATH in TEXTS; `unmarked` takes the marks off.

    A block is named by its first line, or else one right below it, that no version has twice. Only blocks
    that share half of their lines with others count: a new name of a single block makes no conflict.
    """
    heading = _HEADINGS.get(path[path.rfind(".") :])
    versions = [list(_blocks(text, heading)) for text in texts]
    counts = [Counter(block.head for block in version) for version in versions]
    often = {row for count in counts for row in count if count[row] > 1}
    common = {row for row in counts[0] if any(row in count for count in counts[1:])} - often
    for version in versions:
        for block in version:
            block.name = _name(block, often, common)
    names = sorted({block.name for version in versions for block in _repeated(version) if block.name})
    numbers = {name: number for number, name in enumerate(names)}
    return [b"".join(_with_marks(version, numbers)) for version in versions] if numbers else list(texts)


def unmarked(text: bytes) -> bytes:
    """TEXT, merged of what `marked` gave, without the marks."""
    return re.sub(rb"\x1f[0-9]*\x1f\n", b"\n", text)


def _blocks(text: bytes, heading: re.Pattern[bytes] | None) -> Iterator[_Block]:
    """Each line of TEXT as the head of a block, mostly an empty one."""
    around: list[_Block] = []
    rows = lines(text)
    for row, depth in zip(rows, _depths(rows, heading), strict=True):
        if not row.strip():
            yield _Block(row, 0, (), [], set())
            continue
        while around and around[-1].depth >= depth:
            around.pop()
        for block in around:
            block.body.add(row[max(block.depth, 0) :])
        if around:
            around[-1].children.append(row)
        around.append(_Block(row, depth, tuple(around), [], set()))
        yield around[-1]


def _depths(rows: Sequence[bytes], heading: re.Pattern[bytes] | None) -> list[int]:
    """How deep each of ROWS stands; a comment as deep as what it stands above, for it ends no block."""
    found, below = [], 0
    for row in reversed(rows):
        depth = _depth(row, heading)
        if heading is None and row.lstrip().startswith(b"#"):
            depth = max(depth, below)
        elif row.strip():
            below = depth
        found.append(depth)
    return found[::-1]


def _depth(row: bytes, heading: re.Pattern[bytes] | None) -> int:
    found = heading.match(row) if heading else None
    return len(found[1]) - 10 if found else len(row) - len(row.lstrip(b" \t"))


def _repeated(blocks: list[_Block]) -> Iterator[_Block]:
    """The blocks that share half of their lines with others of the same depth."""
    bodies = defaultdict[int, Counter[bytes]](Counter)
    for block in blocks:
        bodies[block.depth].update(block.body)
    for block in blocks:
        shared = sum(bodies[block.depth][row] > 1 for row in block.body)
        if block.body and shared * 2 >= len(block.body):
            yield block


def _name(block: _Block, often: Set[bytes], common: Set[bytes]) -> bytes:
    """The line that names BLOCK, or nothing; better one that both base and a later version have."""
    if block.head not in often:
        return block.head
    rows = [row for row in block.children if row not in often]
    return next((row for row in rows if row in common), rows[0] if rows else b"")


def _with_marks(blocks: list[_Block], numbers: Mapping[bytes, int]) -> Iterator[bytes]:
    for block in blocks:
        names = (outer.name for outer in (block, *reversed(block.around)))
        number = next((numbers[name] for name in names if name in numbers), "")
        yield block.head.removesuffix(b"\n") + _MARK + str(number).encode() + _MARK + b"\n"
