"""Images that exist already, and images that are named by their parameter: nothing is built, all is wired."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold import answers, project
from scaffold.commands.check import check
from scaffold.errors import AnswersError
from scaffold.pipeline import Plan, plan

from .system import installed

CERTIFIED = "registry.connect.redhat.com/acme/openstack-cinder-volume-acme:16.2"
AGENT = "quay.io/acme/vrouter:2.1"
CONFIG = "/var/lib/kolla/config_files/acme_agent.json"


def planned(*services: dict[str, Any], **top: Any) -> Plan:
    text = json.dumps({"release": "16.2", "vendor": "Acme"} | top | {"services": [*services]})
    return plan(answers.check(answers.load(text, "answers.yaml")))


def files(*services: dict[str, Any], **top: Any) -> dict[str, str]:
    return {path: one.content.decode() for path, one in planned(*services, **top).rendered.items()}


def swap(**more: Any) -> dict[str, Any]:
    return {"service_name": "acme-driver", "integration": "image", "image": CERTIFIED} | more


def agent(**more: Any) -> dict[str, Any]:
    return {"service_name": "acme-agent", "image": AGENT} | more


def defaults(made: dict[str, str]) -> dict[str, Any]:
    found = yaml.safe_load(made["environments/acme-tripleo.yaml"])["parameter_defaults"]
    assert isinstance(found, dict)
    return found


def role_data(made: dict[str, str]) -> Any:
    return yaml.safe_load(made["docker/services/acme-agent.yaml"])["outputs"]["role_data"]["value"]


def test_a_certified_image_stands_for_the_stock_one_and_nothing_is_built() -> None:
    made = files(swap())
    assert defaults(made) == {"ContainerCinderVolumeImage": CERTIFIED}
    assert not [path for path in made if path.startswith("containers/")]
    assert "\nbuild:" not in made["Makefile"]
    assert "\ninputs:" not in made["Makefile"]
    readme = made["README.md"]
    assert f"the image `{CERTIFIED}` in place of the stock image `cinder-volume`" in readme
    assert "make build" not in readme
    assert "make overlay" not in readme
    assert "adds nothing" not in readme
    assert "registry.connect.redhat.com:\n      USER: PASSWORD" in readme


def test_preflight_wants_no_registry_that_nothing_is_pushed_to() -> None:
    assert "def insecure" not in files(swap(), release="stein")["scripts/preflight.py"]
    layer = {"service_name": "acme-driver", "integration": "image", "install": {"packages": ["a"]}}
    assert "def insecure" in files(layer, release="stein")["scripts/preflight.py"]


def test_its_next_tag_is_another_image() -> None:
    made = planned(swap())
    assert "--set services.acme-driver.image=IMAGE" in made.rendered["README.md"].content.decode()


def test_image_prepare_brings_it_into_the_registry_of_the_undercloud() -> None:
    made = files(swap(build="prepare"))
    others, ours = defaults(made)["ContainerImagePrepare"]
    assert others["excludes"] == ["/openstack-cinder-volume:"]
    assert ours["includes"] == ["/openstack-cinder-volume-acme:"]
    assert ours["set"] == {
        "namespace": "registry.connect.redhat.com/acme",
        "name_prefix": "openstack-",
        "name_suffix": "-acme",
        "tag": "16.2",
    }
    assert ours["push_destination"] is True
    assert "modify_role" not in ours
    assert "ContainerCinderVolumeImage" not in defaults(made)
    assert "**A list in a later environment file replaces the whole list.**" in made["README.md"]
    assert "make stage" not in made["README.md"]


def test_a_service_runs_an_image_of_others_as_that_has_it() -> None:
    made = files(agent(step=1, privileged=True))
    data = role_data(made)
    container = data["docker_config"]["step_1"]["acme_agent"]
    assert "command" not in container
    assert data["kolla_config"] == {}
    assert "KOLLA_CONFIG_STRATEGY" not in str(container)
    assert "kolla" not in str(container["volumes"])
    assert defaults(made) == {"ContainerAcmeAgentImage": AGENT}
    assert not [path for path in made if path.startswith("containers/")]
    assert "/usr/bin/acme-agent" not in made["README.md"]


def test_its_command_and_launcher_run_without_kolla() -> None:
    data = role_data(files(agent(command="/bin/vrouter --foreground")))
    assert data["docker_config"]["step_4"]["acme_agent"]["command"] == "/bin/vrouter --foreground"
    launched = role_data(files(agent(launcher_script={"name": "go.sh", "exec": "/bin/vrouter"})))
    assert launched["docker_config"]["step_4"]["acme_agent"]["command"] == "/go.sh"
    assert launched["kolla_config"] == {}


def test_a_loader_of_an_image_of_others_runs_without_kolla_too() -> None:
    module = {"name": "acme_nic", "loader": "separate"}
    data = role_data(files(agent(privileged=True, kernel_module=module, command="/bin/vrouter")))
    loader = data["docker_config"]["step_3"]["acme_agent_loader"]
    assert loader["command"] == "/acme_agent_loader.sh"
    assert data["kolla_config"] == {}


@pytest.mark.parametrize(
    "more",
    [
        {"image": "mirror.example:5000/x/openstack-neutron-server:1"},
        {"container": {"kolla_start": True}},
        {"kolla": {"config_files": []}},
    ],
)
def test_kolla_starts_an_image_that_has_it(more: dict[str, Any]) -> None:
    data = role_data(files(agent(command="/bin/vrouter") | more))
    assert data["kolla_config"][CONFIG]["command"] == "/bin/vrouter"


def test_a_layer_on_what_is_not_kolla_s_runs_as_its_base_does() -> None:
    own = {
        "service_name": "acme-agent",
        "base_image": "quay.io/acme/ubi:9",
        "base_user": "acme",
        "container": {"kolla_start": False},
    }
    made = files(own)
    assert role_data(made)["kolla_config"] == {}
    assert "COPY acme-agent" not in made["containers/acme-agent/Dockerfile"]


BY_PARAMETER: dict[str, tuple[Any, str]] = {
    "a stock image": ("nova-compute", "ContainerNovaComputeImage"),
    "a parameter of the release": (
        {"get_param": "ContainerNeutronConfigImage"},
        "ContainerNeutronConfigImage",
    ),
    "the image of another service": ({"get_param": "ContainerAcmeToolsImage"}, "ContainerAcmeToolsImage"),
}


@pytest.mark.parametrize("case", BY_PARAMETER)
@pytest.mark.parametrize("release", ["train", "wallaby"])
def test_a_further_container_uses_an_image_by_its_parameter(case: str, release: str, tmp_path: Path) -> None:
    """What image prepare, or another service, sets it to stays as it is."""
    image, parameter = BY_PARAMETER[case]
    further = {"name": "acme_helper", "image": image, "command": "/bin/help"}
    tools = {"service_name": "acme-tools", "install": {"packages": ["acme-tools"]}}
    made = planned(agent(command="/bin/vrouter", containers=[further]), tools, release=release)
    texts = {path: one.content.decode() for path, one in made.rendered.items()}
    template = yaml.safe_load(texts["docker/services/acme-agent.yaml"])
    assert template["parameters"][parameter]["type"] == "string"
    container = role_data(texts)["docker_config"]["step_4"]["acme_helper"]
    assert parameter in str(container["image"])
    assert "acme_helper.json" in str(role_data(texts)["kolla_config"])
    assert (parameter in defaults(texts)) == ("AcmeTools" in parameter)
    project.create(tmp_path / "made", made.rendered | made.state)
    assert check(tmp_path / "made", strict=True) == 0


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a base": (agent(base_image="cinder-volume"), "base_image: nothing is built"),
    "what a build installs": (swap(install={"packages": ["a"]}), "install: nothing is built"),
    "labels": (swap(labels={"a": "b"}), "labels: nothing is built"),
    "lines": (swap(extra={"dockerfile": ["RUN true"]}), "extra.dockerfile: nothing is built"),
    "a tag": (swap(image_tag="1"), "image_tag: nothing is built"),
    "a build": (swap(build="kolla"), "build: the image exists"),
    "prepare, for a service": (agent(build="prepare"), "build: image prepare sets the parameters of stock"),
    "a name that prepare cannot make": (
        swap(build="prepare", image="quay.io/acme/driver:1"),
        "image: image prepare",
    ),
    "kolla without a command": (agent(container={"kolla_start": True}), "command: missing"),
    "a launcher of nothing": (agent(launcher_script="go.sh"), "command: missing"),
    "kolla that is not there": (
        agent(container={"kolla_start": False}, kolla={"config_files": []}),
        "kolla: only kolla_start does that",
    ),
    "a parameter that nobody has": (
        agent(containers=[{"name": "a", "image": {"get_param": "ContainerNonesuchImage"}, "command": "a"}]),
        'containers[0].image.get_param: there is no parameter "ContainerNonesuchImage"',
    ),
    "another function": (
        agent(containers=[{"name": "a", "image": {"if": ["a", "b", "c"]}, "command": "a"}]),
        "containers[0].image: must be",
    ),
    "no stock image": (
        agent(containers=[{"name": "a", "image": "cinder-volum", "command": "a"}]),
        "containers[0].image: there is no stock image",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_reason(case: str) -> None:
    asked, message = REFUSED[case]
    with pytest.raises(AnswersError) as caught:
        files(asked, release="train")
    assert f"services[0].{message}" in str(caught.value.faults[0])


@pytest.mark.parametrize("service", [swap(), swap(build="prepare"), agent(), agent(command="/bin/a")])
def test_check_has_nothing_against_it_and_every_target_runs(service: dict[str, Any], tmp_path: Path) -> None:
    made = planned(service)
    project.create(tmp_path / "made", made.rendered | made.state)
    assert check(tmp_path / "made", strict=True) == 0
    assert subprocess.run([installed("make"), "--silent", "help"], cwd=tmp_path / "made").returncode == 0


def test_several_images_may_each_exist() -> None:
    made = files(
        {
            "service_name": "acme-driver",
            "integration": "image",
            "images": [
                {"base_image": "cinder-volume", "image": CERTIFIED},
                {"base_image": "horizon", "install": {"packages": ["acme-ui"]}},
            ],
        }
    )
    assert defaults(made)["ContainerCinderVolumeImage"] == CERTIFIED
    assert [path for path in made if path.endswith("/Dockerfile")] == ["containers/horizon/Dockerfile"]
