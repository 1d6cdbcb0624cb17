"""The directories of the host that a service names: its daemons can write to each of them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from scaffold import answers
from scaffold.pipeline import plan


def role_data(*settings: str) -> Any:
    document = answers.load("", "answers.yaml").with_settings(["service_name=acme-agent", *settings])
    made = plan(answers.check(document)).rendered["docker/services/acme-agent.yaml"]
    return yaml.safe_load(made.content)["outputs"]["role_data"]["value"]


def owners(data: Any, container: str) -> dict[str, str]:
    config = data["kolla_config"][f"/var/lib/kolla/config_files/{container}.json"]
    return {entry["path"]: entry["owner"] for entry in config.get("permissions", [])}


@pytest.mark.parametrize("release", ["queens", "train", "wallaby"])
def test_the_daemon_owns_what_it_mounts(release: str) -> None:
    data = role_data(f"release={release}", "host_directories=[/var/lib/acme, /var/log/containers/acme]")
    assert owners(data, "acme_agent") == {
        "/var/lib/acme": "cinder:cinder",
        "/var/log/acme": "cinder:cinder",
    }


def test_every_container_that_mounts_them_owns_them_before_it_starts() -> None:
    more = "containers=[{name: acme_a, command: acme-a}, {name: acme_b, command: acme-b, user: neutron}, "
    more += "{name: acme_c, command: acme-c, user: root}, "
    more += "{name: acme_d, command: acme-d, image: a/openstack-cinder-api:1}, "
    more += "{name: acme_e, command: acme-e, user: '42407'}]"
    data = role_data("host_directories=[/var/log/containers/acme]", more)
    found = {name: owners(data, name) for name in ("acme_a", "acme_b", "acme_c", "acme_d", "acme_e")}
    assert found == {
        "acme_a": {"/var/log/acme": "cinder:cinder"},
        "acme_b": {"/var/log/acme": "neutron:neutron"},
        "acme_c": {},  # root may write anyway
        "acme_d": {},  # nobody knows the users of another image
        "acme_e": {},  # kolla knows names only
    }


def test_an_owner_that_the_answers_name_stands() -> None:
    kolla = "kolla={permissions: [{path: /var/lib/acme, owner: 'root:cinder', perm: '0770'}]}"
    data = role_data("host_directories=[/var/lib/acme, /var/log/containers/acme]", kolla)
    assert owners(data, "acme_agent") == {"/var/log/acme": "cinder:cinder", "/var/lib/acme": "root:cinder"}


@pytest.mark.parametrize(
    ("named", "made"),
    [
        ("[/var/lib/acme]", ["/var/log/containers/acme_agent", "/var/lib/acme"]),
        ("[/var/log/containers/acme]", ["/var/log/containers/acme"]),
    ],
)
def test_logs_stay_on_the_host_whatever_else_is_named(named: str, made: list[str]) -> None:
    (task,) = role_data(f"host_directories={named}")["host_prep_tasks"]
    assert task["with_items"] == made


def test_a_service_may_want_no_directory_at_all() -> None:
    assert "host_prep_tasks" not in role_data("host_directories=[]")
