"""Mistakes that verify finds, each by an engine that can know it, and edits that it takes: mutations.yaml."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold import answers
from scaffold.resolve import resolve
from scaffold.verify.engines import engines
from scaffold.verify.rehearsal import Rehearsal
from scaffold.verify.rehearse import rehearse
from scaffold.verify.session import Session

from ..upkeep import edit, made, run

pytestmark = pytest.mark.engines
HERE = Path(__file__).parent
CASES = yaml.safe_load((HERE / "mutations.yaml").read_text())
OFFLINE = ("heat", "role", "kolla", "ansible", "command-line")
EVERYDAY = {"network that there is not", "a variable of its own"}
BASES = ["queens", "13", "train", "16.2", "wallaby", "17.1"]


def cases(wrong: bool) -> Iterator[Any]:
    """The cases by release: two run every day, half of them in CI, in one release, all in the matrix."""
    for number, case in enumerate(CASES):
        chosen = case["releases"][number % len(case["releases"])]
        for release in case["releases"] if ("saw" in case) == wrong else ():
            name = f"{case['case']}-{release}".replace(" ", "-")
            everyday = case["case"] in EVERYDAY and release == "wallaby"
            mark = pytest.mark.slow if release == chosen and number % 2 else pytest.mark.matrix
            yield pytest.param(case, release, id=name, marks=[] if everyday else [mark])


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    @cache
    def of(release: str) -> Path:
        text = (HERE / "duo.yaml").read_text().replace("RELEASE", f"'{release}'")
        return made(tmp_path_factory.mktemp(release), text)

    return of


def rehearsed(root: Path, session: Session, *names: str) -> list[Any]:
    found = answers.check(answers.read(str(root / ".vendor-scaffold/answers.yaml")))
    rehearsal = Rehearsal(root, resolve(found), found.values["services"], session)
    return list(rehearse(rehearsal, engines(names), lambda words: None))


def mutated(case: dict[str, Any], repo: Path, root: Path) -> str:
    shutil.copytree(repo, root)
    file = case["file"] if "/" in case["file"] else f"docker/services/{case['file']}.yaml"
    edit(root, file, case["old"], case["new"])
    return file


@pytest.mark.parametrize(("case", "release"), [*cases(wrong=True)])
def test_a_mistake_is_an_error_at_its_place(
    case: dict[str, Any], release: str, base: Callable[[str], Path], session: Session, tmp_path: Path
) -> None:
    root = tmp_path / "duo"
    file = mutated(case, base(release), root)
    (act,) = rehearsed(root, session, case["engine"])
    assert act.state == "failed", act
    errors = [finding for finding in act.result.findings if finding.severity == "error"]
    said = [finding for finding in errors if case["saw"] in finding.saw]
    assert said, [finding.saw for finding in errors]
    assert file == said[0].path or case["file"] == "duo-broker", said
    assert all(finding.line for finding in said)


@pytest.mark.parametrize(("case", "release"), [*cases(wrong=False)])
def test_an_edit_is_no_failure(
    case: dict[str, Any], release: str, base: Callable[[str], Path], session: Session, tmp_path: Path
) -> None:
    root = tmp_path / "duo"
    mutated(case, base(release), root)
    for act in rehearsed(root, session, *OFFLINE):
        errors = [finding.saw for finding in act.result.findings if finding.severity == "error"]
        assert (act.state, errors) == ("passed", []), (act.engine.name, act.reason, act.log)


@pytest.mark.slow
@pytest.mark.parametrize("release", BASES)
def test_the_repository_itself_is_quiet(release: str, base: Callable[[str], Path], session: Session) -> None:
    for act in rehearsed(base(release), session, *OFFLINE):
        assert (act.state, [*act.result.findings]) == ("passed", []), act


def test_there_are_enough_of_both() -> None:
    assert sum(len(case["releases"]) for case in CASES if "saw" in case) >= 50
    assert sum(len(case["releases"]) for case in CASES if "saw" not in case) >= 25


@pytest.mark.slow
def test_a_difference_is_told_apart_and_exits_with_0(tmp_path: Path, base: Callable[[str], Path]) -> None:
    repo = tmp_path / "duo"
    shutil.copytree(base("train"), repo)
    edit(repo, "docker/services/duo-broker.yaml", "test: /usr/bin/duo-health", "test: /usr/bin/true")
    done = run("verify", "--engine", "heat", cwd=repo)
    saw = "healthcheck is {'test': '/usr/bin/true'}; the answers say {'test': '/usr/bin/duo-health'}"
    assert done.returncode == 0, done.stdout
    assert f": difference: docker_config.step_4.duo_broker.{saw}\n" in done.stdout
    assert "all engines passed; 1 difference from the answers" in done.stdout
    told = json.loads(run("verify", "--engine", "heat", "--json", cwd=repo).stdout)
    assert (told["state"], told["differences"]) == ("passed", 1)
    assert [one["severity"] for one in told["engines"][0]["findings"]] == ["difference"]
