"""The harness itself: what must pass does, and every control is refused for its own reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import sample
from .harness import HeatEngine, Refused, _judge, release_of, services_of
from .install import PROJECT, RELEASES, VERSIONS
from .sample import REGISTERED, SERVICE, edit

TEMPLATE = f"docker/services/{SERVICE}.yaml"
SCRIPTS = {"queens": "docker_config_scripts", "rocky": "docker_config_scripts"}

pytestmark = pytest.mark.engines


def test_the_versions_are_those_of_the_product():
    for release, version in VERSIONS.items():
        facts = (PROJECT / f"scaffold/releases/{release}.yaml").read_text()
        assert f"tripleo_heat_templates: {version}\n" in facts


@pytest.mark.parametrize("release", RELEASES)
def test_a_stock_tree_validates(tmp_path, yaml_validate, release):
    """Else a finding would not be the repository's."""
    found = yaml_validate(tmp_path, release)
    assert found.errors == found.warnings == []


@pytest.mark.parametrize("release", RELEASES)
def test_a_service_resolves_through_the_role_chain(tmp_path, resolve, release):
    repo = sample.write(tmp_path, release)
    data = resolve(repo, release_of(repo), SERVICE)
    (container,) = data["docker_config"]["step_3"].values()
    assert data["service_names"] == ["acme_loader"]
    assert container["image"] == "registry.example.com/acme/acme-loader:1"
    assert "/lib/modules:/lib/modules:ro" in container["volumes"]
    assert "/etc/hosts:/etc/hosts:ro" in container["volumes"]  # ContainersCommon
    script = data[SCRIPTS.get(release, "container_config_scripts")]["acme_loader.sh"]
    assert "modprobe acme\n" in script["content"]


def test_roles_and_parameters_are_passed_on(tmp_path, resolve):
    repo = sample.write(tmp_path, "train")
    edit(repo, TEMPLATE, "config_settings: {}", "config_settings: {a: {get_param: [RoleParameters, A]}}")
    edit(repo, TEMPLATE, "service_name: acme_loader", "service_name: {get_param: RoleName}")
    options = {"role": "Compute", "role_parameters": {"A": "b"}, "parameters": {"AcmeLoaderModule": "other"}}
    data = resolve(repo, "train", SERVICE, **options)
    assert data["service_names"] == ["Compute"]
    assert data["config_settings"] == {"a": "b"}
    assert "modprobe other\n" in data["container_config_scripts"]["acme_loader.sh"]["content"]


@pytest.mark.parametrize("release", ["rocky", "wallaby"])
def test_a_stock_service_sees_the_environment(tmp_path, resolve, release):
    repo = sample.write(tmp_path, release)
    assert "acme" in str(resolve(repo, release, "OS::TripleO::Services::Kernel"))
    assert "acme" not in str(resolve(repo, release, "OS::TripleO::Services::Kernel", role="Compute"))


def test_a_stock_service_resolves_with_the_real_maps(tmp_path, resolve):
    repo = sample.write(tmp_path, "wallaby")
    images = {f"ContainerIscsid{what}Image": "registry.example.com/iscsid:1" for what in ("", "Config")}
    data = resolve(repo, "wallaby", "OS::TripleO::Services::Iscsid", parameters=images, real_maps=True)
    assert data["service_names"] == ["iscsid"]


def test_unknown_sections_vanish_in_the_chain(tmp_path, resolve):
    """Heat says nothing: only a look at the role_data, or yaml-validate.py, notices."""
    repo = sample.write(tmp_path, "wallaby")
    edit(repo, TEMPLATE, "container_config_scripts:", "docker_config_scripts:")
    assert "acme_loader.sh" in resolve(repo, "wallaby", SERVICE, via="service")["docker_config_scripts"]
    data = resolve(repo, "wallaby", SERVICE)
    assert "docker_config_scripts" not in data
    assert data["container_config_scripts"] == {}


BROKEN = [
    ("{get_param: AcmeLoaderModule}", "{get_param: AcmeModule}", "stack", "AcmeModule.* was not provided"),
    ("[ContainersCommon, volumes]", "[ContainersCommon, volume]", "stack", "ContainersCommon volume"),
    ("type: ./containers-common.yaml", "type: ./common.yaml", "client", "Could not fetch contents"),
    ("  RoleName:", "  RollName:", "create", "Unknown Property RoleName"),
    ("  role_data:\n", "  roll_data:\n", "stack", "role_data"),
    ("heat_template_version: rocky", "heat_template_version: roky", "create", "heat_template_version"),
]


@pytest.mark.parametrize(("old", "new", "stage", "reason"), BROKEN)
def test_heat_refuses(tmp_path, resolve, old, new, stage, reason):
    repo = sample.write(tmp_path, "rocky")
    edit(repo, TEMPLATE, old, new)
    with pytest.raises(Refused, match=reason) as refusal:
        resolve(repo, "rocky", SERVICE)
    assert refusal.value.stage == stage


def test_heat_refuses_an_image_that_is_not_set(tmp_path, resolve):
    repo = sample.write(tmp_path, "wallaby")
    edit(repo, "environments/acme-loader.yaml", "ContainerAcmeLoaderImage", "DockerAcmeLoaderImage")
    with pytest.raises(Refused, match="Property ContainerAcmeLoaderImage not assigned"):
        resolve(repo, "wallaby", SERVICE)


def test_a_service_that_is_not_registered_is_not_found(tmp_path, resolve):
    repo = sample.write(tmp_path, "wallaby")
    edit(repo, "environments/acme-loader.yaml", "services/acme-loader.yaml", "services/acme.yaml")
    with pytest.raises(LookupError, match="not in a resource_registry"):
        resolve(repo, "wallaby", SERVICE)


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
    assert _judge(f"{finished}Validation successful!\n", []).errors == []
    for output in ("", finished, "Validation successful!\n"):
        assert "did not finish" in _judge(output, []).errors[0]


def test_an_engine_that_dies_says_so_and_is_replaced(tmp_path, tht_tree):
    engine = HeatEngine(tmp_path)
    job = {"tree": str(tht_tree("rocky")), "service": "OS::TripleO::Services::Kernel"}
    try:
        assert engine.answer(job)["ok"]
        assert engine._process
        engine._process.kill()
        with pytest.raises(RuntimeError, match="the Heat engine is gone"):
            engine.answer(job)
        assert engine.answer({**job, "service": "/none.yaml"})["stage"] == "client"
    finally:
        engine.close()


def test_an_overlay_leaves_the_tree_alone(tmp_path, tht_tree, overlay):
    repo = sample.write(tmp_path, "rocky")
    stock = tht_tree("rocky") / "docker/services/cinder-volume.yaml"
    before = stock.read_text()
    (repo / "docker/services/cinder-volume.yaml").write_text("---\n")
    laid = overlay(repo, "rocky")
    assert (laid / "docker/services/cinder-volume.yaml").read_text() == "---\n"
    assert (laid / TEMPLATE).read_text() == (repo / TEMPLATE).read_text()
    assert stock.read_text() == before
    assert overlay(repo, "rocky") == laid
    edit(repo, TEMPLATE, "restart: always", "restart: never")
    assert overlay(repo, "rocky") != laid


def test_the_services_of_a_repository(tmp_path):
    assert services_of(sample.write(tmp_path, "rocky")) == [SERVICE]
    assert REGISTERED in (Path(tmp_path) / "acme-loader/environments/acme-loader.yaml").read_text()
