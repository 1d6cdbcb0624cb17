"""Problems as text, JSON, SARIF and GitHub's annotations."""

from __future__ import annotations

import json
import os
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scaffold import __version__
from scaffold.lint.engine import Rule
from scaffold.lint.problems import Problem, Severity
from scaffold.printable import printable

SCHEMA = 1
SARIF = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

NEWLINE = "\n"
Lines = Mapping[str, Sequence[str]]  # path -> the lines of the file
Rules = Mapping[str, Rule[Any]]


def text(problems: Sequence[Problem], sources: Lines, *, show_source: bool = False) -> str:
    """One line for each problem, one for its hint. show_source: also the line, with a caret below."""
    out: list[str] = []
    for problem in problems:
        where = f"{problem.path}:{problem.line}:{problem.column}"
        out.append(f"{where}: {problem.severity}: {problem.rule} {problem.message}")
        if show_source:
            out += _excerpt(problem, sources)
        if problem.hint:
            out.append(f"  hint: {problem.hint}")
    return "\n".join(map(printable, out))


def by_rule(problems: Iterable[Problem]) -> str:
    """How many problems each rule has found, the most first: `secret-literal 3, from-tag 1`."""
    counts = Counter(problem.rule for problem in problems)
    return ", ".join(f"{rule} {count}" for rule, count in sorted(counts.items(), key=lambda x: (-x[1], x[0])))


def _excerpt(problem: Problem, sources: Lines) -> list[str]:
    lines = sources.get(problem.path, ())
    if not 0 < problem.line <= len(lines) or len(lines[problem.line - 1]) > 400:
        return []
    line = lines[problem.line - 1].replace("\t", " ")
    return [f"  {line}", " " * (2 + _width(printable(line[: problem.column - 1]))) + "^"]


def _width(text: str) -> int:
    """The cells of a terminal that the text takes."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) > 0 for char in text)


def _state(problems: Sequence[Problem]) -> str:
    if any(problem.severity is Severity.ERROR for problem in problems):
        return "problems"
    return "warnings" if problems else "clean"


def as_json(problems: Sequence[Problem], release: Mapping[str, str | None]) -> str:
    """One object. release: of each repository that was checked, by its path."""
    return json.dumps(
        {
            "schema": SCHEMA,
            "state": _state(problems),
            "version": __version__,
            "releases": dict(release),
            "problems": [asdict(problem) for problem in problems],
        },
        indent=2,
        ensure_ascii=False,
    )


def sarif(problems: Sequence[Problem], rules: Rules) -> str:
    """SARIF 2.1.0, as code scanning services take it."""
    order = list(rules)
    run = {
        "tool": {
            "driver": {
                "name": "vendor-scaffold",
                "version": __version__,
                "rules": [_descriptor(rule) for rule in rules.values()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, order) for problem in problems],
    }
    return json.dumps({"$schema": SARIF, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _descriptor(rule: Rule[Any]) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.page.strip()},
        "help": {"text": rule.page.strip(), "markdown": rule.markdown},
        "helpUri": f"{_pages()}/{rule.id}.md",
        "defaultConfiguration": {"level": str(rule.severity)},
    }


def _pages() -> str:
    """Where the pages of the rules lie: where they are published, or else in this installation."""
    published = os.environ.get("VENDOR_SCAFFOLD_RULE_PAGES", "").rstrip("/")
    return published or (Path(__file__).parent.parent / "rules/pages").as_uri()


def _result(problem: Problem, order: list[str]) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": _uri(problem.path)},
        "region": {"startLine": problem.line, "startColumn": problem.column},
    }
    message = f"{problem.message} ({problem.hint})" if problem.hint else problem.message
    return {
        "ruleId": problem.rule,
        "ruleIndex": order.index(problem.rule),
        "level": str(problem.severity),
        "message": {"text": message},
        "locations": [{"physicalLocation": place}],
    }


def _uri(path: str) -> str:
    from urllib.parse import quote

    return quote(os.fsencode(path))


def github(problems: Iterable[Problem]) -> str:
    """Workflow commands, which GitHub shows beside the lines of a pull request."""
    return "\n".join(_annotation(problem) for problem in problems)


def _annotation(problem: Problem) -> str:
    place = f"file={_property(problem.path)},line={problem.line},col={problem.column}"
    message = f"{problem.message}\nhint: {problem.hint}" if problem.hint else problem.message
    return f"::{problem.severity} {place},title={_property(problem.rule)}::{_data(message, keep=NEWLINE)}"


def _data(value: str, keep: str = "") -> str:
    """VALUE as these commands take it: nothing that a terminal would obey, but line ends that are ours."""
    lines = value.split(keep) if keep else [value]
    return "%0A".join(printable(line).replace("%", "%25") for line in lines)


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
