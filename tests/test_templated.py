"""Values of a container that Heat works out: functions in place of texts, in the form of each release."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold import answers, project
from scaffold.commands.check import check
from scaffold.errors import AnswersError
from scaffold.pipeline import plan
from scaffold.verify.engines.linters import lint

PORT = {"get_param": "AcmePort"}
HOST = {"get_param": "AcmeHost"}
COMMAND = {"list_join": [" ", ["/usr/bin/acme-agent", "--host", HOST]]}
MOUNT = {"if": ["tls_is_on", "/etc/pki/acme:/etc/pki/acme:ro", "/dev/null:/etc/pki/acme/none"]}
HEALTH = {"get_attr": ["ContainersCommon", "healthcheck_rpc_port", "test"]}
SERVICE: dict[str, Any] = {
    "service_name": "acme-agent",
    "command": COMMAND,
    "install": {"packages": ["acme-agent"]},
    "parameters": {
        "AcmePort": {"type": "number", "default": 9080},
        "AcmeHost": {"type": "string", "default": "acme.example"},
    },
    "conditions": {"tls_is_on": {"equals": [PORT, 9443]}},
    "container": {
        "environment": {"ACME_PORT": PORT, "ACME_URL": {"list_join": [":", ["http", HOST]]}, "A": "b"},
        "volumes": [MOUNT, "/var/lib/acme:/var/lib/acme"],
        "healthcheck": {"test": HEALTH},
    },
    "containers": [
        {"name": "acme_side", "command": COMMAND},
        {"name": "acme_once", "command": ["acme-init", HOST], "detach": False},
    ],
}


def repository(release: str, **more: Any) -> Any:
    text = json.dumps({"release": release, "services": [SERVICE | more]})
    return plan(answers.check(answers.load(text, "answers.yaml")))


def role_data(release: str, **more: Any) -> Any:
    file = repository(release, **more).rendered["docker/services/acme-agent.yaml"]
    return yaml.safe_load(file.content)["outputs"]["role_data"]["value"]


@pytest.mark.parametrize("release", ["rocky", "wallaby"])
def test_functions_stand_where_texts_would(release: str) -> None:
    data = role_data(release)
    for name in ("acme_agent", "acme_side"):
        assert data["kolla_config"][f"/var/lib/kolla/config_files/{name}.json"]["command"] == COMMAND
    running = data["docker_config"]["step_4"]
    main = running["acme_agent"]
    assert main["volumes"]["list_concat"][1][-2:] == [MOUNT, "/var/lib/acme:/var/lib/acme"]
    assert main["healthcheck"] == {"test": HEALTH}
    assert running["acme_once"]["command"] == ["acme-init", HOST]
    asked = SERVICE["container"]["environment"]
    if release == "wallaby":
        assert main["environment"].pop("START_HASH")
        assert main["environment"] == {"KOLLA_CONFIG_STRATEGY": "COPY_ALWAYS"} | asked
    else:
        *variables, _ = main["environment"]  # START_HASH, which tests/test_starting.py reads
        assert variables == [
            "KOLLA_CONFIG_STRATEGY=COPY_ALWAYS",
            *(  # not list_join, which takes no number
                {"str_replace": {"template": f"{key}=%value%", "params": {"%value%": asked[key]}}}
                for key in ("ACME_PORT", "ACME_URL")
            ),
            "A=b",
        ]


@pytest.mark.parametrize("release", ["rocky", "wallaby"])
def test_rules_and_linters_find_nothing(release: str, tmp_path: Path) -> None:
    made = {"ansible.builtin.file": {"path": "{{ item }}", "state": "directory", "mode": "0755"}}
    task = {"name": "Make what is mounted", **made, "loop": ["/etc/pki/acme", "/var/lib/acme"]}
    planned = repository(release, host_prep_tasks=[task])
    project.create(tmp_path / "made", planned.rendered | planned.state)
    assert check(tmp_path / "made", strict=True) == 0
    assert lint(tmp_path / "made", Path(sys.executable).parent) == []


def test_a_parameter_of_roles_is_read_by_role() -> None:
    specific = {name: one | {"role_specific": True} for name, one in SERVICE["parameters"].items()}
    value = {"get_attr": ["RoleParametersValue", "value", "AcmePort"]}
    data = role_data("wallaby", parameters=specific)
    assert data["docker_config"]["step_4"]["acme_agent"]["environment"]["ACME_PORT"] == value
    command = data["kolla_config"]["/var/lib/kolla/config_files/acme_agent.json"]["command"]
    assert command["list_join"][1][2] == {"get_attr": ["RoleParametersValue", "value", "AcmeHost"]}


def test_a_short_function_is_written_in_one_line() -> None:
    text = repository("wallaby").rendered["docker/services/acme-agent.yaml"].content.decode()
    assert "              ACME_PORT: {get_param: AcmePort}\n" in text
    assert (
        """\
          command:
            list_join:
              - ' '
              - - /usr/bin/acme-agent
                - --host
                - {get_param: AcmeHost}
"""
        in text
    )


REFUSED = {
    "a parameter that is not there": (
        {"command": {"get_param": "AcmePrt"}},
        'services[0].command.get_param: there is no parameter "AcmePrt"',
    ),
    "no function": ({"command": {"run": "it"}}, "services[0].command: the key must be a function of Heat"),
    "two functions": (
        {"command": COMMAND | PORT},
        "services[0].command: must have just one entry, not 2",
    ),
    "a number to join": (
        {"command": {"list_join": [" ", ["agent", PORT]]}},
        "services[0].command.list_join[1][1]: list_join takes no number; "
        "declare AcmePort as a string, or use str_replace",
    ),
    "with a launcher": (
        {"launcher_script": "acme.sh"},
        "services[0].command: a launcher script is plain text; name the daemon in launcher_script.exec",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_reason(case: str) -> None:
    more, message = REFUSED[case]
    with pytest.raises(AnswersError) as caught:
        repository("wallaby", **more)
    assert message in "\n".join(f"{fault.path}: {fault.message}" for fault in caught.value.faults)
