"""The table of the releases: its form, what is asked of it, and that it grows without moving anybody."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold import releases, resolve
from scaffold.answers import check, read
from scaffold.errors import AnswersError, WrongUse
from scaffold.releases import NAMES, RHOSP

from . import upstream_sample

ROOT = Path(__file__).parent.parent
TABLES = ROOT / "scaffold/releases"
FACTS: dict[str, Any] = yaml.safe_load((TABLES / "facts.yaml").read_text())["facts"]

every_release = pytest.mark.parametrize("release", NAMES)


def model(tmp_path: Path, text: str) -> Any:
    path = tmp_path / "answers.yaml"
    path.write_text(f"services: [{{service_name: acme-agent}}]\n{text}\n")
    return resolve.resolve(check(read(str(path))))


# The form


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_says_what_it_means_where_it_is_from_and_since_when(name: str) -> None:
    fact = FACTS[name]
    assert {*fact} == {"meaning", "source", "rows"}
    assert all(fact[key] for key in ("meaning", "source"))
    since = [NAMES.index(row["from"]) for row in fact["rows"]]
    assert since == sorted({*since})
    assert since[0] == 0
    assert all(one["value"] != other["value"] for one, other in pairwise(fact["rows"]))
    assert all({*row} <= {"from", "value", "source"} for row in fact["rows"])


def test_no_fact_is_there_for_nobody() -> None:
    """Release.order had stood in seven files with a reason, and nothing read it."""
    code = "".join(
        path.read_text()
        for folder in ("scaffold", "templates")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix not in (".json", ".pyc") and path.parent != TABLES
    )
    unread = [one.name for one in fields(releases.Release) if not re.search(rf"\.{one.name}\b", code)]
    assert unread == []


@every_release
def test_every_release_has_its_versions_and_commits(release: str) -> None:
    engines = releases.engine_versions(release)
    assert {*engines} == {"tripleo-heat-templates", "tripleo-common", "kolla", "host"}
    assert len(engines["host"]) == 1
    assert {"tripleo-heat-templates", "tripleo-common"} <= {*releases.branches(release)}


@every_release
def test_the_version_that_rhosp_means_is_named(release: str) -> None:
    facts = releases.load(release)
    versions = {*facts.bases} - {"rdo"}
    assert facts.rhosp_default in (versions or {""})
    assert versions == {version for version, on in RHOSP.items() if on == release}


# Asking


def test_rhosp_16_0_is_train_from_its_own_images(tmp_path: Path) -> None:
    made = model(tmp_path, 'release: "16.0"')
    assert made.release.name == "train"
    base = made.base
    assert (base.registry, base.namespace, base.tag) == ("registry.redhat.io", "rhosp-rhel8", "16.0")
    assert base.product == "Red Hat OpenStack Platform 16.0"


@pytest.mark.parametrize(
    ("asked", "nearest"), [("12", "13"), ("16", "16.2"), ("16.3", "16.2"), ("17", "17.1")]
)
def test_a_version_that_is_not_known_is_refused_with_the_nearest(
    asked: str, nearest: str, tmp_path: Path
) -> None:
    with pytest.raises(WrongUse) as refused:
        releases.named(asked)
    assert refused.value.hint.startswith(f'did you mean "{nearest}"?')
    with pytest.raises(AnswersError, match=f'release: must be queens, .*; did you mean "{nearest}"\\?'):
        model(tmp_path, f"release: '{asked}'")


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("14", "RHOSP 14 is TripleO rocky, and no source that is kept tells its stock images"),
        ("14.0", "write release: rocky, and each base_image in full"),
        ("15", "write release: stein, and each base_image in full, registry/namespace/name:tag"),
        ("18", "RHOSP 18 has no TripleO"),
    ],
)
def test_a_version_that_cannot_be_known_is_refused_with_the_reason(
    asked: str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(WrongUse) as refused:
        releases.named(asked)
    assert reason in refused.value.hint
    with pytest.raises(AnswersError, match=f"release: must be queens, .*; .*{reason}"):
        model(tmp_path, f"release: '{asked}'")


@pytest.mark.parametrize(("version", "release"), [("14", "rocky"), ("15", "stein")])
def test_the_way_out_of_a_version_that_is_not_known_leads_out(
    version: str, release: str, tmp_path: Path
) -> None:
    assert f"release: {release}" in releases.OTHERS[version]
    image = f"registry.redhat.io/rhosp{version}/openstack-cinder-volume:{version}.0"
    service = f"{{service_name: acme, integration: image, base_image: '{image}', base_user: cinder}}"
    answers = tmp_path / "answers.yaml"
    answers.write_text(f"release: {release}\nservices: [{service}]\n")
    assert resolve.resolve(check(read(str(answers)))).services[0].images[0].base == image


def test_rhosp_without_a_version_is_the_one_that_the_release_names(tmp_path: Path) -> None:
    assert model(tmp_path, "release: train\ndistribution: rhosp").base.tag == "16.2"
    assert model(tmp_path, "release: wallaby\ndistribution: rhosp").base.tag == "17.1"


def test_the_versions_of_rhosp_are_known_without_yaml() -> None:
    """`--help` and the completion name them."""
    code = "import sys; from scaffold.releases import RHOSP; sys.exit('yaml' in sys.modules or not RHOSP)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


# Adding


XENA = """\
{
  "title": "Xena",
  "platform": "tripleo",
  "branch": {
    "tripleo-heat-templates": {"tip": "xena-eol", "commit": "HEAT_TEMPLATES"},
    "tripleo-common": {"tip": "xena-eol", "commit": "COMMON"}
  },
  "engines": {
    "tripleo-heat-templates": "15.1.0",
    "tripleo-common": "16.4.0",
    "kolla": "13.0.0",
    "host": {"tripleo-ansible": "6.0.0"}
  },
  "bases": {
    "rdo": {"registry": "quay.io", "namespace": "tripleoxena", "prefix": "openstack-", "tag": "current"}
  }
}
"""
ROW = "      - {from: wallaby, value: false, source: gone since 14.1.0}\n"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the project."""
    away = shutil.ignore_patterns(".git", ".venv", ".engines", "__pycache__", ".*_cache", ".hypothesis")
    return Path(shutil.copytree(ROOT, tmp_path / "copy", ignore=away))


