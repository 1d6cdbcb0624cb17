"""The directories of the host that a service names: its daemons can write to each of them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from scaffold import answers
from scaffold.errors import AnswersError
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


HELD = "[{path: /etc/acme, mounted_at: /host/etc/acme}, {path: /var/lib/acme, containers: [acme_side]}, "
HELD += "{path: /srv/acme, containers: []}, {get_param: AcmeData}]"
SIDE = "containers=[{name: acme_side, command: acme-side, user: neutron}]"
DATA = "parameters={AcmeData: {type: string, default: /srv/data}}"


def volumes(data: Any, container: str) -> list[Any]:
    found: list[Any] = data["docker_config"]["step_4"][container]["volumes"]["list_concat"][1]
    return [volume for volume in found if "/var/lib/kolla" not in str(volume)]


def test_a_directory_is_mounted_where_it_is_said_and_by_whom() -> None:
    data = role_data(f"host_directories={HELD}", SIDE, DATA)
    (task,) = data["host_prep_tasks"]
    made = ["/etc/acme", "/var/lib/acme", "/srv/acme", {"get_param": "AcmeData"}]
    assert task["with_items"] == ["/var/log/containers/acme_agent", *made]
    logs, elsewhere = "/var/log/containers/acme_agent:/var/log/acme_agent:z", "/etc/acme:/host/etc/acme:z"
    data_volume = {"list_join": [":", [{"get_param": "AcmeData"}, {"get_param": "AcmeData"}, "z"]]}
    assert volumes(data, "acme_agent") == [logs, elsewhere, data_volume]
    assert volumes(data, "acme_side") == [logs, elsewhere, "/var/lib/acme:/var/lib/acme:z", data_volume]
    *_, of_data = data["kolla_config"]["/var/lib/kolla/config_files/acme_side.json"]["permissions"]
    assert of_data == {"path": {"get_param": "AcmeData"}, "owner": "neutron:neutron", "recurse": True}
    assert [*owners_of_texts(data, "acme_agent")] == ["/var/log/acme_agent", "/host/etc/acme"]


def owners_of_texts(data: Any, container: str) -> list[str]:
    config = data["kolla_config"][f"/var/lib/kolla/config_files/{container}.json"]
    return [entry["path"] for entry in config["permissions"] if isinstance(entry["path"], str)]


def test_two_directories_at_one_place_are_no_fault_where_no_container_has_both() -> None:
    held = "[{path: /srv/a, mounted_at: /data, containers: [acme_agent]}, "
    held += "{path: /srv/b, mounted_at: /data, containers: [acme_side]}]"
    data = role_data(f"host_directories={held}", SIDE)
    assert volumes(data, "acme_agent")[1:] == ["/srv/a:/data:z"]
    assert volumes(data, "acme_side")[1:] == ["/srv/b:/data:z"]


def test_a_service_without_containers_makes_directories_alone() -> None:
    settings = [
        "integration=config",
        "config_settings={a: 1}",
        "host_directories=[{get_param: RoleName}, /srv/a]",
    ]
    data = role_data(*settings)
    (task,) = data["host_prep_tasks"]
    assert task["with_items"] == [{"get_param": "RoleName"}, "/srv/a"]


REFUSED = {
    "[{path: /srv/a, containers: [acme_sid]}]": (
        "host_directories[0].containers[0]",
        'there is no container "acme_sid" of acme-agent; did you mean "acme_side"?',
    ),
    "[{path: /srv/a, mounted_at: /a, containers: []}]": (
        "host_directories[0].mounted_at",
        "no container mounts it (containers: []); leave one of them out",
    ),
    "[{path: /srv/a, mounted_at: /data}, {path: /srv/b, mounted_at: /data/}]": (
        "host_directories[1]",
        "host_directories (/srv/a) mounts /data already, and a container with two volumes at one path does "
        "not start; leave one of them out, or say mounted_at",
    ),
    "[{get_parm: A}]": ("host_directories[0].get_parm", "there is no answer"),
    "[/srv/a, /srv/a]": ("host_directories[1]", '"/srv/a" is in the list already'),
    "[{get_param: AcmeDat}]": (
        "host_directories[0].path.get_param",
        'there is no parameter "AcmeDat"; declare it under parameters',
    ),
}


@pytest.mark.parametrize("held", REFUSED)
def test_what_cannot_be_mounted_is_refused_with_the_reason(held: str) -> None:
    path, message = REFUSED[held]
    with pytest.raises(AnswersError) as caught:
        role_data(f"host_directories={held}", SIDE)
    fault = caught.value.faults[0]
    assert fault.path == f"services[0].{path}"
    assert message in fault.message
