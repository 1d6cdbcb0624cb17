"""Git's merge engine and rename detection, in a throw-away object store that no one's configuration reaches.

Git is asked only about contents: it never sees the vendor's repository, its configuration, attributes or
hooks, nor the real paths.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scaffold.errors import ScaffoldError
from scaffold.merge.endings import lines
from scaffold.scratch import scratch
from scaffold.tree import File, Tree

NEEDED = (2, 38)  # git merge-tree --write-tree
_HINT = "put git 2.38 or later on the PATH and run the command again: nothing was written"
_SETTINGS = {
    "core.fsync": "none",  # the store lives for some milliseconds
    "merge.conflictStyle": "diff3",
    "merge.renames": "false",  # renames are found before, within one service: `renames`
    "merge.directoryRenames": "false",
}


@dataclass(frozen=True)
class Conflict:
    """Lines that both sides changed; each part is empty or ends in a newline."""

    base: bytes
    ours: bytes
    theirs: bytes


MergedParts = Sequence[bytes | Conflict]
"""A merged text, from top to bottom."""


def merged(texts: Sequence[tuple[bytes, bytes, bytes]]) -> list[MergedParts]:
    """Merge each (base, ours, theirs); every text must be empty or end in a newline.

    `git merge-file` would need a process for each text, and before git 2.44 it knows only the Myers
    algorithm: it disagrees at times with what `git merge` calls a conflict.
    """
    if not texts:
        return []
    size = _marker_size(text for triple in texts for text in triple)
    with _store(f"* merge=text conflict-marker-size={size}") as store:
        sides = zip(*texts, strict=True)
        for name, parent, side in zip(("base", "ours", "theirs"), ("", "base", "base"), sides, strict=True):
            store.add(name, parent, {str(number): File(text) for number, text in enumerate(side)})
        store.write()
        tree = store.run("merge-tree", "--write-tree", "-z", "--no-messages", "ours", "theirs", codes=(0, 1))
        names = [b"%s:%d\n" % (tree.partition(b"\0")[0].strip(), number) for number in range(len(texts))]
        return [
            _pieces(text, size) for text in _blobs(store.run("cat-file", "--batch", stdin=b"".join(names)))
        ]


def renames(before: Tree, after: Tree) -> list[tuple[int, str, str]]:
    """The files of BEFORE found again in AFTER, at least half unchanged: (likeness in percent, old, new)."""
    if not before or not after:
        return []
    old, new = sorted(before), sorted(after)
    with _store("") as store:
        store.add("before", "", {_alias("a", number, path): before[path] for number, path in enumerate(old)})
        store.add("after", "", {_alias("b", number, path): after[path] for number, path in enumerate(new)})
        store.write()
        options = ("-r", "-z", "--raw", "-M50%", "-l0", "--no-rename-empty", "--diff-filter=R")
        fields = store.run("diff-tree", *options, "before", "after").split(b"\0")[:-1]
    found = zip(fields[::3], fields[1::3], fields[2::3], strict=True)
    return [
        (int(status.rpartition(b" R")[2]), old[_number(source)], new[_number(target)])
        for status, source, target in found
    ]


def _alias(side: str, number: int, path: str) -> str:
    """A name that git takes whatever PATH holds; equal file names stay equal, which git counts."""
    return f"{side}{number}/{os.fsencode(path.rpartition('/')[2]).hex()}"


def _number(alias: bytes) -> int:
    return int(alias.partition(b"/")[0][1:])


def _marker_size(texts: Iterator[bytes]) -> int:
    """Longer than anything in TEXTS that looks like a marker, to tell git's markers from the text."""
    runs = (run for text in texts for run in re.findall(rb"^(<{7,}|\|{7,}|={7,}|>{7,})", text, re.MULTILINE))
    return max((31, *map(len, runs))) + 1


