"""The service template: what it declares, what it refers to, and what the answers may add to it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from scaffold import answers, releases
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
