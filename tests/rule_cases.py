"""The cases of the rules as text: tests/rules/<rule-id>.txtar.

A file holds several cases. `== RELEASE: TITLE` begins one (RELEASE is `-` where none is known), and
`-- PATH --` each of its files; `-- problems --` what `check` prints for
the rule, and `-- answers --` what the stored answers say. A case without problems is a clean one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

_CASE = re.compile(r"^== (\S+): (.+)\n", re.MULTILINE)
_FILE = re.compile(r"^-- (.+) --\n", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """A story: the files of a repository, and what the rule says about them."""

    rule: str
    release: str | None
    title: str
    files: dict[str, str]
    problems: list[str]
    answers: dict[str, object]

    def __str__(self) -> str:
        return f"{self.rule}: {self.title}"


def cases(path: Path) -> Iterator[Case]:
    """The cases in a file."""
    _, *parts = _CASE.split(path.read_text("utf-8"))
    for release, title, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        _, *sections = _FILE.split(text)
        files = dict(zip(sections[::2], sections[1::2], strict=True))
        problems = files.pop("problems", "").rstrip().splitlines()
        answers = yaml.safe_load(files.pop("answers", "{}"))
        yield Case(path.stem, None if release == "-" else release, title, files, problems, answers)