def _pieces(text: bytes, size: int) -> MergedParts:
    pieces: list[bytes | Conflict] = []
    parts: list[list[bytes]] = [[]]  # the text so far; within a conflict: ours, base, theirs
    marks = tuple(mark * size for mark in (b"<", b"|", b"=", b">"))
    for line in lines(text):
        mark = line[:size]
        if mark not in marks:
            parts[-1].append(line)
        elif mark == marks[3]:
            ours, base, theirs = (b"".join(part) for part in parts[-3:])
            pieces.append(Conflict(base, ours, theirs))
            parts = [[]]
        else:
            if mark == marks[0]:
                pieces.append(b"".join(parts[0]))
            parts.append([])
    pieces.append(b"".join(parts[-1]))
    return [piece for piece in pieces if piece]


def _blobs(batch: bytes) -> Iterator[bytes]:
    """The contents in the output of `git cat-file --batch`."""
    while batch:
        header, _, batch = batch.partition(b"\n")
        size = int(header.rpartition(b" ")[2])
        yield batch[:size]
        batch = batch[size + 1 :]


class _Store:
    """A bare repository made by hand: no templates, hence no hooks and no configuration but ours."""

    def __init__(self, git: str, directory: Path, attributes: str) -> None:
        self.git, self.directory, self.commits = git, directory, list[bytes]()
        for name in ("objects", "refs", "info"):
            (directory / name).mkdir()
        (directory / "HEAD").write_text("ref: refs/heads/base\n")
        (directory / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
        (directory / "info/attributes").write_text(f"{attributes}\n")

    def add(self, name: str, parent: str, tree: Mapping[str, File]) -> None:
        """Note a commit of TREE on the branch NAME, for `write`."""
        self.commits.append(b"commit refs/heads/%s\ncommitter <> 0 +0000\ndata 0\n" % name.encode())
        if parent:
            self.commits.append(b"from refs/heads/%s\n" % parent.encode())
        for path, file in tree.items():
            head = f"M {file.mode} inline {path}\ndata {len(file.content)}\n"
            self.commits += (head.encode(), file.content, b"\n")

    def write(self) -> None:
        self.run(
            "fast-import",
            "--quiet",
            "--done",
            "--date-format=raw",
            stdin=b"".join([*self.commits, b"done\n"]),
        )

    def run(self, *arguments: str, stdin: bytes = b"", codes: tuple[int, ...] = (0,)) -> bytes:
        settings = [part for key, value in _SETTINGS.items() for part in ("-c", f"{key}={value}")]
        done = subprocess.run(
            [self.git, *settings, *arguments],
            input=stdin,
            capture_output=True,
            cwd=self.directory,
            env=_environment(self.directory),
            check=False,
        )
        if done.returncode not in codes:
            said = done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}"
            raise ScaffoldError(f"git {arguments[0]} failed: {said}", "nothing was written")
        return done.stdout


@contextmanager
def _store(attributes: str) -> Iterator[_Store]:
    git = _git()
    with scratch(Path(tempfile.gettempdir()), "vendor-scaffold-git-") as directory:
        yield _Store(git, directory, attributes)


def _environment(store: Path) -> dict[str, str]:
    """Nothing of the user's but where programs are found: no GIT_*, no HOME, no system configuration."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C",
        "HOME": str(store),
        "XDG_CONFIG_HOME": str(store),
        "GIT_DIR": str(store),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ATTR_NOSYSTEM": "1",
    }


def _git() -> str:
    """The path of a git that can merge trees, or ScaffoldError."""
    found = shutil.which("git")
    if found is None:
        raise ScaffoldError("git is needed to merge your edits with the template's, and there is none", _HINT)
    git = str(Path(found).absolute())
    text = _version(git)
    if tuple(map(int, re.findall(r"\d+", text)[:2])) < NEEDED:
        raise ScaffoldError(f"git 2.38 or later is needed to merge your edits; {found} is {text!r}", _HINT)
    return git


@cache
def _version(git: str) -> str:
    root = Path(os.sep)  # not where the user is: that may be the vendor's repository
    done = subprocess.run(
        [git, "version"], cwd=root, capture_output=True, env=_environment(root), check=False
    )
    return done.stdout.decode(errors="replace").strip()
