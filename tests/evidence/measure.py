"""How often `check` is right on files of others: `python tests/evidence/measure.py FOLDER`.

FOLDER holds a checkout of each repository that findings.yaml names: owner+name, or owner+name@branch. None of
their files is kept here, only repository, commit, rule, place and what we judged of each finding: `true`;
`harmless` (true, and nothing breaks by it); `false` (the engine of the release does well what the finding
objects to, or it tells nobody anything); `ambiguous` (true in one of the releases it may be for).
"""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml

from scaffold.commands.check import check_path
from scaffold.lint.problems import Problem, Severity
from scaffold.rules import RULES

DATA = Path(__file__).with_name("findings.yaml")
VERDICTS = ("true", "harmless", "false", "ambiguous")
RIGHT = ("true", "harmless")


@dataclass(frozen=True)
class Verdict:
    """What we say of findings: of one rule and severity, in the files that the glob names, on these lines."""

    rule: str
    severity: str
    files: str
    lines: frozenset[int]  # none: all lines
    says: str

    @classmethod
    def of(cls, entry: dict[str, Any]) -> Iterator[Verdict]:
        says = str(entry["verdict"]).lower()
        assert says in VERDICTS, f"{entry}: a verdict is one of {', '.join(VERDICTS)}"
        for place in entry["at"]:
            parts = re.fullmatch(r"(.+?)(?::([\d,]+))?", place)
            assert parts, entry
            lines = frozenset(map(int, parts[2].split(","))) if parts[2] else frozenset()
            yield cls(entry["rule"], entry["severity"], parts[1], lines, says)

    def meets(self, problem: Problem) -> bool:
        return (
            (problem.rule, problem.severity.value) == (self.rule, self.severity)
            and fnmatch(problem.path, self.files)
            and (not self.lines or problem.line in self.lines)
        )

    def __str__(self) -> str:
        lines = ":" + ",".join(map(str, sorted(self.lines))) if self.lines else ""
        return f"{self.files}{lines}: {self.rule} ({self.severity}, {self.says})"


@dataclass(frozen=True)
class Repository:
    """A checkout that was judged. releases: of each directory to check, its release where one is known."""

    name: str
    ref: str
    releases: dict[str, str | None]
    verdicts: tuple[Verdict, ...]


def repositories(data: Path) -> Iterator[Repository]:
    """What the data file records."""
    for entry in yaml.safe_load(data.read_text("utf-8")):
        verdicts = tuple(v for each in entry.get("verdicts") or () for v in Verdict.of(each))
        yield Repository(entry["repository"].replace("/", "+"), entry["ref"], entry["releases"], verdicts)


def standing(checkout: Path, ref: str) -> str:
    """What is wrong with a checkout; nothing where it stands at the recorded commit."""
    if not checkout.is_dir():
        return "missing"
    command = ["git", "-C", str(checkout), "rev-parse", "HEAD"]
    head = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return "" if head == ref else f"at {head[:12] or 'no commit'}, not at {ref[:12]}"


def problems(checkout: Path, releases: dict[str, str | None]) -> list[Problem]:
    """What `check` finds in the directories, each held against its release."""
    rules = {name: rule for name, rule in RULES.items() if not rule.opt_in}
    with contextlib.chdir(checkout):
        return [
            p for path, release in releases.items() for p in check_path(Path(path), release, rules).problems
        ]


def measure(folder: Path, data: Path = DATA) -> int:
    """Print precision by rule; 1 where a finding has no verdict, or a true one is gone."""
    counts: Counter[tuple[str, str, str]] = Counter()
    notes: list[str] = []
    for repository in repositories(data):
        checkout = folder / repository.name
        if wrong := standing(checkout, repository.ref):
            notes.append(f"left out: {repository.name} is {wrong}")
            continue
        found = problems(checkout, repository.releases)
        for problem in found:
            verdict = next((v for v in repository.verdicts if v.meets(problem)), None)
            counts[problem.severity, problem.rule, verdict.says if verdict else ""] += 1
            if not verdict:
                notes.append(f"no verdict: {repository.name}/{problem} ({problem.severity})")
        notes += [f"not found again: {repository.name}/{v}" for v in _gone(repository.verdicts, found)]
    for severity in Severity:
        print("\n".join(_table(severity, counts)), end="\n\n")
    print("\n".join(notes), end="\n" if notes else "")
    return int(any(note.startswith(("no verdict", "not found again")) for note in notes))


def _gone(verdicts: Sequence[Verdict], found: Sequence[Problem]) -> Iterator[Verdict]:
    """The verdicts of true findings, on a line of theirs that has none any more."""
    for verdict in verdicts:
        met = {problem.line for problem in found if verdict.meets(problem)}
        if verdict.says == "true" and (verdict.lines - met or not met):
            yield verdict


def _table(severity: Severity, counts: Counter[tuple[str, str, str]]) -> Iterator[str]:
    rules = sorted({rule for level, rule, _ in counts if level == severity})
    yield f"{severity.value + 's':28} {'n':>6} " + " ".join(f"{name:>9}" for name in (*VERDICTS, "right"))
    for rule in (*rules, "all"):
        chosen = rules if rule == "all" else [rule]
        of = {says: sum(counts[severity, r, says] for r in chosen) for says in (*VERDICTS, "")}
        judged = of["true"] + of["harmless"] + of["false"]
        share = f"{sum(of[v] for v in RIGHT) / judged:9.1%}" if judged else f"{'-':>9}"
        yield f"{rule:28} {sum(of.values()):6} " + " ".join(f"{of[v]:9}" for v in VERDICTS) + f" {share}"


if __name__ == "__main__":
    sys.exit(measure(Path(sys.argv[1])))