def run(copy: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *words], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def new_of(copy: Path, *settings: str) -> dict[str, Any]:
    asked = [word for one in ("service_name=acme-agent", *settings) for word in ("--set", one)]
    done = run(copy, "-m", "scaffold", "new", "--defaults", "--dry-run", "--json", *asked)
    assert done.returncode == 0, done.stderr
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def test_a_release_is_added_as_contributing_says(copy: Path, tmp_path: Path) -> None:
    recipe = (ROOT / "CONTRIBUTING.md").read_text().partition("## Add a release")[2].partition("\n## ")[0]
    tables, clones = copy / "scaffold/releases", tmp_path / "clones"
    tips = upstream_sample.repositories(clones, "15.1.0")
    text = XENA.replace("HEAT_TEMPLATES", tips["tripleo-heat-templates"])
    (tables / "xena.json").write_text(text.replace("COMMON", tips["tripleo-common"]))
    edit(tables / "ranges.py", '"wallaby")', '"wallaby", "xena")')
    edit(tables / "facts.yaml", ROW, ROW + "      - {from: xena, value: true, source: of this test}\n")
    derived = run(copy, "-m", "scaffold.catalogue.derive", str(clones), "xena")
    assert derived.returncode == 0, derived.stderr
    edit(copy / "README.md", "Queens to Wallaby", "Queens to Xena")
    example = copy / "examples/xena/answers.yaml"
    example.parent.mkdir()
    example.write_text("release: xena\nservices: [{service_name: acme-agent, base_image: x}]\n")
    pytest_ = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
    made = "tests/test_examples.py::test_example_is_what_the_tool_makes"
    again = run(copy, *pytest_, made, "tests/test_reference.py", "--regenerate")
    assert again.returncode == 0, again.stdout
    held = (made, "tests/test_examples.py::test_every_release_has_an_example", "tests/test_reference.py")
    form = "not contributing and not moves"
    done = run(copy, *pytest_, *held, "tests/test_releases.py", "-k", form)
    assert done.returncode == 0, done.stdout
    template = next((copy / "examples/xena").glob("*/docker/services/acme-agent.yaml")).read_text()
    assert "DefaultPasswords" in template  # of the row, though Wallaby has it no more
    assert "heat_template_version: wallaby" in template  # of Wallaby's, which holds on
    for named in ("<name>.json", "ranges.py", "facts.yaml", "scaffold.catalogue.derive DIR <name>",
                  "README.md", "answers.yaml", "--regenerate"):  # fmt: skip
        assert named in recipe


def test_what_is_added_moves_nobodys_default(copy: Path) -> None:
    before = [new_of(copy), new_of(copy, "release=train", "distribution=rhosp")]
    tables = copy / "scaffold/releases"
    (tables / "xena.json").write_text(XENA)
    edit(tables / "ranges.py", '"wallaby")', '"wallaby", "xena")')
    edit(tables / "train.json", '    "rhosp": {\n', '    "rhosp": {\n' + version("16.9") + ",\n")
    shutil.copy(copy / "scaffold/catalogue/wallaby.json", copy / "scaffold/catalogue/xena.json")
    assert [new_of(copy), new_of(copy, "release=train", "distribution=rhosp")] == before
    assert new_of(copy, "release=16.9")["sha256"] != before[1]["sha256"]


def version(number: str) -> str:
    base = {"registry": "registry.redhat.io", "namespace": "rhosp-rhel8", "prefix": "openstack-"}
    return f'"{number}": {json.dumps(base | {"tag": number, "package_manager": "dnf", "python": "python3"})}'
