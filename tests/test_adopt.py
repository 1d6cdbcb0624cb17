"""What is left when a repository made by hand is taken over: two files that say one thing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.upkeep import edit, run

BY_HAND = """\
resource_registry:
  OS::TripleO::Services::AcmeAgent: ../services/agent.yaml
parameter_defaults:
  ContainerAcmeAgentImage: 192.168.24.1:8787/acme/agent:1.0
"""
ADOPT = ("new", "--adopt", "--set", "service_name=acme-agent", "--defaults", ".")
TOLD = (
    "environments/acme.yaml:2: environments/acme-tripleo.yaml registers OS::TripleO::Services::AcmeAgent too"
)


@pytest.fixture
def hand(tmp_path: Path) -> Path:
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments/acme.yaml").write_text(BY_HAND)
    return tmp_path


@pytest.mark.parametrize("how", [(), ("--dry-run",), ("--json",)])
def test_an_adoption_tells_of_what_is_said_twice(how: tuple[str, ...], hand: Path) -> None:
    done = run(*ADOPT, *how, cwd=hand)
    assert done.returncode == 0, done.stderr
    notes = json.loads(done.stdout)["notes"] if "--json" in how else done.stdout.splitlines()
    assert any(TOLD in note for note in notes)
    assert any("sets ContainerAcmeAgentImage too" in note for note in notes)


def test_status_and_check_tell_until_it_is_put_right(hand: Path) -> None:
    assert run(*ADOPT, cwd=hand).returncode == 0
    for _ in range(2):
        done = run("status", cwd=hand)
        assert done.returncode == 0
        assert TOLD in done.stdout
    assert len(json.loads(run("status", "--json", cwd=hand).stdout)["notes"]) == 2
    checked = run("check", "--select", "environment-overlap", cwd=hand)
    assert "environments/acme.yaml:2:3: warning: environment-overlap" in checked.stdout
    assert checked.returncode == 0, "a file may be there to choose"
    edit(hand, "environments/acme.yaml", BY_HAND, "parameter_defaults:\n  AcmePort: 1\n")
    assert "acme.yaml" not in run("status", cwd=hand).stdout
    assert not run("check", "--select", "environment-overlap", cwd=hand).stdout


def test_an_adoption_without_doubles_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine\n")
    assert "note:" not in run(*ADOPT, cwd=tmp_path).stdout
    assert run("status", cwd=tmp_path).stdout.startswith("up-to-date")
