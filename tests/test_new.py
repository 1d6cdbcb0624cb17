"""`vendor-scaffold new`, as a vendor's engineer and as CI run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import EXAMPLES
from .system import installed

LOADER = next(path for path in EXAMPLES if path.name == "agent-loader")


def run(*args: str, cwd: Path, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scaffold", *args]
    return subprocess.run(
        command, cwd=cwd, input=given, capture_output=True, text=True, env=os.environ | environment
    )


def test_minimal_answers_from_standard_input(tmp_path: Path) -> None:
    done = run("new", "--answers", "-", cwd=tmp_path, given="services:\n  - service_name: vendorx-agent\n")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "vendorx-tripleo/docker/services/vendorx-agent.yaml").is_file()
    assert done.stdout.splitlines()[-4:] == ["next:", "  cd vendorx-tripleo", "  make inputs", "  make build"]


def test_same_answers_give_the_same_bytes_and_hash(tmp_path: Path) -> None:
    reports = [
        json.loads(run("new", "-a", str(LOADER / "answers.yaml"), "--json", name, cwd=tmp_path).stdout)
        for name in ("one", "two")
    ]
    assert reports[0]["sha256"] == reports[1]["sha256"]
    assert subprocess.run(["diff", "-r", "one", "two"], cwd=tmp_path).returncode == 0


def test_a_stored_answers_file_makes_the_same_repository(tmp_path: Path) -> None:
    stored = next(LOADER.glob("*/.vendor-scaffold/answers.yaml"))
    assert run("new", "-a", str(stored), "again", cwd=tmp_path).returncode == 0
    assert subprocess.run(["diff", "-r", "again", str(stored.parent.parent)], cwd=tmp_path).returncode == 0


def test_dry_run_writes_nothing(tmp_path: Path) -> None:
    done = run("new", "-a", str(LOADER / "answers.yaml"), "--dry-run", "made", cwd=tmp_path)
    assert done.returncode == 0
    assert "containers/acme-agent/Dockerfile" in done.stdout
    assert not list(tmp_path.iterdir())


def test_missing_answers_are_listed_and_nothing_is_asked(tmp_path: Path) -> None:
    done = run("new", cwd=tmp_path)
    assert done.returncode == 2
    assert "--set service_name=" in done.stderr
    assert not list(tmp_path.iterdir())


def test_wrong_answers_write_nothing(tmp_path: Path) -> None:
    done = run("new", "--set", "service_name=Bad Name", "--set", "stp=4", "made", cwd=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 2
    assert 'did you mean "step"?' in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_role_that_no_release_has_is_noted(tmp_path: Path) -> None:
    done = run("new", "--set", "service_name=acme-agent", "--set", "roles=[Controler]", "made", cwd=tmp_path)
    assert done.returncode == 0
    note = 'there is no role "Controler" in any roles file of TripleO; did you mean "Controller"?'
    assert done.stderr == f"note: {note}\n"


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_overlapping_files_are_listed_and_nothing_is_written(tmp_path: Path, dry: tuple[str, ...]) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made/README.md").write_text("mine")
    done = run("new", *dry, "--set", "service_name=vendorx-agent", "made", cwd=tmp_path)
    assert done.returncode == 1
    assert "  README.md\n" in done.stderr
    assert [path.name for path in (tmp_path / "made").rglob("*")] == ["README.md"]


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_a_vendor_repository_is_not_written_anew(tmp_path: Path, dry: tuple[str, ...]) -> None:
    new = ("new", "--set", "service_name=vendorx-agent")
    assert run(*new, cwd=tmp_path).returncode == 0
    done = run(*new, *dry, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (
        1,
        "error: vendorx-tripleo is a vendor repository already\n"
        "hint: vendor-scaffold update keeps it current\n",
    )


def test_files_that_do_not_overlap_stay_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made/notes.txt").write_text("mine")
    done = run("new", "--set", "service_name=vendorx-agent", "made", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr == "note: made was not empty, and is no git repository: what was there stays\n"
    assert (tmp_path / "made/notes.txt").read_text() == "mine"
    assert (tmp_path / "made/Makefile").is_file()
    assert not [path for path in (tmp_path / "made").iterdir() if path.name.startswith(".made")]


def test_an_empty_destination_stays_the_directory_it_is(tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.mkdir(mode=0o700)
    before = made.stat()
    done = run("new", "--set", "service_name=vendorx-agent", ".", cwd=made)
    assert done.returncode == 0, done.stderr
    assert os.path.samestat(made.stat(), before)
    assert made.stat().st_mode == before.st_mode
    assert (made / "Makefile").is_file()


@pytest.mark.parametrize("blocker", ["file", "link"])
def test_nothing_is_written_through_a_file_or_link(tmp_path: Path, blocker: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "made").mkdir()
    if blocker == "link":
        (tmp_path / "made/containers").symlink_to(outside)
    else:
        (tmp_path / "made/containers").write_text("mine")
    done = run("new", "--set", "service_name=vendorx-agent", "made", cwd=tmp_path)
    assert done.returncode == 1
    assert not list(outside.iterdir())
    assert len(list((tmp_path / "made").iterdir())) == 1


def test_make_says_what_is_missing_and_roles_inserts_the_service(tmp_path: Path) -> None:
    assert run("new", "-a", str(LOADER / "answers.yaml"), "made", cwd=tmp_path).returncode == 0
    made = tmp_path / "made"
    missing = subprocess.run([installed("make"), "inputs"], cwd=made, capture_output=True, text=True)
    assert missing.returncode != 0
    assert "missing: containers/acme-agent/acme.repo" in missing.stderr
    roles = tmp_path / "roles_data.yaml"
    text = (
        "- name: Controller\n  ServicesDefault:\n    # kept\n    - OS::TripleO::Services::Kernel\n"
        "- name: Compute\n  ServicesDefault:\n    - OS::TripleO::Services::Kernel\n"
    )
    roles.write_text(text)
    for _ in range(2):
        subprocess.run(
            [installed("make"), "roles", f"ROLES_DATA={roles}"], cwd=made, check=True, capture_output=True
        )
    assert roles.read_text() == text.replace(
        "  ServicesDefault:\n", "  ServicesDefault:\n    - OS::TripleO::Services::AcmeAgent\n"
    )


def test_overlay_lays_the_repository_over_a_copy(tmp_path: Path) -> None:
    assert run("new", "-a", str(LOADER / "answers.yaml"), "made", cwd=tmp_path).returncode == 0
    stock = tmp_path / "tht"
    (stock / "deployment").mkdir(parents=True)
    (stock / "deployment/containers-common.yaml").write_text("stock")
    command = [installed("make"), "overlay", f"TEMPLATES={stock}", f"OVERLAY={tmp_path / 'laid'}"]
    subprocess.run(command, cwd=tmp_path / "made", check=True, capture_output=True)
    assert (tmp_path / "laid/deployment/containers-common.yaml").read_text() == "stock"
    assert (tmp_path / "laid/docker/services/acme-agent.yaml").is_file()
    assert not (stock / "docker").exists()


def test_help_loads_no_heavy_library(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "scaffold", "--help"], capture_output=True, text=True
    )
    loaded = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert "click" in loaded
    assert not loaded & {"yaml", "jinja2", "cookiecutter", "questionary"}
