"""The service template: what it declares, what it refers to, and what the answers may add to it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from scaffold import answers, releases
from scaffold.errors import AnswersError
from scaffold.pipeline import plan

AGENT: dict[str, Any] = {"service_name": "acme-agent", "install": {"packages": ["acme-agent"]}}
PUPPET = {"step_config": "include acme\n"}
WRAPPING = AGENT | {
    "integration": "service",
    "base_image": "cinder-volume",
    "wraps": {"service": "CinderVolume"},
    "puppet_config": PUPPET,
}
OF_NEUTRON = AGENT | {"puppet_config": PUPPET | {"config_volume": "neutron"}}
ONE_SHOT = AGENT | {"containers": [{"name": "acme_once", "detach": False, "command": ["acme-init"]}]}


def written(service: dict[str, Any], release: str = "wallaby") -> str:
    text = json.dumps({"release": release, "services": [service]})
    planned = plan(answers.check(answers.load(text, "answers.yaml")))
    return planned.rendered[f"docker/services/{service['service_name']}.yaml"].content.decode()


def referred(value: Any) -> set[str]:
    """The parameters that VALUE, of YAML, reads."""
    if isinstance(value, list):
        return set().union(*map(referred, value))
    if not isinstance(value, dict):
        return set()
    named = value.get("get_param", [])
    own = {named} if isinstance(named, str) else set(named[:1])
    return own.union(*map(referred, value.values()))


@pytest.mark.parametrize("release", releases.NAMES)
@pytest.mark.parametrize("service", [AGENT, WRAPPING, OF_NEUTRON, ONE_SHOT])
def test_every_parameter_that_is_read_is_declared(service: dict[str, Any], release: str) -> None:
    template = yaml.safe_load(written(service, release))
    assert referred({**template, "parameters": {}}) <= template["parameters"].keys()


def test_an_empty_line_of_a_text_stays_empty() -> None:
    """yamllint calls spaces at the end of a line an error, and make lint runs it."""
    text = written(AGENT | {"puppet_config": {"step_config": "include a\n\ninclude b\n"}})
    assert "include a\n\n" in text
    assert not [line for line in text.split("\n") if line != line.rstrip()]


def of(*changes: dict[str, Any], release: str = "wallaby") -> list[str]:
    """What is refused in the service of AGENT and CHANGES."""
    service = dict(AGENT)
    for change in changes:
        service |= change
    with pytest.raises(AnswersError) as caught:
        written(service, release)
    return [f"{fault.path}: {fault.message}" for fault in caught.value.faults]


def json_parameter(name: str) -> dict[str, Any]:
    return {"parameters": {name: {"type": "json"}}}


STANDARD = ("EndpointMap", "RoleName", "RoleParameters", "ServiceData", "ServiceNetMap")


@pytest.mark.parametrize(
    ("name", "more", "release"),
    [
        *((name, {}, release) for name in STANDARD for release in ("queens", "wallaby")),
        ("DefaultPasswords", {}, "queens"),
        ("ContainerAcmeAgentImage", {}, "wallaby"),
        ("DockerAcmeAgentImage", {}, "queens"),
        ("ContainerAcmeAgentConfigImage", {"puppet_config": PUPPET}, "wallaby"),
        ("DeployIdentifier", ONE_SHOT, "wallaby"),
    ],
)
def test_what_the_template_declares_is_not_declared_twice(
    name: str, more: dict[str, Any], release: str
) -> None:
    (fault,) = of(more, json_parameter(name), release=release)
    assert fault == f"services[0].parameters.{name}: the template declares it already; leave it out"
    # and the advice works
    asked = AGENT | more | {"config_settings": {"acme::setting": {"get_param": name}}}
    template = yaml.safe_load(written(asked, release))
    assert name in template["parameters"]


def test_the_image_of_a_stock_config_volume_may_be_declared_by_the_vendor() -> None:
    """The template once read it and did not declare it."""
    text = written(OF_NEUTRON | json_parameter("ContainerNeutronConfigImage"))
    assert text.count("  ContainerNeutronConfigImage:\n    type: json\n") == 1


@pytest.mark.parametrize("name", ["DefaultPasswords", "DeployIdentifier", "ContainerAcmeAgentConfigImage"])
def test_what_the_template_does_not_declare_is_the_vendors(name: str) -> None:
    asked = {"config_settings": {"acme::setting": {"get_param": name}}}
    (fault,) = of(asked)
    assert fault.endswith(f'there is no parameter "{name}"; declare it under parameters')
    assert name in yaml.safe_load(written(AGENT | asked | json_parameter(name)))["parameters"]


def test_rules_of_the_firewall_are_written_once() -> None:
    key = "tripleo.acme_agent.firewall_rules"
    rules = {"firewall_rules": {"200 acme": {"dport": 9080}}, "config_settings": {key: {}}}
    (fault,) = of(rules, release="train")
    message = "firewall_rules is written there; write all rules under that"
    assert fault == f'services[0].config_settings["{key}"]: {message}'
    assert written(AGENT | {"firewall_rules": rules["firewall_rules"]}, "train").count(key) == 1


LAUNCHER = {"launcher_script": {"name": "acme_launcher.sh", "exec": "/usr/bin/acme-agent"}}


@pytest.mark.parametrize("more", [AGENT, WRAPPING])
def test_further_config_scripts_stand_beside_the_launcher(more: dict[str, Any]) -> None:
    scripts = {"container_config_scripts": {"acme.sh": {"mode": "0755", "content": "true\n"}}}
    mount = "/var/lib/container-config-scripts/acme.sh:/acme.sh:ro"
    service = more | LAUNCHER | {"extra": {"role_data": scripts}, "container": {"volumes": [mount]}}
    text = written(service)
    assert text.count("container_config_scripts:") == 1
    assert "acme.sh:" in text
    scripts["container_config_scripts"] = {"acme_launcher.sh": {}}
    assert of(service) == [
        'services[0].extra.role_data.container_config_scripts["acme_launcher.sh"]: '
        "the launcher writes a script of this name; choose another"
    ]


def test_a_one_shot_may_have_an_identifier_of_its_own() -> None:
    own = {"environment": {"TRIPLEO_DEPLOY_IDENTIFIER": "once"}}
    for release in ("train", "wallaby"):
        text = written(ONE_SHOT | {"containers": [ONE_SHOT["containers"][0] | own]}, release)
        assert text.count("TRIPLEO_DEPLOY_IDENTIFIER") == 1
