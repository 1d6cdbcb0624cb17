"""Two versions of files as a unified diff, in git's form."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

from scaffold.tree import File

Pair = tuple[File | None, File | None]


def unified(pairs: Mapping[str, Pair]) -> str:
    """The differences of PAIRS (path -> before, after; None where there is no file), by path."""
    return "".join(line for path in sorted(pairs) for line in _file(path, *pairs[path]))


def _file(path: str, before: File | None, after: File | None) -> Iterator[str]:
    if before == after:
        return
    yield f"diff --git {_name('a', path)} {_name('b', path)}\n"
    yield from _modes(before, after)
    old, new = (file.content if file else b"" for file in (before, after))
    if old == new:
        return
    names = [_name(side, path) if file else "/dev/null" for side, file in (("a", before), ("b", after))]
    if b"\0" in old or b"\0" in new:
        yield f"Binary files {names[0]} and {names[1]} differ\n"
        return
    for line in difflib.unified_diff(_lines(old), _lines(new), names[0], names[1]):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(content: bytes) -> list[str]:
    """The lines of CONTENT; only a newline ends one. Bytes that are no UTF-8 come out as they went in."""
    *whole, last = content.decode(errors="surrogateescape").split("\n")
    return [f"{line}\n" for line in whole] + ([last] if last else [])


def _modes(before: File | None, after: File | None) -> Iterator[str]:
    if before is None and after:
        yield f"new file mode {after.mode}\n"
    elif before and after is None:
        yield f"deleted file mode {before.mode}\n"
    elif before and after and before.mode != after.mode:
        yield f"old mode {before.mode}\nnew mode {after.mode}\n"


def _name(side: str, path: str) -> str:
    return f"{side}/{path}"
