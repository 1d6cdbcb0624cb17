"""Further containers with images of their own: a parameter each, and kolla only where the image has it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from scaffold import answers
from scaffold.errors import AnswersError
from scaffold.pipeline import plan

EXPORTER = "quay.io/prometheus/node-exporter:v1.3.1"
LINE = "/bin/node_exporter --path.rootfs '/host root'"


def rendered(release: str, *containers: dict[str, Any], **service: Any) -> dict[str, str]:
    asked = {"service_name": "acme-agent", "install": {"packages": ["a"]}, "containers": list(containers)}
    text = json.dumps({"release": release, "vendor": "Acme", "services": [asked | service]})
    made = plan(answers.check(answers.load(text, "answers.yaml"))).rendered
    return {path: file.content.decode() for path, file in made.items()}


def role_data(files: dict[str, str]) -> Any:
    return yaml.safe_load(files["docker/services/acme-agent.yaml"])["outputs"]["role_data"]["value"]


@pytest.mark.parametrize(
    ("release", "parameter"),
    [("rocky", "DockerAcmeAgentExporterImage"), ("train", "ContainerAcmeAgentExporterImage")],
)
@pytest.mark.parametrize("name", ["exporter", "acme_agent_exporter"])
def test_an_image_of_its_own_is_a_parameter_that_the_operator_may_set(
    release: str, parameter: str, name: str
) -> None:
    files = rendered(release, {"name": name, "image": EXPORTER, "command": LINE})
    template = yaml.safe_load(files["docker/services/acme-agent.yaml"])
    assert template["parameters"][parameter] == {
        "description": f"Image of the container {name}",
        "type": "string",
    }
    assert role_data(files)["docker_config"]["step_4"][name]["image"] == {"get_param": parameter}
    assert (
        yaml.safe_load(files["environments/acme-tripleo.yaml"])["parameter_defaults"][parameter] == EXPORTER
    )
    assert f"- `{EXPORTER}`, of `{parameter}`\n" in files["README.md"]
    assert f'FOREIGN = ["{parameter}"]' in files["scripts/preflight.py"]
    assert EXPORTER not in files["Makefile"]


def test_a_role_may_have_an_image_of_its_own() -> None:
    files = rendered("wallaby", {"name": "exporter", "image": EXPORTER, "command": LINE})
    image = {"get_attr": ["RoleParametersValue", "value", "ContainerAcmeAgentExporterImage"]}
    assert role_data(files)["docker_config"]["step_4"]["exporter"]["image"] == image


STARTS: dict[str, tuple[dict[str, Any], bool]] = {
    "the service's own image": ({}, True),
    "an image that is not kolla's": ({"image": EXPORTER}, False),
    "an image of the release, of a mirror": ({"image": "mirror.example:5000/x/openstack-cinder-api:1"}, True),
    "the name of one without its prefix": ({"image": "docker.io/library/redis:6"}, False),
    "another that has it": ({"image": EXPORTER, "kolla_start": True}, True),
    "kolla has something to do": ({"image": EXPORTER, "kolla": {"config_files": []}}, True),
    "told that it has none": ({"kolla_start": False}, False),
}


@pytest.mark.parametrize("case", STARTS)
def test_kolla_starts_what_has_it_and_else_the_command_runs_itself(case: str) -> None:
    more, by_kolla = STARTS[case]
    line = LINE.replace("'/host root'", "/host")
    data = role_data(rendered("wallaby", {"name": "exporter", "command": line} | more))
    container = data["docker_config"]["step_4"]["exporter"]
    config = data["kolla_config"].get("/var/lib/kolla/config_files/exporter.json")
    assert (config is not None) == by_kolla
    assert container.get("command") == (None if by_kolla else line)
    assert ("KOLLA_CONFIG_STRATEGY" in container.get("environment", {})) == by_kolla
    assert any("exporter.json" in str(volume) for volume in container["volumes"]["list_concat"]) == by_kolla


REFUSED: dict[str, tuple[list[dict[str, Any]], str]] = {
    "kolla without kolla_start": (
        [
            {
                "name": "a",
                "image": EXPORTER,
                "command": "a",
                "kolla_start": False,
                "kolla": {"config_files": []},
            }
        ],
        "containers[0].kolla: only kolla_start does that",
    ),
    "two containers with one parameter": (
        [{"name": name, "image": EXPORTER} for name in ("acme_agent_a", "a")],
        "containers[1].name: ContainerAcmeAgentAImage, of its image, names another already",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_reason(case: str) -> None:
    containers, message = REFUSED[case]
    with pytest.raises(AnswersError) as caught:
        rendered("wallaby", *containers)
    assert [f"services[0].{message}" in str(fault) for fault in caught.value.faults] == [True]


def test_the_parameter_of_a_stock_image_is_not_taken() -> None:
    with pytest.raises(AnswersError, match="ContainerCinderVolumeImage, of its image, names another"):
        rendered("wallaby", {"name": "volume", "image": EXPORTER}, service_name="cinder")
