"""Repositories broken on purpose (broken.yaml): the one engine that can notice does, and says where."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
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

from ..conftest import EXAMPLES
from ..system import container_programs, namespaces
from .sample import edit
from .vendor_inputs import bring

pytestmark = pytest.mark.engines
CASES = yaml.safe_load(Path(__file__).with_name("broken.yaml").read_text())
EVERYDAY = {case["engine"]: case["case"] for case in reversed(CASES) if "bring" not in case}  # one of each


def rehearsal_of(root: Path, session: Session) -> Rehearsal:
    found = answers.check(answers.read(str(root / ".vendor-scaffold/answers.yaml")))
    return Rehearsal(root, resolve(found), found.values["services"], session)


def cases() -> Iterator[Any]:
    for case in CASES:
        everyday = case["case"] in EVERYDAY.values()
        name = case["case"].replace(" ", "-")
        yield pytest.param(case, id=name, marks=[] if everyday else [pytest.mark.slow])


@pytest.mark.parametrize("case", list(cases()))
def test_the_engine_that_can_notice_does(case: dict[str, Any], tmp_path: Path, session: Session) -> None:
    example = next(path for path in EXAMPLES if path.name == case["example"])
    (made,) = (path for path in example.iterdir() if path.is_dir())
    root = tmp_path / made.name
    shutil.copytree(made, root)
    if "old" in case:
        edit(root, case["file"], case["old"], case["new"])
    rehearsal = rehearsal_of(root, session)
    if case["engine"] in ("image", "run"):
        namespaces()
    if "bring" in case:
        container_programs()
        bring(root, rehearsal.repo, tmp_path / "vendor", post=case["bring"])
    acts = {act.engine.name: act for act in rehearse(rehearsal, engines(), lambda words: None)}
    failed = {name for name, act in acts.items() if act.state == "failed"}
    assert failed == {case["engine"], *case.get("besides", [])}
    found = acts[case["engine"]].result.findings
    said = [finding for finding in found if finding.saw.startswith(case["saw"]) or case["saw"] in finding.saw]
    assert said, [finding.saw for finding in found]
    assert said[0].path == case["file"]
    assert case["line"] in (root / case["file"]).read_text().splitlines()[said[0].line - 1]
