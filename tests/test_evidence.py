"""The script that measures how often `check` is right, on a made-up repository; its data can be read."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from .evidence import measure

ENVIRONMENT = """\
parameter_defaults:
  VendorxPassword: n0tSoSecret
  ContainerCinderVolumeImage: registry.example.com/vendorx/cinder-volume:latest
"""
DATA = """\
- repository: vendorx/tripleo@train
  ref: '{ref}'
  releases: {{env: train}}
  verdicts:
"""


def verdict(rule: str, at: str, severity: str, says: str) -> str:
    return f"  - {{rule: {rule}, at: ['{at}'], severity: {severity}, verdict: {says}, why: it is so}}\n"


TRUE = verdict("secret-literal", "env/x.yaml:2", "error", "true")
FALSE = verdict("image-reference", "env/*.yaml", "warning", "false")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with one checkout of one commit; its data file is data.yaml."""
    repository = tmp_path / "vendorx+tripleo@train"
    (repository / "env").mkdir(parents=True)
    (repository / "env/x.yaml").write_text(ENVIRONMENT)
    git(repository, "init", "--quiet")
    git(repository, "add", ".")
    git(repository, "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "--quiet", "-m", "x")
    return tmp_path


def git(repository: Path, *arguments: str) -> str:
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def measured(
    folder: Path, verdicts: str, capsys: pytest.CaptureFixture[str], ref: str = ""
) -> tuple[int, str]:
    data = folder / "data.yaml"
    head = ref or git(folder / "vendorx+tripleo@train", "rev-parse", "HEAD")
    data.write_text(DATA.format(ref=head) + verdicts)
    status = measure.measure(folder, data)
    return status, capsys.readouterr().out


def row(text: str, rule: str) -> list[str]:
    return next(line.split() for line in text.splitlines() if line.startswith(rule))


def test_precision_by_rule(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, text = measured(checkout, TRUE + FALSE, capsys)
    assert status == 0
    assert row(text, "secret-literal") == ["secret-literal", "1", "1", "0", "0", "0", "100.0%"]
    assert row(text, "image-reference") == ["image-reference", "1", "0", "0", "1", "0", "0.0%"]


def test_a_finding_without_a_verdict_is_named(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, text = measured(checkout, TRUE, capsys)
    assert status == 1
    assert "no verdict: vendorx+tripleo@train/env/x.yaml:3:" in text
    assert "image-reference" in text


def test_a_true_finding_that_is_lost_is_named(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, text = measured(
        checkout, TRUE + FALSE + verdict("key-blank", "env/x.yaml:1", "error", "true"), capsys
    )
    assert status == 1
    assert "not found again: vendorx+tripleo@train/env/x.yaml:1: key-blank (error, true)" in text


def test_a_false_finding_may_go(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, text = measured(
        checkout, TRUE + FALSE + verdict("key-blank", "env/x.yaml:1", "error", "false"), capsys
    )
    assert (status, "key-blank" in text) == (0, False)


def test_what_cannot_be_measured_is_named(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, text = measured(checkout, TRUE, capsys, ref="0" * 40)
    assert (status, "secret-literal" in text) == (0, False)
    assert "left out: vendorx+tripleo@train is at " in text
    (checkout / "vendorx+tripleo@train").rename(checkout / "other")
    assert measure.measure(checkout, checkout / "data.yaml") == 0
    assert "left out: vendorx+tripleo@train is missing" in capsys.readouterr().out


def test_the_recorded_findings_can_be_read() -> None:
    recorded = list(measure.repositories(measure.DATA))
    assert len({each.name.partition("@")[0] for each in recorded}) >= 24
    assert all(len(each.ref) == 40 and each.verdicts is not None for each in recorded)
