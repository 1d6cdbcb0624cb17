"""`check` over the stock services, environments and Dockerfiles: nearly silent, right where not.

stock_defects.txt lists every error there, reviewed: each is a defect of tripleo-heat-templates. An error
that is not in it is a bug of the rule.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scaffold.commands.check import check_path
from scaffold.lint.problems import Severity
from scaffold.releases import NAMES, heat, role_data
from scaffold.rules import RULES
from scaffold.tripleo.heat import FUNCTIONS
from scaffold.verify import install
from scaffold.verify.builders import kolla_build
from scaffold.verify.confinement import Confinement

from ..system import namespaces
from .conftest import MATRIX

pytestmark = pytest.mark.engines

STOCK = ("docker/services/", "puppet/services/", "deployment/", "environments/")
DEFECTS = Path(__file__).with_name("stock_defects.txt")
# per release, of about 250 services and 150 environments: style that stock code has, too
WARNINGS = {"parameter-unused": 70, "parameter-hidden": 20, "key-duplicate": 20}
WARNINGS_OF_OTHERS = 12


def known(release: str) -> list[str]:
    lines = DEFECTS.read_text("utf-8").splitlines()
    return sorted(line.removeprefix(f"{release} ") for line in lines if line.startswith(f"{release} "))


def one_of_the_releases() -> Iterator[Any]:
    for name in NAMES:
        marks = [pytest.mark.matrix if name in MATRIX else pytest.mark.slow]
        yield pytest.param(name, marks=[] if name == "train" else marks)


@pytest.mark.parametrize("release", list(one_of_the_releases()))
def test_stock_code(release: str, tht_tree: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tht_tree(release))
    checked = check_path(Path(), release, {name: rule for name, rule in RULES.items() if not rule.opt_in})
    found = [problem for problem in checked.problems if problem.path.startswith(STOCK)]
    errors = [problem for problem in found if problem.severity is Severity.ERROR]
    assert sorted(f"{p.path}: {p.rule} {' '.join(p.message.split())}" for p in errors) == known(release)
    warnings = Counter(problem.rule for problem in found if problem.severity is Severity.WARNING)
    print(release, dict(warnings))
    assert {rule: n for rule, n in warnings.items() if n > WARNINGS.get(rule, WARNINGS_OF_OTHERS)} == {}


# what kolla leaves to its own pipeline: labels and licences of the product, what it downloads, one Python
LEFT_TO_KOLLA = {"image-labels", "image-licenses", "download-checksum", "pip-unpinned", "repository-file",
                 "package-unsigned", "python-path"}  # fmt: skip


@pytest.mark.parametrize("release", [pytest.param("stein", marks=pytest.mark.matrix), "ussuri"])
def test_stock_dockerfiles(release: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    namespaces()
    monkeypatch.chdir(tmp_path)
    options = ("--template-only", "--base", "centos", "--type", "binary", "--work-dir", str(tmp_path))
    kolla_build.call(Confinement(), release, tmp_path, *options)
    checked = check_path(Path(), release, RULES)
    assert sum(path.name == "Dockerfile" for path in tmp_path.rglob("*")) > 190
    assert [str(problem) for problem in checked.problems if problem.severity is Severity.ERROR] == []
    others = [str(problem) for problem in checked.problems if problem.rule not in LEFT_TO_KOLLA]
    assert len(others) <= 3, others


@pytest.mark.parametrize("release", NAMES)
def test_sections_of_role_data(release: str, tht_tree: Callable[[str], Path]) -> None:
    tree = tht_tree(release)
    role = (tree / "common/services/controller-role.yaml").read_text()
    validator = (tree / "tools/yaml-validate.py").read_text()
    # the attributes of a logging source, and the plural that the role makes of service_name
    read = set(re.findall(r"\.get\('([a-z_]+)'", role)) - {"format", "pos_file"}
    read |= set(re.findall(r"get_attr: \[ServiceChain, role_data, ([a-z_]+)\]", role)) - {"service_names"}
    lists = re.findall(r"^(?:REQUIRED|OPTIONAL)(?:_DOCKER)?_SECTIONS = (\[.*?\])", validator, re.S | re.M)
    read |= {name for each in lists for name in re.findall(r"'(\w+)'", each)}
    known = {
        name for name, section in role_data().items() if release in section.releases and not section.since
    }
    assert known == read


HEAT = """
import importlib.metadata, json
from heat.engine.hot import functions, template
versions = {}
for point in importlib.metadata.entry_points(group="heat.templates"):
    kind, _, name = point.name.partition(".")
    if kind == "heat_template_version":
        it = point.load()
        versions[name] = {
            "functions": sorted(n for n, f in it.functions.items() if f is not functions.Removed),
            "gone": sorted(n for n, f in it.functions.items() if f is functions.Removed),
            "conditions": sorted(getattr(it, "condition_functions", ())),
            "sections": sorted(it.SECTIONS),
            "resource_keys": sorted(it._RESOURCE_KEYS),
            "list_join": it.functions["list_join"].__name__,
            "if": getattr(it.functions.get("if"), "__name__", None),
        }
print(json.dumps(versions))
"""


def test_versions_of_templates() -> None:
    command = [install.venv("heat"), "-W", "ignore", "-c", HEAT]
    read = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    known = heat()
    assert {*known.order} == {*read}
    of_templates = {name for name, form in FUNCTIONS.items() if not form.of_conditions}
    assert of_templates == {*read["wallaby"]["functions"]}
    assert {name for name, form in FUNCTIONS.items() if form.of_conditions} == (
        {*read["wallaby"]["conditions"]} - of_templates
    )
    always = {kind: set.intersection(*(set(each[kind]) for each in read.values())) for kind in read["rocky"]
              if isinstance(read["rocky"][kind], list)}  # fmt: skip
    for version, facts in read.items():
        for kind in ("functions", "conditions", "sections", "resource_keys"):
            has = {name for name, since in getattr(known, kind).items() if known.has(version, since)}
            early = {name for name, since in known.gone.items() if not known.has(version, since)}
            expected = set(facts[kind]) - always[kind] - (early if kind == "functions" else set())
            assert has == expected, (version, kind)
        assert {name for name, since in known.gone.items() if known.has(version, since)} == {*facts["gone"]}
        assert known.has(version, known.arguments["list_join"]) == (facts["list_join"] == "JoinMultiple")
        assert known.has(version, known.arguments["if"]) == (facts["if"] == "IfNullable")
