"""What a vendor does to his files by hand, and what an older template would have made of them."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from scaffold.tree import File, digest, pack, unpack

from .upkeep import STATE

MARKS = re.compile(rb"^(?:<{7} yours|>{7} template)", re.MULTILINE)
_OURS = re.compile(
    rb"^<{7} yours\r?\n(?P<ours>.*?)^\|{7} pristine\r?\n.*?"
    rb"^={7}\r?\n(?P<theirs>.*?)^>{7} template[^\n]*(?:\n|\Z)",
    re.MULTILINE | re.DOTALL,
)
_TOKEN = re.compile(rb"vendor-\d+\b")


def tree(root: Path) -> dict[str, File]:
    """Every file of the repository, that of .vendor-scaffold/ too, but not its local/."""
    found = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            relative = path.relative_to(root).as_posix()
            if relative.startswith(f"{STATE}/local/"):
                continue
            mode = path.lstat().st_mode
            link = path.is_symlink()
            content = os.fsencode(path.readlink()) if link else path.read_bytes()
            found[relative] = File(content, bool(mode & 0o100) and not link, link)
    return found


def put(root: Path, path: str, file: File | None) -> None:
    """Make PATH hold FILE, or nothing."""
    target = root / path
    if file is None:
        target.unlink()
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(file.content)
    target.chmod(0o755 if file.executable else 0o644)


def tokens(files: dict[str, File]) -> dict[bytes, set[str]]:
    """Where each line that the vendor wrote is: its token -> paths."""
    found: dict[bytes, set[str]] = {}
    for path, file in files.items():
        if path not in (f"{STATE}/pristine.json", f"{STATE}/state.json"):
            for token in _TOKEN.findall(file.content):
                found.setdefault(token, set()).add(path)
    return found


def marked(files: dict[str, File]) -> set[str]:
    """The files with conflict markers of ours."""
    return {path for path, file in files.items() if not path.startswith(STATE) and MARKS.search(file.content)}


def resolved(content: bytes, side: str) -> bytes:
    """CONTENT with SIDE of every conflict, or both."""
    return _OURS.sub(
        lambda found: found["ours"] + found["theirs"] if side == "both" else found[side], content
    )


class Older:
    """The repository as an older template made it: its pristine and its files say the older thing."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.base, _ = unpack((root / STATE / "pristine.json").read_text())

    def write(self, path: str, base: File | None, ours: File | None) -> None:
        """The older template had BASE at PATH, and the vendor has OURS there."""
        if base is None:
            self.base.pop(path, None)
        else:
            self.base[path] = base
        if ours is not None or (self.root / path).exists():
            put(self.root, path, ours)

    def done(self) -> None:
        (self.root / STATE / "pristine.json").write_text(pack(self.base))
        state = json.loads((self.root / STATE / "state.json").read_text())
        state |= {"template_version": "0.0.9", "pristine_sha256": digest(self.base)}
        (self.root / STATE / "state.json").write_text(json.dumps(state))
