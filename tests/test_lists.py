"""Lists that are read by people are complete: what --help and README.md say is what there is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from scaffold import releases
from scaffold.verify.engines import NAMES as ENGINES
from scaffold.verify.install import PINS

from .upkeep import run

ROOT = Path(__file__).parent.parent
README = " ".join((ROOT / "README.md").read_text("utf-8").split())
TABLE = r"^\| engine \|.*\n\|[-|]+\n((?:\|.*\n)+)"
TABLES = re.findall(TABLE, (ROOT / "README.md").read_text("utf-8"), flags=re.M)
REQUIRED = r"--require ([a-z,-]+,[a-z,-]+)"


def test_the_help_says_which_releases_there_are(tmp_path: Path) -> None:
    said = run("--help", cwd=tmp_path).stdout
    assert f"\n  {releases.scope()}.\n" in said
    assert f"({releases.scope()}" in README


def test_the_help_says_which_engines_there_are(tmp_path: Path) -> None:
    said = run("verify", "--help", cwd=tmp_path, COLUMNS="200").stdout
    assert f"In the order of a deployment: {', '.join(ENGINES)}.\n" in said


def test_help_imports_no_engine(tmp_path: Path) -> None:
    """Whoever asks for help, or presses Tab, does not wait for Heat's and kolla's modules."""
    code = "import sys, scaffold.cli; print(*(name for name in sys.modules if 'verify' in name))"
    said = run_python(code, tmp_path)
    assert said.split() == ["scaffold.verify", "scaffold.verify.engines"]


def run_python(code: str, directory: Path) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=directory, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.parametrize("table", TABLES, ids=["what they prove", "what they take"])
def test_the_readme_has_a_row_for_each_engine(table: str) -> None:
    assert {*re.findall(r"^\| `([a-z-]+)` \|", table, flags=re.M)} == {*ENGINES}


def test_the_readme_tells_of_engines_in_the_order_of_a_deployment() -> None:
    assert len(TABLES) == 2
    assert re.findall(r"^\| `([a-z-]+)` \|", TABLES[0], flags=re.M) == list(ENGINES)


@pytest.mark.parametrize("place", ["README.md", "scaffold/cli/proof.py"])
def test_an_example_names_engines_that_there_are(place: str) -> None:
    text = (ROOT / place).read_text("utf-8")
    named = [*re.findall(r"--engine ([a-z-]+)", text), *",".join(re.findall(REQUIRED, text)).split(",")]
    assert named
    assert {*named} <= {*ENGINES}


@pytest.mark.parametrize("release", releases.NAMES)
def test_every_release_has_its_pins(release: str) -> None:
    assert releases.engine_versions(release)
    assert releases.engine_versions(release).keys() == releases.engine_versions(releases.NAMES[0]).keys()


def test_every_list_of_packages_belongs_to_an_engine_s_environment() -> None:
    sizes = yaml.safe_load((PINS / "sizes.yaml").read_text())
    assert {path.stem for path in PINS.glob("*.txt")} <= {name.removeprefix("env-") for name in sizes}


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_nothing_is_counted_by_hand(document: str) -> None:
    number = r"\d+|five|six|seven|eight"
    said = re.findall(
        rf"\b(?:{number}) (?:rules|engines|releases|answers)\b|matrix of (?:{number})",
        (ROOT / document).read_text("utf-8"),
    )
    assert said == []
