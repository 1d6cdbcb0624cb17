"""A container is recreated where what it starts with has changed: its entry holds a digest of that."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from scaffold import answers, releases
from scaffold.pipeline import plan
from scaffold.tripleo.services import SCRIPT_SECTIONS

MODULE = {
    "kernel_module": {"name": "acme", "delivery": "container", "loader": "separate"},
    "privileged": True,
}
FURTHER = [
    {"name": "acme_side", "command": "/usr/bin/acme-side"},
    {"name": "acme_init", "command": ["acme-init"], "detach": False},
    {"name": "acme_once", "command": "acme-once", "detach": False, "kolla": {"config_files": []}},
]
WRAPS = {"base_image": "cinder-volume", "integration": "service", "wraps": {"service": "CinderVolume"}}


def role_data(release: str, engine: str = "", **service: Any) -> dict[str, Any]:
    asked = {"service_name": "acme-agent", "install": {"packages": ["acme-agent"]}} | service
    top = {"release": release} | ({"container_engine": engine} if engine else {})
    text = json.dumps(top | {"services": [asked]})
    rendered = plan(answers.check(answers.load(text, "answers.yaml"))).rendered
    template = yaml.safe_load(rendered["docker/services/acme-agent.yaml"].content)
    value = template["outputs"]["role_data"]["value"]
    found: dict[str, Any] = value["map_merge"][1] if "wraps" in service else value
    return {key: own(one) for key, one in found.items()}


def own(section: Any) -> Any:
    return section["map_merge"][1] if isinstance(section, dict) and "map_merge" in section else section


def digested(data: dict[str, Any], container: str) -> Any:
    """What Heat makes the digest of, in the variables of CONTAINER; None where it has none."""
    for step in data["docker_config"].values():
        variables = own(step).get(container, {}).get("environment", {})
        if isinstance(variables, list):
            pairs = [one["list_join"][1] for one in variables if isinstance(one, dict) and "list_join" in one]
            variables = {pair[0]: pair[1] for pair in pairs}
        if "START_HASH" in variables:
            algorithm, joined = variables["START_HASH"]["digest"]
            assert algorithm == "sha256"
            return joined["list_join"][1]
    return None


def scripts(data: dict[str, Any]) -> Any:
    return next(data[section] for section in SCRIPT_SECTIONS if section in data)


@pytest.mark.parametrize("release", releases.NAMES)
@pytest.mark.parametrize("more", [{}, WRAPS])
def test_every_container_holds_the_digest_of_its_kolla_file_and_script(
    release: str, more: dict[str, Any]
) -> None:
    data = role_data(release, containers=FURTHER, **MODULE, **more)
    kolla = {
        name: data["kolla_config"][f"/var/lib/kolla/config_files/{name}.json"]
        for name in ("acme_agent", "acme_agent_loader", "acme_side", "acme_once")
    }
    written = scripts(data)
    assert digested(data, "acme_agent") == [kolla["acme_agent"], written["acme_agent_launcher.sh"]]
    assert digested(data, "acme_agent_loader") == [
        kolla["acme_agent_loader"],
        written["acme_agent_loader.sh"],
    ]
    assert digested(data, "acme_side") == [kolla["acme_side"]]
    assert digested(data, "acme_once") == [kolla["acme_once"]]
    assert digested(data, "acme_init") is None  # its command stands in docker_config


def test_a_script_that_is_passed_through_counts_where_it_is_mounted() -> None:
    directory = releases.load("train").tripleo.config_scripts.directory
    names = ("acme.init.sh", "acme_init.sh")
    further = [
        {"name": f"acme_{number}", "command": ["/init.sh"], "volumes": [f"{directory}/{name}:/init.sh:ro"]}
        for number, name in enumerate(names)
    ]
    passed = {
        name: {"mode": "0755", "content": f"#!/bin/sh\nexec sleep infinity # {name}\n"}
        for name in (*names, "other.sh")
    }
    data = role_data("train", containers=further, extra={"role_data": {"container_config_scripts": passed}})
    assert data["container_config_scripts"] == passed
    for number, name in enumerate(names):
        assert digested(data, f"acme_{number}") == [passed[name]]


def removed(release: str, **more: Any) -> Any:
    """What the tasks after an upgrade to RELEASE remove that docker ran."""
    tasks = role_data(release, containers=FURTHER, **more).get("post_upgrade_tasks", [])
    return [task["vars"]["containers_to_rm"] for task in tasks if "tripleo-docker-rm" in str(task)]


def test_docker_runs_nothing_beside_podman_after_an_upgrade_to_stein() -> None:
    """Docker's container would go on beside podman's: the stock services have it removed as well."""
    staying = ["acme_agent_loader", "acme_side", "acme_agent"]
    assert removed("stein", **MODULE) == [staying]
    own = [{"name": "mine", "debug": {"msg": "x"}}]
    assert role_data("stein", post_upgrade_tasks=own)["post_upgrade_tasks"][1:] == own
    assert not removed("stein", engine="docker")
    assert not removed("rocky")
    assert not removed("train")
