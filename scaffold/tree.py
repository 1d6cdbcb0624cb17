"""A tree of files in memory: what the templates make, and what a vendor repository holds."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class File:
    """A regular file, or a symbolic link (its content is the target)."""

    content: bytes
    executable: bool = False
    link: bool = False

    @property
    def mode(self) -> str:
        """The git mode: 100644, 100755 or 120000."""
        return "120000" if self.link else "100755" if self.executable else "100644"


# relative path with "/" -> file
Tree = Mapping[str, File]


# path -> what the vendor's file was last merged with, where that is not what a tree has; None for nothing
Bases = Mapping[str, File | None]


def pack(tree: Tree, bases: Bases = MappingProxyType({})) -> str:
    """Write TREE and BASES as the text of pristine.json: sorted, one line of a text file a line."""
    entries = {path: _entry(tree[path]) if path in tree else {} for path in sorted({*tree, *bases})}
    for path, base in bases.items():
        entries[path]["base"] = base and _entry(base)
    return json.dumps(entries, indent=1, ensure_ascii=False) + "\n"


def unpack(text: str) -> dict[str, File]:
    """Read the tree back from `pack`; raises ValueError or KeyError on anything else."""
    return {path: _file(entry) for path, entry in json.loads(text).items() if set(entry) != {"base"}}


def unpack_bases(text: str) -> dict[str, File | None]:
    """Read the bases back from `pack`; raises ValueError or KeyError on anything else."""
    entries = json.loads(text).items()
    return {path: entry["base"] and _file(entry["base"]) for path, entry in entries if "base" in entry}


def digest(tree: Tree, bases: Bases = MappingProxyType({})) -> str:
    """The SHA-256 of a whole tree with its bases, in hexadecimal: paths, modes and contents."""
    return hashlib.sha256(pack(tree, bases).encode()).hexdigest()


def _entry(file: File) -> dict[str, object]:
    try:
        text = file.content.decode("utf-8")
    except UnicodeDecodeError:
        return {"mode": file.mode, "base64": base64.b64encode(file.content).decode("ascii")}
    return {"mode": file.mode, "text": text.split("\n")}


def _file(entry: Mapping[str, object]) -> File:
    text = entry.get("text")
    content = (
        "\n".join(map(str, text)).encode()
        if isinstance(text, list)
        else base64.b64decode(str(entry["base64"]))
    )
    return File(content, executable=entry["mode"] == "100755", link=entry["mode"] == "120000")
