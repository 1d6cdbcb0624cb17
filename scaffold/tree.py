"""A tree of files in memory: what the templates make, and what a vendor repository holds."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from scaffold import records

STATE = ".vendor-scaffold"
LOCAL = f"{STATE}/local"


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


def sound(path: object) -> bool:
    """Whether PATH is a plain relative path that the system can have, and neither git's nor our own.

    git refuses a `.git` at any depth, in any case; what lies there may be run.
    """
    if not isinstance(path, str) or "\0" in path:
        return False
    try:
        if os.fsdecode(os.fsencode(path)) != path:
            return False
    except UnicodeEncodeError:
        return False
    parts, lowered = path.split("/"), path.lower()
    return (
        not {"", ".", ".."} & set(parts)
        and ".git" not in lowered.split("/")
        and lowered != LOCAL
        and not lowered.startswith(f"{LOCAL}/")
    )


# path -> what the vendor's file was last merged with, where that is not what a tree has; None for nothing
Bases = Mapping[str, File | None]


def pack(tree: Tree, bases: Bases = MappingProxyType({})) -> str:
    """Write TREE and BASES as the text of pristine.json: sorted, one line of a text file a line."""
    more = f', "bases": {_packed(bases)}' if bases else ""
    return f'{{"schema": 1, "files": {_packed(tree)}{more}}}\n'


def unpack(text: str | bytes, name: str = "pristine.json", hint: str = "") -> tuple[Tree, Bases]:
    """Read a tree and its bases back from `pack`, of this version or the one before, which had no schema.

    Raises OtherVersion or Damaged on anything else.
    """
    found = records.parsed(text, name, hint)
    if isinstance(found.get("schema", {}), dict):
        found = {"files": found}
    else:
        maps = {key: (lambda files: isinstance(files, dict)) for key in ("files", "bases")}
        records.checked(found, name, hint, {"files": maps["files"]}, {"bases": maps["bases"]})
    files = {path: _file(entry, path, name, hint) for path, entry in found["files"].items()}
    bases = {
        path: None if entry is None else _file(entry, path, name, hint)
        for path, entry in found.get("bases", {}).items()
    }
    return files, bases


def digest(tree: Tree, bases: Bases = MappingProxyType({})) -> str:
    """The SHA-256 of a whole tree with its bases, in hexadecimal: paths, modes and contents."""
    packed = [_packed(tree), *([_packed(bases)] if bases else [])]
    return hashlib.sha256("".join(f"{one}\n" for one in packed).encode()).hexdigest()


def _packed(tree: Bases) -> str:
    entries = {path: file and _entry(file) for path, file in sorted(tree.items())}
    return json.dumps(entries, indent=1, ensure_ascii=False)


def _entry(file: File) -> dict[str, object]:
    try:
        text = file.content.decode("utf-8")
    except UnicodeDecodeError:
        return {"mode": file.mode, "base64": base64.b64encode(file.content).decode("ascii")}
    return {"mode": file.mode, "text": text.split("\n")}


_ENTRY: Mapping[str, records.Check] = {"mode": lambda found: found in ("100644", "100755", "120000")}
_CONTENT: Mapping[str, records.Check] = {"text": records.listed(records.text), "base64": records.text}


def _file(entry: Any, path: str, name: str, hint: str) -> File:
    damaged = records.Damaged(f"{name} is damaged or has an invalid entry: {records.shortly(path)}", hint)
    if not sound(path) or not records.text(path) or path.split("/")[0].lower() == STATE:
        raise damaged
    if not isinstance(entry, dict) or ("text" in entry and "base64" in entry):
        raise damaged
    records.checked(entry, f"{name}: {path}", hint, _ENTRY, _CONTENT)
    try:
        content = (
            "\n".join(entry["text"]).encode()
            if "text" in entry
            else base64.b64decode(entry["base64"], validate=True)
        )
    except (KeyError, ValueError):
        raise damaged from None
    link = entry["mode"] == "120000"
    if link and (not content or b"\0" in content):
        raise damaged
    return File(content, executable=entry["mode"] == "100755", link=link)
