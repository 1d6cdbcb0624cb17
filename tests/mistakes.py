"""The mistakes of tests/cases/mistakes.yaml; `python -m tests.mistakes` counts those that `check` finds."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scaffold import answers
from scaffold.documents import parsed
from scaffold.documents.directory import of_tree
from scaffold.lint import engine
from scaffold.lint.problems import Problem
from scaffold.lint.repository import Repository, stored
from scaffold.pipeline import plan
from scaffold.resolve import checked
from scaffold.rules import RULES

DATA = Path(__file__).with_name("cases") / "mistakes.yaml"
FILES = {
    "agent": "docker/services/acme-agent.yaml",
    "backup": "docker/services/acme-backup.yaml",
    "wrap": "docker/services/acme-cinder.yaml",
    "env": "environments/acme-tripleo.yaml",
}


@dataclass(frozen=True)
class Mistake:
    """A file of a repository with one mistake. path, line: where it shows; rule: which one says so."""

    release: str
    changed: str
    text: str
    path: str
    line: int
    rule: str
    title: str

    def repository(self) -> Repository:
        """The repository with the mistake in it."""
        clean = repository(self.release)
        documents = tuple(
            parsed(one.path, self.text) if one.path == self.changed else one for one in clean.documents
        )
        return Repository(documents, clean.release_name, clean.answers, names=clean.names)

    def found(self, rules: list[str]) -> list[Problem]:
        """What RULES say of it."""
        return engine.problems(self.repository(), [RULES[name] for name in rules if name in RULES])


@cache
def _data() -> Any:
    return yaml.load(DATA.read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def repository(release: str) -> Repository:
    """The repository for RELEASE without a mistake."""
    asked = {"release": release} | _data()["answers"]
    made = plan(checked(answers.load(yaml.safe_dump(asked, sort_keys=False), "answers.yaml")))
    documents = of_tree(made.rendered)
    name = made.repo.release.name
    return Repository(documents, name, stored(made.answers_text), names=frozenset(made.rendered))


def mistakes() -> Iterator[Mistake]:
    """All mistakes, each in all of its releases."""
    for entry in _data()["mistakes"]:
        for release in entry.get("releases", ["train"]):
            yield _mistake(entry, release)


def _mistake(entry: dict[str, Any], release: str) -> Mistake:
    clean = repository(release)
    assert clean.release_name
    stands_for = {
        "{common}": clean.release.tripleo.containers_common,
        "{prefix}": clean.release.tripleo.image_parameter_prefix,
    }
    changed = FILES.get(entry["in"], entry["in"])
    document = clean.document(changed)
    assert document, entry
    before, by = entry.get("replace", ""), entry.get("by", "")
    if "drop" in entry:
        before = next(f"{line}\n" for line in document.lines if entry["drop"] in line)
    for word, text in stands_for.items():
        before, by = before.replace(word, text), by.replace(word, text)
    assert before in document.text, (release, before)
    text = document.text.replace(before, by, 1)
    path = FILES.get(entry.get("file", ""), changed)
    seen = text if path == changed else (clean.document(path) or document).text
    place = document.text.index(before)
    if "at" in entry:
        since = 0 if path != changed or entry.get("first") else place
        start = seen.find(entry["at"], since)
        start = start if start >= 0 else seen.rindex(entry["at"])
    else:
        pairs = enumerate(zip(before, by, strict=False))
        start = place + next((index for index, (old, new) in pairs if old != new), 0)
    line = seen.count("\n", 0, start) + 1
    title = f"{release}-{entry['in']}-{(by or before).strip().splitlines()[-1 if 'at' in entry else 0]}"
    return Mistake(release, changed, text, path, line, entry["rule"], title[:70])


def main() -> int:
    """Print what is not found, and how many are."""
    rules = [name for name, rule in RULES.items() if not rule.opt_in]
    total = caught = right = 0
    for mistake in mistakes():
        total += 1
        before = set(engine.problems(repository(mistake.release), [RULES[name] for name in rules]))
        new = [problem for problem in mistake.found(rules) if problem not in before]
        here = [p for p in new if (p.path, p.line) == (mistake.path, mistake.line)]
        caught += bool(here)
        right += any(p.rule == mistake.rule for p in here)
        if not any(p.rule == mistake.rule for p in here):
            said = "; ".join(f"{p.path}:{p.line} {p.rule}" for p in new) or "nothing"
            print(f"{mistake.path}:{mistake.line} {mistake.title}: wants {mistake.rule}; {said}")
    print(f"{caught} of {total} are found in their line, {right} of them by the rule that should")
    return 0


if __name__ == "__main__":
    sys.exit(main())
