"""Templates that a service takes in, as real Heat and the lint of the templates see them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scaffold.verify.engines import engines
from scaffold.verify.rehearsal import Rehearsal
from scaffold.verify.rehearse import rehearse
from tests.engines.test_cloud import PUPPET, write

pytestmark = pytest.mark.engines
L3 = "deployment/neutron/neutron-l3-container-puppet.yaml"
ML2 = {  # by release: the template of ML2, and one of the release's with hieradata of its own
    "queens": ("OS::TripleO::Docker::NeutronMl2PluginBase", "puppet/services/neutron-l3.yaml"),
    "train": ("deployment/neutron/neutron-plugin-ml2.yaml", L3),
    "wallaby": ("deployment/neutron/neutron-plugin-ml2.yaml", L3),
}


def agent(release: str) -> dict[str, Any]:
    ml2, other = ML2[release]
    return {
        "service_name": "acme-agent",
        "integration": "config",
        "wraps": [
            {"template": ml2, "sections": ["config_settings", "metadata_settings"]},
            {"template": other, "sections": ["config_settings"]},
        ],
        "puppet_config": PUPPET | {"puppet_tags": ["neutron_plugin_ml2"]},
        "config_settings": {"acme::x": 1, "neutron::plugins::ml2::flat_networks": ["mine"]},
    }


def found(made: Path, repo: Any, asked: list[dict[str, Any]], session: Any, engine: str) -> list[str]:
    rehearsal = Rehearsal(made, repo, asked, session)
    (act,) = rehearse(rehearsal, engines([engine]), lambda words: None)
    return [finding.saw for finding in act.result.findings]


@pytest.mark.parametrize(
    "release", ["train", *(pytest.param(one, marks=pytest.mark.slow) for one in ("queens", "wallaby"))]
)
def test_a_service_of_its_own_takes_in_what_templates_say(release: str, tmp_path: Path, session: Any) -> None:
    made, service = tmp_path / "made", agent(release)
    repo = write(made, release, service)
    data = Rehearsal(made, repo, [service], session).role_data(repo.services[0])
    settings = data["config_settings"]
    assert data["service_names"] == ["acme_agent"]
    assert settings["neutron::plugins::ml2::flat_networks"] == ["mine"]
    assert {"acme::x", "neutron::plugins::ml2::type_drivers", "neutron::agents::l3::debug"} <= {*settings}
    assert [one["step_config"] for one in data["puppet_config"]] == [PUPPET["step_config"]]
    assert "plugins::ml2" not in data["step_config"]
    assert found(made, repo, [service], session, "heat") == []
    assert found(made, repo, [service], session, "tht") == []
    template = made / "docker/services/acme-agent.yaml"
    text = template.read_text()
    lost = "          - {get_attr: [StockService, role_data, config_settings]}\n"
    assert lost in text
    template.write_text(text.replace(lost, ""))
    assert any(
        "config_settings.neutron::plugins::ml2::type_drivers" in saw
        for saw in found(made, repo, [service], session, "heat")
    )


@pytest.mark.slow
def test_a_role_of_its_own_runs_a_stock_service_with_another_image(tmp_path: Path, session: Any) -> None:
    made = tmp_path / "made"
    service = {
        "service_name": "acme-compute",
        "integration": "config",
        "roles": ["ComputeAcme"],
        "wraps": {
            "service": "NovaCompute",
            "in_place": False,
            "properties": {"ContainerNovaComputeImage": {"get_param": "AcmeComputeImage"}},
        },
        "parameters": {
            "AcmeComputeImage": {"type": "string"},
            "AcmeMask": {"type": "string", "default": "", "role_specific": True},
        },
        "deploy_steps_tasks": [
            {"name": "mask", "debug": {"msg": {"get_param": "AcmeMask"}}, "when": "step|int == 1"}
        ],
        "environment": {"parameter_defaults": {"AcmeComputeImage": "registry.example/acme/compute:1"}},
    }
    repo = write(made, "train", service)
    assert found(made, repo, [service], session, "heat") == []
    assert list(repo.environment.resource_registry) == ["OS::TripleO::Services::AcmeCompute"]
    data = Rehearsal(made, repo, [service], session).role_data(repo.services[0])
    assert data["service_names"] == ["nova_compute"]
    assert data["docker_config"]["step_5"]["nova_compute"]["image"] == "registry.example/acme/compute:1"
