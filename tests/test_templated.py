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

from .laws import errors

PORT = {"get_param": "AcmePort"}
HOST = {"get_param": "AcmeHost"}
COMMAND = {"list_join": [" ", ["/usr/bin/acme-agent", "--host", HOST]]}
MOUNT = {"if": ["tls_is_on", "/etc/pki/acme:/etc/pki/acme:ro", "/dev/null:/etc/pki/acme/none"]}
HEALTH = {"get_attr": ["ContainersCommon", "healthcheck_rpc_port", "test"]}
PLAIN_HEALTH = "/openstack/healthcheck"
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


USER = {"get_param": "AcmeUser"}
VOLUMES = {"get_param": "AcmeOptVolumes"}
LIMITS = {"if": ["tls_is_on", ["nofile=131072"], []]}
ALL: dict[str, Any] = {  # what else may be worked out, each in one place
    "parameters": SERVICE["parameters"]
    | {
        "AcmeUser": {"type": "string", "default": "neutron"},
        "AcmeOptVolumes": {"type": "comma_delimited_list", "default": "/srv/acme:/srv/acme:ro"},
        "AcmePrivileged": {"type": "boolean", "default": False},
        "AcmeCapabilities": {"type": "comma_delimited_list", "default": "NET_ADMIN"},
        "AcmeDirectory": {"type": "string", "default": "/var/lib/acme"},
        "AcmeCpus": {"type": "string", "default": "0,1"},
    },
    "kernel_module": {"name": "acme", "delivery": "host"},
    "privileged": {"get_param": "AcmePrivileged"},
    "container": SERVICE["container"]
    | {
        "user": USER,
        "volumes": {"list_concat": [SERVICE["container"]["volumes"], VOLUMES]},
        "ulimit": LIMITS,
        "security_opt": [{"if": ["tls_is_on", "label=disable", "label=type:acme_t"]}],
        "depends_on": {"if": ["tls_is_on", ["acme.service"], ["acme-plain.service"]]},
        "pid": {"if": ["tls_is_on", "host", ""]},
    },
    "kolla": {
        "config_files": [
            {
                "source": {"list_join": ["/", [{"get_param": "AcmeDirectory"}, "src"]]},
                "dest": "/etc/acme",
                "owner": USER,
                "perm": "0644",
            }
        ],
        "permissions": [{"path": {"get_param": "AcmeDirectory"}, "owner": USER}],
    },
    "containers": [
        {
            "name": "acme_side",
            "command": COMMAND,
            "cap_add": {"get_param": "AcmeCapabilities"},
            "volumes": VOLUMES,
            "user": {"if": ["tls_is_on", "root", "neutron"]},
        }
    ],
    "extra": {"container": {"cpuset_cpus": {"get_param": "AcmeCpus"}}},
}


def repository(release: str, **more: Any) -> Any:
    asked = SERVICE | more
    if release in ("queens", "rocky"):  # whose ContainersCommon has no health checks
        asked = asked | {"container": asked["container"] | {"healthcheck": {"test": PLAIN_HEALTH}}}
    text = json.dumps({"release": release, "services": [asked]})
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
    assert main["healthcheck"] == {"test": HEALTH if release == "wallaby" else PLAIN_HEALTH}
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


def test_every_value_of_a_container_may_be_worked_out() -> None:
    data = role_data("wallaby", **ALL)
    main, side = (data["docker_config"]["step_4"][name] for name in ("acme_agent", "acme_side"))
    asked = ALL["container"]
    assert {key: main[key] for key in ("user", "ulimit", "security_opt", "depends_on", "pid")} == {
        key: asked[key] for key in ("user", "ulimit", "security_opt", "depends_on", "pid")
    }
    assert main["privileged"] == {"get_param": "AcmePrivileged"}
    assert main["cpuset_cpus"] == {"get_param": "AcmeCpus"}
    _, written, worked_out = main["volumes"]["list_concat"]
    assert written[-2:] == SERVICE["container"]["volumes"]
    assert worked_out == VOLUMES
    assert side["volumes"]["list_concat"][-1] == VOLUMES
    assert side["cap_add"] == {"get_param": "AcmeCapabilities"}
    config = data["kolla_config"]["/var/lib/kolla/config_files/acme_agent.json"]
    assert config["config_files"] == ALL["kolla"]["config_files"]
    assert config["permissions"] == [
        {"path": "/var/log/acme_agent", "owner": {"list_join": [":", [USER, USER]]}, "recurse": True},
        *ALL["kolla"]["permissions"],
    ]


