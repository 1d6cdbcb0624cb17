"""What two environment files of a vendor repository say differently, as notes."""

from __future__ import annotations

from pathlib import Path

from scaffold.documents import parsed
from scaffold.documents.directory import documents, repositories
from scaffold.lint.repository import Repository, stored
from scaffold.rules.environment_overlap import RULE
from scaffold.tree import Tree


def overlapping(root: Path, answers_text: str, added: Tree | None = None) -> list[str]:
    """The notes on the repository at ROOT with these answers, once the files ADDED are there."""
    files = [file for file in repositories(root).get(root, []) if file.suffix in (".yaml", ".yml")]
    found = {each.path: each for each in documents(root, files)}
    for path, file in (added or {}).items():
        if path.endswith((".yaml", ".yml")):
            found[path] = parsed(path, file.content.decode())
    repository = Repository(tuple(found[path] for path in sorted(found)), answers=stored(answers_text))
    return [
        f"{each.path}:{finding.place.line}: {finding.message}; {finding.hint}"
        for each in repository.environments
        for finding in RULE.check(each, repository)
    ]
