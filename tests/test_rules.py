"""Every rule: its cases, its page, its place in the README; and silence on what the generator writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scaffold.commands.check import check_path
from scaffold.documents import parsed
from scaffold.lint import allows, engine
from scaffold.lint.problems import Problem, Severity
from scaffold.lint.repository import Repository
from scaffold.printable import printable
from scaffold.rules import GROUPS, RULES

from .conftest import EXAMPLES
from .rule_cases import Case, cases

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "tests/rules").glob("*.txtar"))
CASES = [case for path in FILES for case in cases(path)]
SECTIONS = ("\n\nWhy: ", "\n\nBad", "\n\nGood", "\n\nSource: ")


def told(found: list[Problem]) -> Iterator[str]:
    """Problems as the cases say them: what is no error is marked behind the message."""
    for each in found:
        yield printable(f"{each}{' (warning)' if each.severity is Severity.WARNING else ''}")
        if each.hint:
            yield printable(f"  hint: {each.hint}")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case) -> None:
    documents = tuple(parsed(path, text) for path, text in case.files.items())
    repository = Repository(documents, case.release, case.answers)
    rule = RULES[case.rule]
    found = allows.applied(engine.problems(repository, [rule]), documents, RULES, [rule.id])
    assert list(told(found)) == case.problems


def test_every_rule_has_clean_and_failing_cases() -> None:
    for rule in RULES:
        assert {bool(case.problems) for case in CASES if case.rule == rule} == {True, False}, rule
    assert {case.rule for case in CASES} == {*RULES}


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_page_is_complete(rule: engine.Rule[object]) -> None:  # type: ignore[type-var]
    places = [rule.page.find(section) for section in SECTIONS]
    assert -1 not in places
    assert places == sorted(places)
    assert rule.summary.endswith(".")
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.id)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_examples_are_clean(example: Path) -> None:
    checked = check_path(example, None, {name: rule for name, rule in RULES.items() if not rule.opt_in})
    assert [str(problem) for problem in checked.problems] == []
    assert all(checked.releases.values())


def test_each_rule_has_its_page_as_a_file(regenerate: bool) -> None:
    pages = ROOT / "scaffold/rules/pages"
    if regenerate:
        pages.mkdir(exist_ok=True)
        for path in pages.glob("*.md"):
            path.unlink()
        for rule in RULES.values():
            (pages / f"{rule.id}.md").write_text(rule.markdown, "utf-8")
    written = {path.stem: path.read_text("utf-8") for path in pages.glob("*.md")}
    made = {name: rule.markdown for name, rule in RULES.items()}
    assert written == made, "pytest tests/test_rules.py --regenerate"


def table() -> str:
    """The README's table of rules, as the pages say it."""
    rows = ["| rule | severity | |", "|---|---|---|"]
    for group, modules in GROUPS.items():
        rows.append(f"| **{group}** | | |")
        for rule in (module.RULE for module in modules):
            when = ", when selected" * rule.opt_in
            page = f"[`{rule.id}`](scaffold/rules/pages/{rule.id}.md)"
            rows.append(f"| {page} | {rule.severity}{when} | {rule.summary} |")
    return "\n".join(rows)


def test_readme_has_the_table_of_rules(regenerate: bool) -> None:
    readme = ROOT / "README.md"
    old = readme.read_text("utf-8")
    new = re.sub(r"\| rule \| severity \| \|\n(\|.*\n)+", lambda _: table() + "\n", old)
    if regenerate:
        readme.write_text(new, "utf-8")
    assert new == readme.read_text("utf-8"), "pytest tests/test_rules.py --regenerate"
