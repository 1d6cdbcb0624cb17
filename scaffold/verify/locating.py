"""Where in a file of the vendor repository the cause of a finding stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import yaml

KeyPath = tuple[str, ...]  # from the top of a value, or of a file, down to a part of it
WORD = re.compile(r"[A-Za-z_][\w./-]{2,}")


def line_of(file: Path, *keys: str | int) -> int:
    """The line that KEYS lead to, as far as they are there; 0 in a file that is no YAML."""
    try:
        node = yaml.compose(file.read_text(), yaml.SafeLoader)
    except (OSError, ValueError, yaml.YAMLError):
        return 0
    line = 0
    for key in keys:
        found = _child(node, key)
        if not found:
            break
        line, node = found
    return line


def _child(node: yaml.Node | None, key: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return name.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key].start_mark.line + 1, node.value[key]
    return None


def mentioned(root: Path, files: Iterable[str], message: str) -> tuple[str, int]:
    """The file and line that hold most of the words of an engine's MESSAGE; the first file where none does.

    Only words that are rare count: each weighs less the more lines hold it.
    """
    words = set(WORD.findall(message))
    rows = [
        (path, number, words & set(WORD.findall(text)))
        for path in files
        for number, text in enumerate(lines(root / path), 1)
    ]
    often = {word: sum(word in held for _, _, held in rows) for word in words}
    weights = [(sum(1 / often[word] ** 2 for word in held), -n) for n, (_, _, held) in enumerate(rows)]
    best = max(weights, default=(0.0, 0))
    if best[0] == 0:
        return next(iter(files), ""), 0
    path, number, _ = rows[-best[1]]
    return path, number


def lines(file: Path) -> list[str]:
    """The lines of a file; none where it cannot be read."""
    try:
        return file.read_text().splitlines()
    except (OSError, ValueError):
        return []
