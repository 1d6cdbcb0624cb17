"""Every example of every release goes through the whole rehearsal, and passes."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold import answers, project, releases
from scaffold.answers import Answers
from scaffold.pipeline import plan
from scaffold.verify.engines import engines
from scaffold.verify.rehearsal import Rehearsal
from scaffold.verify.rehearse import Engine, rehearse
from scaffold.verify.session import Session

from ..conftest import EXAMPLES
from ..system import container_programs, installed
from ..test_examples import fitting
from .conftest import MATRIX, RELEASES
from .vendor_inputs import bring

pytestmark = pytest.mark.engines
WITHOUT_INPUTS = [engine for engine in engines() if engine.name not in ("image", "run")]


def checked(example: Path, release: str) -> Answers:
    document = answers.read(str(example / "answers.yaml"))
    settings = [f"release={release}", "distribution=rdo", *fitting(example, release)]
    return answers.check(document.with_settings(settings))


@pytest.fixture
def made(example: Path, release: str, tmp_path: Path, session: Session) -> Rehearsal:
    """An example, made for a release."""
    found = checked(example, release)
    planned = plan(found)
    root = tmp_path / planned.repo.repo_name
    project.create(root, planned.rendered | planned.state)
    return Rehearsal(root, planned.repo, found.values["services"], session)


def written_for(example: Path) -> str:
    asked = answers.check(answers.read(str(example / "answers.yaml"))).values.get("release", "wallaby")
    return releases.RHOSP.get(asked, asked)


def cases() -> Iterator[Any]:
    """Every example in every release; everyday runs hold each in its own, slow ones two in four releases."""
    for example in EXAMPLES:
        for release in releases.NAMES:
            thorough = example.name in THOROUGH and release not in MATRIX
            marks = [pytest.mark.slow if thorough else pytest.mark.matrix]
            own = release == written_for(example)
            yield pytest.param(example, release, id=f"{example.name}-{release}", marks=[] if own else marks)


THOROUGH = ("agent-loader", "three-services")
each_in_each_release = pytest.mark.parametrize(("example", "release"), list(cases()))
in_each_release = pytest.mark.parametrize(
    "release",
    [
        one if one.marks or one.values == ("wallaby",) else pytest.param(*one.values, marks=pytest.mark.slow)
        for one in RELEASES
    ],
)


@each_in_each_release
def test_the_rehearsal_passes(made: Rehearsal) -> None:
    passes(made, WITHOUT_INPUTS)


@pytest.mark.parametrize(
    ("example", "release"),
    [
        pytest.param(
            one, written_for(one), id=one.name, marks=[] if one.name in THOROUGH else [pytest.mark.slow]
        )
        for one in EXAMPLES
    ],
)
def test_the_images_are_built_and_run(made: Rehearsal, tmp_path: Path) -> None:
    """In the release that an example is written for; and the linters see what was brought, too."""
    container_programs()
    bring(made.root, made.repo, tmp_path / "vendor")
    passes(made, engines(["image", "run", "linters"]))


def passes(made: Rehearsal, engines: Sequence[Engine]) -> None:
    for act in rehearse(made, engines, lambda words: None):
        assert [finding.saw for finding in act.result.findings] == [], act.engine.name
        assert act.state == "passed", f"{act.engine.name}: {act.reason}"
        assert act.result.facts


@in_each_release
@pytest.mark.parametrize("example", [path for path in EXAMPLES if path.name == "backup-agent"])
def test_what_a_wrapping_service_loses_is_noticed(made: Rehearsal) -> None:
    template = made.root / "docker/services/acme-cinder-backup.yaml"
    text = template.read_text()
    stock = "              - {get_attr: [StockService, role_data, config_settings]}\n"
    assert stock in text
    template.write_text(text.replace(stock, ""))
    (heat,) = engines(["heat"])
    (act,) = rehearse(made, [heat], lambda words: None)
    found = [finding.saw for finding in act.result.findings]
    assert found
    assert all("of the stock service CinderBackup is lost" in saw for saw in found)


@each_in_each_release
def test_make_roles_fits_the_releases_own_roles_file(made: Rehearsal, tht_tree: Any, tmp_path: Path) -> None:
    added = [service for service in made.services if service.in_roles]
    if not added:
        return
    stock = tht_tree(made.release.name) / "roles_data.yaml"
    roles = tmp_path / "roles_data.yaml"
    shutil.copyfile(stock, roles)
    subprocess.run(
        [installed("make"), "roles", f"ROLES_DATA={roles}"],
        cwd=made.root,
        check=True,
        capture_output=True,
    )
    before = {role["name"]: role["ServicesDefault"] for role in yaml.safe_load(stock.read_text())}
    after = {role["name"]: role["ServicesDefault"] for role in yaml.safe_load(roles.read_text())}
    for name, services in after.items():
        own = {f"OS::TripleO::Services::{s.name.camel}" for s in added if name in s.roles}
        assert set(services) - set(before[name]) == own
    assert len(roles.read_text().splitlines()) == len(stock.read_text().splitlines()) + sum(
        len(service.roles) for service in added
    )
