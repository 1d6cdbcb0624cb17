"""Heat as the rehearsal runs it: what must pass does, and every control is refused for its own reason."""

from __future__ import annotations

import pytest

from scaffold import releases
from scaffold.verify.findings import Crashed
from scaffold.verify.heat_process import HeatProcess, HeatRefused
from scaffold.verify.session import NotRegistered

from . import sample
from .conftest import RELEASES
from .sample import SERVICE, edit

TEMPLATE = f"docker/services/{SERVICE}.yaml"
SCRIPTS = {"queens": "docker_config_scripts", "rocky": "docker_config_scripts"}

pytestmark = pytest.mark.engines


@pytest.mark.parametrize("release", RELEASES)
def test_a_service_resolves_through_the_role_chain(tmp_path, resolve, release):
    repo = sample.write(tmp_path, release)
    data = resolve(repo, release, SERVICE)
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
    with pytest.raises(HeatRefused, match=reason) as refusal:
        resolve(repo, "rocky", SERVICE)
    assert refusal.value.stage == stage


def test_heat_refuses_an_image_that_is_not_set(tmp_path, resolve):
    repo = sample.write(tmp_path, "wallaby")
    edit(repo, "environments/acme-loader.yaml", "ContainerAcmeLoaderImage", "DockerAcmeLoaderImage")
    with pytest.raises(HeatRefused, match="Property ContainerAcmeLoaderImage not assigned"):
        resolve(repo, "wallaby", SERVICE)


def test_a_service_that_is_not_registered_is_not_found(tmp_path, resolve):
    repo = sample.write(tmp_path, "wallaby")
    edit(repo, "environments/acme-loader.yaml", "services/acme-loader.yaml", "services/acme.yaml")
    with pytest.raises(NotRegistered, match="not in a resource_registry"):
        resolve(repo, "wallaby", SERVICE)


def test_an_engine_that_dies_says_so_and_is_replaced(tmp_path, tht_tree):
    heat = HeatProcess(tmp_path)
    job = {"tree": str(tht_tree("rocky")), "service": "OS::TripleO::Services::Kernel"}
    try:
        assert heat.role_data(job)["service_names"] == ["kernel"]
        assert heat._process
        heat._process.kill()
        with pytest.raises(Crashed, match="the Heat engine is gone"):
            heat.role_data(job)
        with pytest.raises(HeatRefused, match="client"):
            heat.role_data({**job, "service": "/none.yaml"})
    finally:
        heat.close()


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


@pytest.mark.parametrize("release", RELEASES)
def test_heat_has_nothing_against_the_control(release, session):
    """Or every finding of its would be taken for a crash."""
    assert session.control(releases.load(release)) == ""