@pytest.mark.parametrize("release", ["queens", "train"])
def test_every_container_takes_further_keys(release: str) -> None:
    asked = {
        "kernel_module": {"name": "acme", "delivery": "container"},
        "privileged": True,
        "command": "/usr/bin/acme-agent",
        "extra": {"loader": {"cpuset_cpus": "0"}},
        "containers": [
            {"name": "acme_side", "command": COMMAND, "extra": {"env_file": ["/etc/acme/environment"]}},
            {"name": "acme_once", "command": ["acme-init"], "detach": False, "extra": {"cpuset_cpus": "1"}},
        ],
    }
    data = role_data(release, **asked)["docker_config"]
    assert data["step_3"]["acme_agent_loader"]["cpuset_cpus"] == "0"
    assert data["step_4"]["acme_side"]["env_file"] == ["/etc/acme/environment"]
    assert data["step_4"]["acme_once"]["cpuset_cpus"] == "1"


def test_what_is_worked_out_is_read_by_role_too() -> None:
    specific = {name: one | {"role_specific": True} for name, one in ALL["parameters"].items()}
    data = role_data("wallaby", **ALL | {"parameters": specific})
    (values,) = {call[0] for call in got(data, "get_attr") if call[0] != "ContainersCommon"}
    assert values == "RoleParametersValue"
    assert [one for one in got(data, "get_param") if one in specific] == []


def got(value: Any, function: str) -> list[Any]:
    """What every call of FUNCTION within VALUE names."""
    if isinstance(value, list):
        return [call for item in value for call in got(item, function)]
    if not isinstance(value, dict):
        return []
    return [*([value[function]] if function in value else []), *got([*value.values()], function)]


UNKNOWN = {
    "whether it is privileged": {"privileged": {"get_param": "AcmeLoads"}},
    "which capabilities": {"cap_add": {"get_param": "AcmeCaps"}},
    "one capability": {"cap_add": ["NET_ADMIN", {"get_param": "AcmeCap"}]},
}


@pytest.mark.parametrize("case", UNKNOWN)
@pytest.mark.parametrize("loader", ["same", "separate"])
def test_a_loader_whose_right_is_not_known_yet_is_taken(case: str, loader: str) -> None:
    parameters = {
        "AcmeLoads": {"type": "boolean", "default": True},
        "AcmeCaps": {"type": "comma_delimited_list", "default": "SYS_MODULE"},
        "AcmeCap": {"type": "string", "default": "SYS_MODULE"},
    }
    (used,) = got([UNKNOWN[case]], "get_param")
    asked = {"service_name": "acme-agent", "parameters": {used: parameters[used]}, **UNKNOWN[case]}
    asked["kernel_module"] = {"name": "acme", "loader": loader}
    made = plan(answers.check(answers.load(json.dumps({"services": [asked]}), "answers.yaml")))
    assert errors(made) == []


@pytest.mark.parametrize("release", ["rocky", "wallaby"])
def test_rules_and_linters_find_nothing(release: str, tmp_path: Path) -> None:
    module = "file" if release == "rocky" else "ansible.builtin.file"
    made = {module: {"path": "{{ item }}", "state": "directory", "mode": "0755"}}
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


REFUSED: dict[str, tuple[Any, ...]] = {
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
    "a list where a text is wanted": (
        {"container": {"user": {"list_concat": [["a"]]}}},
        "services[0].container.user: the key must be a function of Heat that gives a text",
    ),
    "a text where a list is wanted": (
        {"container": {"volumes": {"list_join": [",", ["a"]]}}},
        "services[0].container.volumes: the key must be a function of Heat that gives a list",
    ),
    "what a function chooses": (
        {"container": {"user": {"if": ["tls_is_on", "root", "A B"]}}},
        "services[0].container.user.if[2]: must be a user name like cinder",
    ),
    "what a function joins": (
        {"container": {"volumes": {"list_concat": [["/a:/a"], ["/b"]]}}},
        "services[0].container.volumes.list_concat[1][0]: must be source:path",
    ),
    "what joined lists mount twice": (
        {"container": {"volumes": {"list_concat": [["/a:/a"], ["/b:/a"]]}}},
        "services[0].container.volumes.list_concat[1][0]: volumes.list_concat[0][0] is at /a too",
    ),
    "a parameter for kolla": (
        {"kolla": {"permissions": [{"path": {"get_param": "AcmePth"}, "owner": "acme"}]}},
        'services[0].kolla.permissions[0].path.get_param: there is no parameter "AcmePth"',
    ),
    "a parameter for puppet": (
        {"puppet_config": {"step_config": "include acme", "volumes": {"get_param": "AcmeVolums"}}},
        'services[0].puppet_config.volumes.get_param: there is no parameter "AcmeVolums"',
    ),
    "what the Heat of the release has not": (
        {"container": {"cap_add": {"list_concat": [{"if": ["tls_is_on", ["NET_ADMIN"]]}]}}},
        "if takes three arguments in rocky",
        "stein",
    ),
    "with a launcher": (
        {"launcher_script": "acme.sh"},
        "services[0].command: a launcher script is plain text; name the daemon in launcher_script.exec",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_reason(case: str) -> None:
    more, message, *release = REFUSED[case]
    with pytest.raises(AnswersError) as caught:
        repository(*release or ["wallaby"], **more)
    assert message in "\n".join(f"{fault.path}: {fault.message}" for fault in caught.value.faults)
