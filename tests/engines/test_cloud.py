"""What a service takes from the cloud around it, as real Heat works it out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scaffold import answers, project
from scaffold.model import VendorRepo
from scaffold.pipeline import plan
from scaffold.verify.engines import engines
from scaffold.verify.rehearsal import Rehearsal
from scaffold.verify.rehearse import rehearse

pytestmark = pytest.mark.engines


def write(root: Path, release: str, *services: dict[str, Any], **more: Any) -> VendorRepo:
    """Write the repository of SERVICES to ROOT."""
    text = json.dumps({"vendor": "Acme", "release": release, "services": list(services)} | more)
    made = plan(answers.check(answers.load(text, "answers.yaml")))
    project.create(root, made.rendered | made.state)
    return made.repo


SWAP = {
    "service_name": "acme-server",
    "integration": "image",
    "base_image": "neutron-server",
    "install": {"packages": ["a"]},
}
PUPPET = {"step_config": "include ::tripleo::profile::base::neutron::ovs", "config_volume": "neutron"}


@pytest.mark.parametrize(("release", "prefix"), [("rocky", "Docker"), ("train", "Container")])
@pytest.mark.parametrize("integration", ["config", "service"])
def test_a_volume_of_the_release_keeps_the_image_of_the_release(
    release: str, prefix: str, integration: str, tmp_path: Path, resolve: Any
) -> None:
    service = {"service_name": "acme-ml2", "integration": integration, "puppet_config": PUPPET}
    repo = write(tmp_path / "made", release, service)
    parameter = f"{prefix}NeutronConfigImage"
    assert parameter not in repo.environment.images
    prepared = {parameter: "192.168.24.1:8787/stock/neutron-server:1"}
    data = resolve(tmp_path / "made", release, "OS::TripleO::Services::AcmeMl2", parameters=prepared)
    assert data["puppet_config"][0]["config_image"] == "192.168.24.1:8787/stock/neutron-server:1"


def test_the_layer_of_the_repository_is_where_puppet_runs(tmp_path: Path, resolve: Any) -> None:
    agent = {
        "service_name": "acme-agent",
        "integration": "config",
        "puppet_config": {"step_config": "include acme", "config_image": "neutron-server"},
    }
    other = {
        "service_name": "acme-ml2",
        "integration": "config",
        "puppet_config": PUPPET | {"config_image": "neutron-server"},
    }
    repo = write(tmp_path / "made", "train", SWAP, agent, other)
    layer = repo.services[0].images[0].reference
    for name in ("AcmeAgent", "AcmeMl2"):
        data = resolve(tmp_path / "made", "train", f"OS::TripleO::Services::{name}")
        assert data["puppet_config"][0]["config_image"] == layer


def test_another_volume_runs_in_the_stock_image_that_is_prepared_or_in_the_operators(
    tmp_path: Path, resolve: Any
) -> None:
    puppet = {"step_config": "include acme", "config_image": "neutron-server"}
    service = {"service_name": "acme-agent", "integration": "config", "puppet_config": puppet}
    repo = write(tmp_path / "made", "wallaby", service)
    assert repo.environment.images == {}
    name, prepared = "OS::TripleO::Services::AcmeAgent", {"ContainerNeutronConfigImage": "local/server:1"}
    data = resolve(tmp_path / "made", "wallaby", name, parameters=prepared)
    assert data["puppet_config"][0]["config_image"] == "local/server:1"
    mine = prepared | {"ContainerAcmeAgentConfigImage": "local/mine:1"}
    data = resolve(tmp_path / "made", "wallaby", name, parameters=mine)
    assert data["puppet_config"][0]["config_image"] == "local/mine:1"


def test_a_base_without_volume_gets_the_one_that_is_asked_for(tmp_path: Path, resolve: Any) -> None:
    service = {
        "service_name": "acme-ml2",
        "integration": "config",
        "wraps": {"service": "NeutronCorePlugin", "template": "puppet/services/neutron-plugin-ml2.yaml"},
        "puppet_config": PUPPET | {"puppet_tags": ["neutron_plugin_ml2"], "volumes": ["/a:/a"]},
    }
    write(tmp_path / "made", "rocky", service)
    prepared = {"DockerNeutronConfigImage": "local/server:1", "RpcPassword": "x"}
    name = "OS::TripleO::Services::NeutronCorePlugin"
    (made,) = resolve(tmp_path / "made", "rocky", name, parameters=prepared)["puppet_config"]
    assert made["config_volume"] == "neutron"
    assert made["config_image"] == "local/server:1"
    assert made["puppet_tags"] == "neutron_plugin_ml2"
    assert made["volumes"] == ["/a:/a"]
    assert PUPPET["step_config"] in made["step_config"]


READ = {"get_param": "AcmeMask"}
EVERYWHERE = {
    "config_settings": {"acme::mask": READ},
    "service_config_settings": {"neutron_api": {"acme::mask": READ}},
    "metadata_settings": [{"service": READ, "network": "internal_api", "type": "node"}],
    "host_prep_tasks": [{"name": "a", "shell": {"str_replace": {"template": "M", "params": {"M": READ}}}}],
    "deploy_steps_tasks": [{"name": "a", "debug": {"msg": READ}}],
    "upgrade_tasks": [{"name": "a", "debug": {"msg": READ}}],
    "containers": [
        {"name": "acme_one", "command": ["a", READ], "environment": {"MASK": READ}, "volumes": [READ]}
    ],
    "extra": {
        "container": {"cpuset_cpus": READ},
    },
}


def test_every_section_reads_the_value_of_the_role(tmp_path: Path, resolve: Any) -> None:
    mask = {"type": "string", "default": "of-all", "role_specific": True}
    asked = {"masked": {"equals": [READ, "of-the-role"]}}
    service = {
        "service_name": "acme-agent",
        "parameters": {"AcmeMask": mask},
        "conditions": asked,
    } | EVERYWHERE
    service["config_settings"] = {"acme::mask": READ, "acme::masked": {"if": ["masked", "yes", "no"]}}
    write(tmp_path / "made", "train", service)
    name = "OS::TripleO::Services::AcmeAgent"
    data = resolve(tmp_path / "made", "train", name, role_parameters={"AcmeMask": "of-the-role"})
    assert "of-all" not in json.dumps(data)
    assert data["config_settings"]["acme::masked"] == "yes"
    for key in ("host_prep_tasks", "deploy_steps_tasks", "upgrade_tasks", "docker_config"):
        assert "of-the-role" in json.dumps(data[key]), key
    text = (tmp_path / "made/docker/services/acme-agent.yaml").read_text()
    assert (
        text.count("{get_param: AcmeMask}") == 2
    )  # where the role has none: RoleParametersValue, the condition
    data = resolve(tmp_path / "made", "train", name)
    assert data["config_settings"] == {"acme::mask": "of-all", "acme::masked": "no"}


@pytest.mark.slow
def test_what_wraps_a_stock_service_is_rehearsed_with_all_that_this_one_nests(
    tmp_path: Path, session: Any
) -> None:
    """A key of ceph has a shape, logging and TLS are types of the registry, horizon wants a password."""
    wrapping = {"NovaCompute": "acme-nova", "NeutronApi": "acme-api", "Horizon": "acme-horizon"}
    services = [
        {"service_name": name, "integration": "config", "wraps": stock, "config_settings": {"acme::x": 1}}
        for stock, name in wrapping.items()
    ]
    services[0]["environment"] = {"parameter_defaults": {"NovaReservedHostMemory": 8192}}
    repo = write(tmp_path / "made", "train", *services)
    asked = [service | {"roles": made.roles} for service, made in zip(services, repo.services, strict=True)]
    rehearsal = Rehearsal(tmp_path / "made", repo, asked, session)
    (act,) = rehearse(rehearsal, engines(["heat"]), lambda words: None)
    assert [finding.saw for finding in act.result.findings] == []


def test_a_manifest_that_puppet_never_runs_is_found(tmp_path: Path, session: Any) -> None:
    service = {
        "service_name": "acme-pure",
        "integration": "config",
        "wraps": "CinderApi",
        "puppet_config": "include x",
    }
    repo = write(tmp_path / "made", "train", service)
    template = tmp_path / "made/docker/services/acme-pure.yaml"
    text = template.read_text()
    stock = "{get_attr: [StockService, role_data, puppet_config]}"
    assert stock in text
    template.write_text(text.replace(stock, "{}"))
    rehearsal = Rehearsal(tmp_path / "made", repo, [service], session)
    (act,) = rehearse(rehearsal, engines(["heat"]), lambda words: None)
    assert any("puppet never runs it" in finding.saw for finding in act.result.findings)


@pytest.mark.parametrize("release", ["train", "wallaby"])
def test_the_lint_of_the_templates_takes_a_volume_of_the_release(
    release: str, tmp_path: Path, session: Any
) -> None:
    """A parameter that several templates declare is described in the same words everywhere."""
    stock = {"service_name": "acme-ml2", "integration": "config", "puppet_config": PUPPET}
    other = {"step_config": "include acme", "config_image": "neutron-server"}
    services = [stock, stock | {"service_name": "acme-agent", "puppet_config": other}]
    repo = write(tmp_path / "made", release, *services)
    rehearsal = Rehearsal(tmp_path / "made", repo, services, session)
    (act,) = rehearse(rehearsal, engines(["tht"]), lambda words: None)
    assert [finding.saw for finding in act.result.findings] == []
