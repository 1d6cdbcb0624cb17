"""What a repository needs of the cloud around it: told by `new`, in the deploy command, and by preflight."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold import answers, project
from scaffold.errors import AnswersError
from scaffold.pipeline import Plan, plan

from .test_preflight import make

SERVICE = "OS::TripleO::Services::"
REGISTRY = "overcloud-resource-registry-puppet.j2.yaml"
DECLARED = ["NeutronMechanismDrivers", "{{role.name}}Parameters", "KernelArgs"]
DECLARED += [f"Container{name}Image" for name in ("NeutronApi", "NeutronConfig", "Openvswitch")]
OVS_AGENT = "deployment/neutron/neutron-ovs-agent-container-puppet.yaml"
STOCK = {  # of tripleo-heat-templates, what the checks read of the services that are used here
    "overcloud.j2.yaml": "parameters:\n" + "".join(f"  {name}:\n" for name in DECLARED),
    REGISTRY: (
        "resource_registry:\n{% for role in roles %}\n"
        "  OS::TripleO::{{role.name}}::PreNetworkConfig: OS::Heat::None\n{% endfor %}\n"
        f"  {SERVICE}CinderVolume: docker/services/cinder-volume.yaml\n"
        f"  {SERVICE}NeutronOvsAgent: OS::Heat::None\n"
        f"  {SERVICE}BootParams: extraconfig/boot-params.yaml\n"
    ),
    "environments/docker-ha.yaml": (
        f"resource_registry:\n  {SERVICE}CinderVolume: ../docker/services/pacemaker/cinder-volume.yaml\n"
    ),
    "environments/services/neutron-ovs.yaml": (
        f"resource_registry:\n  {SERVICE}NeutronOvsAgent: ../../{OVS_AGENT}\n"
    ),
    "environments/host-config-and-reboot.j2.yaml": (
        "resource_registry:\n{% for role in roles %}\n"
        "  OS::TripleO::{{role.name}}::PreNetworkConfig: ../extraconfig/host_config.yaml\n{% endfor %}\n"
    ),
    **dict.fromkeys(
        (
            "docker/services/pacemaker/cinder-volume.yaml",
            "docker/services/cinder-volume.yaml",
            OVS_AGENT,
            "extraconfig/host_config.yaml",
        ),
        "parameters: {}\n",
    ),
}
HA = "../overlay/environments/docker-ha.yaml"


def planned(release: str, service: dict[str, Any], **more: Any) -> Plan:
    text = json.dumps({"vendor": "Acme", "release": release, "services": [service]} | more)
    return plan(answers.check(answers.load(text, "answers.yaml")))


def readme(made: Plan) -> str:
    return made.rendered["README.md"].content.decode()


def undercloud(folder: Path, made: Plan, *services: str) -> Path:
    """An undercloud with the repository, whose roles hold SERVICES."""
    project.create(folder / "made", made.rendered)
    for name, text in STOCK.items():
        (folder / "stock" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "stock" / name).write_text(text)
    held = [f"{SERVICE}{name}" for name in services]
    roles = [{"name": role, "ServicesDefault": held} for role in ("Controller", "Compute")]
    (folder / "roles.yaml").write_text(yaml.safe_dump(roles))
    (Path.home() / made.repo.release.tripleo.images_environment).write_text("parameter_defaults: {}\n")
    if made.repo.has.overlay:
        assert make(folder, "overlay", "TEMPLATES=../stock", path=None).returncode == 0
    return folder


def preflight(folder: Path, *arguments: str) -> list[str]:
    """What is found, but for images: there is no registry."""
    done = make(folder, "preflight", "TEMPLATES=../stock", *arguments, path=None)
    assert "Traceback" not in done.stderr + done.stdout
    return [line for line in done.stdout.splitlines()[:-1] if "registry does not answer" not in line]


WRAPS: dict[str, Any] = {
    "service_name": "acme-volume",
    "integration": "config",
    "config_settings": {"acme": 1},
}
PACEMAKER, PLAIN = "docker/services/pacemaker/cinder-volume.yaml", "docker/services/cinder-volume.yaml"


def test_the_template_of_a_cloud_with_pacemaker_is_wrapped_and_the_other_one_named() -> None:
    made = planned("13", WRAPS | {"wraps": "CinderVolume"})
    template = made.rendered["docker/services/acme-volume.yaml"].content.decode()
    assert "type: pacemaker/cinder-volume.yaml\n" in template
    (note,) = made.notes
    assert PACEMAKER in note
    assert f"template: {PLAIN}" in note
    assert "`environments/docker-ha.yaml` chooses" in readme(made)
    plain = planned("13", WRAPS | {"wraps": {"service": "CinderVolume", "template": PLAIN}})
    assert "beside the bundle" in readme(plain)


@pytest.mark.parametrize(
    ("wraps", "environments", "words"),
    [
        ("CinderVolume", HA, ""),
        ("CinderVolume", "", "name environments/docker-ha.yaml among ENVIRONMENTS"),
        ({"service": "CinderVolume", "template": PLAIN}, "", ""),
        ({"service": "CinderVolume", "template": PLAIN}, HA, f"template: {PACEMAKER}"),
    ],
)
def test_preflight_compares_what_is_wrapped_with_what_the_cloud_has(
    wraps: Any, environments: str, words: str, tmp_path: Path
) -> None:
    undercloud(tmp_path, planned("13", WRAPS | {"wraps": wraps}), "CinderVolume")
    found = preflight(tmp_path, f"ENVIRONMENTS={environments}")
    assert [line for line in found if "and this repository wraps" in line] == found
    assert all(words in line for line in found)
    assert bool(found) == bool(words)


DRIVER = {
    "service_name": "acme-ml2",
    "integration": "image",
    "base_image": "neutron-server",
    "install": {"packages": ["acme"]},
    "environment": {"parameter_defaults": {"NeutronMechanismDrivers": ["acme", "openvswitch"]}},
}
KERNEL = {
    "service_name": "acme-tuning",
    "integration": "config",
    "roles": ["Compute"],
    "environment": {"role_parameters": {"Compute": {"KernelArgs": "iommu=on"}}},
}
NEEDED = {
    "ovs": ("victoria", DRIVER, "services/neutron-ovs.yaml"),
    "agent": (
        "wallaby",
        DRIVER | {"base_image": "neutron-openvswitch-agent", "environment": {}},
        "services/neutron-ovs.yaml",
    ),
    "wrapped agent": ("train", WRAPS | {"wraps": "NeutronOvsAgent"}, "services/neutron-ovs.yaml"),
    "kernel of queens": ("queens", KERNEL, "host-config-and-reboot.yaml"),
    "kernel of rocky": ("rocky", KERNEL, "host-config-and-reboot.yaml"),
}


@pytest.mark.parametrize("case", NEEDED)
def test_what_the_repository_builds_on_is_in_the_deploy_command(case: str, tmp_path: Path) -> None:
    release, service, file = NEEDED[case]
    made = planned(release, service)
    assert any(f"environments/{file} too" in note for note in made.notes)
    assert f"/environments/{file} \\\n" in readme(made)
    undercloud(tmp_path, made, "AcmeTuning", "NeutronOvsAgent")
    assert preflight(tmp_path) == []
    (found,) = [line for line in preflight(tmp_path, "ENVIRONMENTS=") if "is among no" in line]
    assert found.startswith(f"environments/{file} is among no environment files: ")


def test_a_role_may_hold_what_an_environment_file_does(tmp_path: Path) -> None:
    undercloud(tmp_path, planned("rocky", KERNEL), "AcmeTuning", "BootParams")
    assert preflight(tmp_path, "ENVIRONMENTS=") == []


@pytest.mark.parametrize(
    ("release", "service"),
    [
        ("rocky", DRIVER),
        ("train", KERNEL),
        (
            "train",
            DRIVER | {"environment": {"parameter_defaults": {"NeutronMechanismDrivers": "acme, ovn"}}},
        ),
        ("train", DRIVER | {"base_image": "cinder-volume", "environment": {}}),
    ],
)
def test_nothing_is_asked_for_that_is_there_by_itself(release: str, service: dict[str, Any]) -> None:
    assert planned(release, service).repo.companions == []


def test_puppet_modules_of_the_vendor_are_told_to_be_hidden() -> None:
    puppet = {"step_config": "include ::stora::agent\ninclude tripleo::profile::base::cinder"}
    made = planned("16.2", {"service_name": "stora-agent", "puppet_config": puppet})
    assert any("puppet module stora by itself" in note for note in made.notes)
    assert "/etc/puppet/modules/" in readme(made)
    assert "DockerPuppetMountHostPuppet: false" in readme(made)
    stock = {"step_config": "include tripleo::profile::base::cinder"}
    quiet = planned("16.2", {"service_name": "stora-agent", "puppet_config": stock})
    assert quiet.notes == ()
    assert "could not find class" not in readme(quiet)


def test_a_bundle_of_another_name_is_told_before_a_minor_update() -> None:
    swap = {"service_name": "acme-volume", "integration": "image", "install": {"packages": ["a"]}}
    step = "openstack overcloud external-update run --tags ha_image_update"
    assert step in readme(planned("17.1", swap | {"base_image": "cinder-volume"}))
    assert step not in readme(planned("16.2", swap | {"base_image": "cinder-volume"}))
    assert step not in readme(planned("17.1", swap | {"base_image": "cinder-api"}))


def test_a_role_that_does_not_hold_what_is_wrapped_is_refused() -> None:
    service = WRAPS | {"wraps": "NeutronOvsAgent", "roles": ["Controller", "Compute", "ComputeMine"]}
    with pytest.raises(AnswersError) as caught:
        planned("train", service)
    (fault,) = caught.value.faults
    assert fault.path == "services[0].roles[1]"
    assert "does not hold NeutronOvsAgent but ComputeNeutronOvsAgent" in fault.message


@pytest.mark.parametrize(("wraps", "roles"), [("NovaCompute", ["Compute"]), ("CinderVolume", ["Controller"])])
def test_what_is_wrapped_has_the_roles_that_hold_it(wraps: str, roles: list[str]) -> None:
    made = planned("train", WRAPS | {"wraps": wraps, "environment": {"extra_config": {"a": 1}}})
    assert made.repo.services[0].roles == roles
    assert [*made.repo.environment.parameter_defaults] == [f"{role}ExtraConfig" for role in roles]


def test_preflight_finds_a_role_that_does_not_hold_what_is_wrapped(tmp_path: Path) -> None:
    made = planned("13", WRAPS | {"wraps": "CinderVolume", "roles": ["Controller"]})
    undercloud(tmp_path, made, "BlockStorageCinderVolume")
    (found,) = preflight(tmp_path, f"ENVIRONMENTS={HA}")
    assert "role Controller does not hold CinderVolume" in found
    assert "but BlockStorageCinderVolume" in found
    assert "make roles" not in found


def test_what_is_off_by_one_name_only_is_noted() -> None:
    off = {"disabled_services": [f"{SERVICE}NeutronOvsAgent"]}
    service = {"service_name": "acme-agent", "roles": ["Controller", "Compute"], "environment": off}
    (note,) = planned("train", service).notes
    assert "Compute still runs it as ComputeNeutronOvsAgent" in note
    off["disabled_services"] += [f"{SERVICE}ComputeNeutronOvsAgent"]
    assert planned("train", service).notes == ()


def test_a_role_of_the_operators_comes_from_a_directory_of_his() -> None:
    text = readme(planned("wallaby", {"service_name": "acme-agent", "roles": ["ComputeNimbus"]}))
    generates = [line for line in text.splitlines() if "roles generate" in line]
    assert not any("ComputeNimbus" in line for line in generates)
    assert "roles generate --roles-path $HOME/roles" in text


PREPARED = {"build": "prepare", "prepare": "packages"}


@pytest.mark.parametrize("release", ["train", "16.2"])
def test_image_prepare_is_told_the_driver_with_which_it_knows_the_image(release: str) -> None:
    service = {key: value for key, value in DRIVER.items() if key != "environment"} | PREPARED
    entries = planned(release, service).repo.environment.prepare
    assert [entry["set"]["neutron_driver"] for entry in entries] == ["other", "other"]
    ovn = planned(release, service | {"base_image": "neutron-server-ovn"}).repo.environment.prepare
    assert [entry["set"]["neutron_driver"] for entry in ovn] == ["ovn", "ovn"]
    cinder = planned(release, service | {"base_image": "cinder-volume"}).repo.environment.prepare
    assert not any("neutron_driver" in entry["set"] for entry in cinder)


@pytest.mark.parametrize(
    ("release", "drivers", "words"),
    [
        ("train", ["acme", "ovn"], "image prepare knows no neutron-server; use neutron-server-ovn"),
        ("stein", [], "stein takes neutron-server-ovn in its place"),
    ],
)
def test_an_image_that_image_prepare_does_not_know_is_refused(
    release: str, drivers: list[str], words: str
) -> None:
    parameters = {"NeutronMechanismDrivers": drivers} if drivers else {}
    service = DRIVER | PREPARED | {"environment": {"parameter_defaults": parameters}}
    if release == "stein":
        service["prepare"] = "dockerfile"
    with pytest.raises(AnswersError) as caught:
        planned(release, service)
    assert any(words in f"{fault}" for fault in caught.value.faults)
    fine = service | {"environment": {"parameter_defaults": {"NeutronMechanismDrivers": ["acme"]}}}
    assert planned(release, fine).repo.environment.prepare
