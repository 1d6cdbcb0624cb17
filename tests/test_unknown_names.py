"""What is unknown is refused in one sentence, with one kind of hint, whatever it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scaffold.unknown import Slips, is_slip
from tests.upkeep import run

SCAFFOLD = Path(__file__).parent.parent / "scaffold"


@pytest.mark.parametrize(
    ("command", "kind", "near"),
    [
        (("new", "--set", "relase=train", "out"), "answer", "release"),
        (("catalogue", "--release", "trian"), "release", "train"),
        (("check", "--select", "kolla-mont"), "rule", "kolla-mount"),
        (("verify", "--engine", "haet"), "engine", "heat"),
    ],
)
def test_an_unknown_name_is_refused_with_the_one_that_is_near(
    command: tuple[str, ...], kind: str, near: str, tmp_path: Path
) -> None:
    done = run(*command, cwd=tmp_path)
    assert done.returncode == 2
    assert re.search(f'there is no {kind} "[^"]+"', done.stderr)
    assert f'did you mean "{near}"' in done.stderr


def test_a_hint_lists_names_only_where_they_are_few(tmp_path: Path) -> None:
    rule = run("check", "--select", "qqqqqq", cwd=tmp_path).stderr
    assert rule == 'error: there is no rule "qqqqqq"\nhint: README.md lists the rules\n'
    assert "hint: one of heat, role, tht" in run("verify", "--engine", "qqqqqq", cwd=tmp_path).stderr


def test_nothing_else_looks_for_names_that_are_near() -> None:
    words = re.compile(r"get_close_matches|did you mean|no such (?:engine|rule|release):")
    found = {path.name for path in SCAFFOLD.rglob("*.py") if words.search(path.read_text("utf-8"))}
    assert found == {"unknown.py"}


@pytest.mark.parametrize(
    ("name", "slip"),
    [
        ("dpdk_modul", True),
        ("dpdk_modulee", True),
        ("dpdk_nodule", True),
        ("dpkd_module", True),
        ("xdpdk_module", True),
        ("pdk_module", True),
        ("dpdk_modules", False),
        ("dpdk_module", False),
        ("dpdk_mdoul", False),
        ("", False),
    ],
)
def test_a_slip_is_one_letter_or_two_that_changed_places(name: str, slip: bool) -> None:
    assert is_slip(name, "dpdk_module") is slip
    assert Slips(["other", "dpdk_module"]).of(name) == ("dpdk_module" if slip else "")
