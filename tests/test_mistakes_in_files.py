"""Single mistakes that people make in a generated repository, each found by its rule and at its line.

tests/cases/mistakes_in_files.yaml: example -> file -> mistakes. A mistake puts `to` in place of the first
`from` (or does what `make` says with the file), and `rule` finds it in the first line that changed, or in the
line of `at` (FILE: TEXT) where another file is told.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold.documents import Document, parsed
from scaffold.documents.directory import repositories
from scaffold.lint import engine
from scaffold.lint.repository import Repository, read
from scaffold.rules import RULES

ROOT = Path(__file__).parent.parent
DATA: dict[str, dict[str, list[dict[str, str]]]] = yaml.safe_load(
    (ROOT / "tests/cases/mistakes_in_files.yaml").read_text("utf-8")
)


def mistakes() -> Iterator[Any]:
    for example, files in DATA.items():
        for path, found in files.items():
            for each in found:
                name = each.get("make") or f"{each['from']} > {each['to']}"
                yield pytest.param(example, path, each, id=f"{each['rule']}: {path}: {name}")


@cache
def repository(example: str) -> Repository:
    ((root, files),) = repositories(next((ROOT / "examples" / example).glob("*/"))).items()
    return read(root, files)


def mistaken(document: Document, mistake: dict[str, str]) -> Document:
    """The document with the mistake in it."""
    match mistake.get("make"):
        case None:
            assert mistake["from"] in document.text
            text = document.text.replace(mistake["from"], mistake["to"], 1)
        case "crlf":
            text = document.text.replace("\n", "\r\n")
        case "bom":
            return dataclasses.replace(document, marked=True)
        case "not executable":
            return dataclasses.replace(document, executable=False)
        case unknown:
            raise AssertionError(unknown)
    return dataclasses.replace(parsed(document.path, text), executable=document.executable)


def changed_line(before: Document, after: Document) -> int:
    pairs = enumerate(zip(before.lines, after.lines, strict=False), 1)
    return next((number for number, (old, new) in pairs if old != new), 1)


@pytest.mark.parametrize(("example", "path", "mistake"), [*mistakes()])
def test_mistake_is_found(example: str, path: str, mistake: dict[str, str]) -> None:
    right = repository(example)
    before = right.document(path)
    assert before, path
    after = mistaken(before, mistake)
    documents = tuple(after if each is before else each for each in right.documents)
    wrong = dataclasses.replace(right, documents=documents)
    line: int | str = changed_line(before, after)
    if "at" in mistake:
        path, _, text = mistake["at"].partition(": ")
        told = wrong.document(path)
        assert told, path
        line = next(number for number, each in enumerate(told.lines, 1) if text in each)
    found = engine.problems(wrong, [RULES[mistake["rule"]]])
    assert (path, line) in {(each.path, each.line) for each in found}, [str(each) for each in found]
