"""The validator of the templates: a stock tree and a good service pass, every control is rejected."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from scaffold import releases
from scaffold.verify.engines.tht import judge, place, validate
from scaffold.verify.session import Session

from . import sample
from .conftest import RELEASES
from .sample import SERVICE, edit

TEMPLATE = f"docker/services/{SERVICE}.yaml"

pytestmark = pytest.mark.engines


class Validation(NamedTuple):
    errors: list[str]
    warnings: list[str]


@pytest.fixture
def yaml_validate(session: Session) -> Callable[[Path, str], Validation]:
    def validated(repo: Path, release: str) -> Validation:
        laid = session.overlay(repo, releases.load(release), place(release))
        return Validation(*judge(validate(laid, releases.load(release)), ["acme-"]))

    return validated


@pytest.mark.parametrize("release", RELEASES)
def test_a_stock_tree_validates(tmp_path, yaml_validate, release):
    """Else a finding would not be the repository's."""
    found = yaml_validate(tmp_path, release)
    assert found.errors == found.warnings == []


@pytest.mark.parametrize("release", RELEASES)
def test_a_service_validates(tmp_path, yaml_validate, release):
    found = yaml_validate(sample.write(tmp_path, release), release)
    assert found.errors == found.warnings == []


INVALID = [
    ("host_prep_tasks: []", "host_tasks: []", "host_tasks is extra in role_data"),
    ("host_prep_tasks: []", "host_prep_tasks: {}", "host_prep_tasks cannot be an empty dict"),
    ("      config_settings: {}\n", "", "config_settings is required in role_data"),
    ("  RoleName:", "  RollName:", "parameter RoleName is required"),
    ("heat_template_version: ", "heat_template_version: x", "is not valid: x"),
    ("config_volume: ''", "config_volume: acme", "AcmeConfigImage heat parameter for acme config_volume"),
    ("description: The kernel module to load", "description: a: b", "ScannerError: mapping values"),
]


@pytest.mark.parametrize("release", RELEASES)
def test_the_validator_rejects(tmp_path, yaml_validate, release):
    """Each control, beside the good template, for its own reason; and not the good one."""
    repo = sample.write(tmp_path, release)
    good = (repo / TEMPLATE).read_text()
    for number, (old, new, _) in enumerate(INVALID):
        name = f"docker/services/control-{number}.yaml"
        (repo / name).write_text(good)
        edit(repo, name, old, new)
    errors = yaml_validate(repo, release).errors
    failed = [error for error in errors if error.startswith("validation failed on")]
    assert len(failed) == len(INVALID)
    for number, (_, _, reason) in enumerate(INVALID):
        assert any(reason in error for error in errors), reason
        assert any(f"control-{number}" in error for error in failed), reason


@pytest.mark.parametrize("release", RELEASES)
def test_the_validator_compares_parameters_with_the_tree(tmp_path, yaml_validate, release):
    repo = sample.write(tmp_path, release)
    edit(repo, TEMPLATE, "Role name on which", "The role on which")
    errors = yaml_validate(repo, release).errors
    assert 'Mismatched parameter definitions found for "RoleName"' in errors
    assert any(error.startswith("validation failed on") and SERVICE in error for error in errors)


@pytest.mark.parametrize("release", ["rocky", "wallaby"])
def test_the_validator_warns_of_an_unused_parameter(tmp_path, yaml_validate, release):
    repo = sample.write(tmp_path, release)
    edit(repo, TEMPLATE, "MODULE: {get_param: AcmeLoaderModule}", "MODULE: acme")
    found = yaml_validate(repo, release)
    assert found.errors == []
    assert len(found.warnings) == 1
    assert "AcmeLoaderModule" in found.warnings[0]


def test_a_validator_that_does_not_finish_is_an_error():
    """No summary, no verdict: that there are no errors proves nothing."""
    finished = "Mismatched parameter definitions: 0\n"
    assert judge(f"{finished}Validation successful!\n", []) == ([], [])
    for output in ("", finished, "Validation successful!\n"):
        assert "did not finish" in judge(output, [])[0][0]
