"""Stories as files: what happens first, then `-- name --` sections, as in Go's txtar format."""

from __future__ import annotations

import re
from pathlib import Path

from scaffold.tree import File

_HEADER = re.compile(r"^-- (.+) --\n", re.MULTILINE)
_FLAGS = re.compile(r"(?P<name>.*?)(?: \((?P<flag>executable|link|crlf|escaped|unterminated)\))?")


def read(path: Path) -> dict[str, str]:
    """The sections of the story at PATH."""
    _, *parts = _HEADER.split(path.read_text(encoding="utf-8"))
    return dict(zip(parts[::2], parts[1::2], strict=True))


def tree(story: dict[str, str], name: str) -> dict[str, File]:
    """The files of STORY whose names begin with NAME and a slash.

    A word in brackets after a name says how to read the section: as a link's target, with escapes, and so on.
    """
    found = (_FLAGS.fullmatch(key) for key in story if key.startswith(f"{name}/"))
    return {
        match["name"].removeprefix(f"{name}/"): _file(story[match[0]], match["flag"] or "")
        for match in found
        if match
    }


def _file(text: str, flag: str) -> File:
    content = text.encode()
    if flag == "escaped":
        content = text.encode("latin-1").decode("unicode_escape").encode("latin-1")
    elif flag == "crlf":
        content = content.replace(b"\n", b"\r\n")
    elif flag in ("unterminated", "link"):
        content = content.removesuffix(b"\n")
    return File(content, executable=flag == "executable", link=flag == "link")
