"""Hostile values in every section of a service template come back unchanged, in a wrapped service too."""

from __future__ import annotations

import configparser
import json
import re
import shlex
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from scaffold import answers
from scaffold.fields import places, values
from scaffold.fields.kind import Kind
from scaffold.pipeline import plan

from .answers_strategies import ODD

Read = Callable[[dict[str, Any]], Any]
EACH = {"plain": "wallaby", "list of variables": "rocky", "wrapped": "train"}


def accepted(kind: Kind) -> list[str]:
    """The hostile texts that KIND takes; its example where it takes none."""
    taken = (text for text in ODD if kind.problem(text) is None and kind.normal(text) == text)
    return list(dict.fromkeys(text for text in taken if len(text) < 100)) or [kind.example]


FREE = accepted(values.FREE_TEXT)
LONG = accepted(values.LONG_TEXT)
SETTINGS = {f"V{number}": text for number, text in enumerate(accepted(values.SETTING))}
SETTINGS |= {"NO": "a", "null": "b"}
VARIABLES = {name: text for name, text in SETTINGS.items() if text}  # Train passes no empty one on
OPTIONS = ["label=disable", "label=level:s0:c1,c2", "seccomp=/etc/{{x}}{%'\"$&#.json"]
TREE = {
    "texts": FREE,
    "keys": {key: [1, None, {"deep": [True, 1.5]}] for key in accepted(values.FREE_KEY)[::3]},
}
TASKS = [{"name": "Say", "debug": FREE}]
PATHS = accepted(places.ABSOLUTE_PATH)
CONFIGS = [{"source": path, "dest": path, "owner": "a:b", "perm": "0600"} for path in PATHS]
OWNERS = [{"path": path, "owner": owner} for path in PATHS for owner in accepted(values.OWNER)]
PARAMETERS = {
    f"P{number}": {"type": "string", "default": text, "constraints": [{"allowed_values": [text]}]}
    for number, text in enumerate(FREE[::8])
} | {f"D{number}": {"type": "json", "description": text} for number, text in enumerate(LONG[::8])}
HIERA = dict.fromkeys(accepted(values.HIERA_KEY), "a: b")
SERVICE: dict[str, Any] = {
    "service_name": "acme-agent",
    "command": "/usr/bin/acme",
    "config_settings": HIERA | {"acme::all": FREE},
    "service_config_settings": {"cinder_api": HIERA, "a b: c": {"d": 1}},
    # from Ussuri on a name that Ansible would template is refused (test_sinks.py)
    "firewall_rules": {
        f"110 {name}": {"dport": [80]} for name in accepted(values.TEXT) if not re.search(r"\{[{%#]", name)
    },
    "metadata_settings": [{"service": "a: b", "network": "- c", "type": "node"}],
    "conditions": {"high": {"equals": [FREE[:9], 1]}},
    "host_prep_tasks": TASKS,
    "deploy_steps_tasks": TASKS,
    "upgrade_tasks": TASKS,
    "parameters": PARAMETERS,
    "kolla": {"config_files": CONFIGS, "permissions": OWNERS},
    "container": {"environment": VARIABLES, "security_opt": OPTIONS},
    "containers": [
        {"name": f"side_{number}", "command": ["run", text], "healthcheck": {"test": text}}
        for number, text in enumerate(LONG[::8])
    ]
    + [{"name": name, "command": ["run"], "healthcheck": {"test": "x"}} for name in ("no", "0x1", "12")],
    "host_directories": [],
    "extra": {"role_data": {"monitoring_subscription": TREE}, "container": {"acme_key": [1.5]}},
    "environment": {"parameter_defaults": {"A": FREE}, "role_parameters": {"Compute": {"B": [True, "a: b"]}}},
    "cinder_backends": {"acme": {"volume_driver": "a.B"} | {key.lower(): v for key, v in SETTINGS.items()}},
}


@pytest.fixture(scope="module", params=EACH)
def template(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The case, the service template and the environment file of all hostile values at once."""
    more: dict[str, Any] = (
        {"wraps": "CinderBackup", "firewall_rules": {}} if request.param == "wrapped" else {}
    )
    if request.param == "list of variables":  # and there is one option only
        more["container"] = SERVICE["container"] | {"security_opt": OPTIONS[-1:]}
    rendered = files({"release": EACH[request.param], "services": [SERVICE | more]})
    found = [
        yaml.safe_load(rendered[name])
        for name in ("docker/services/acme-agent.yaml", "environments/acme-tripleo.yaml")
    ]
    return request.param, found[0], found[1]["parameter_defaults"]


def files(given: dict[str, Any]) -> dict[str, str]:
    made = plan(answers.check(answers.load(json.dumps(given, ensure_ascii=False), "answers.yaml")))
    return {name: file.content.decode() for name, file in made.rendered.items()}


def by_hiera(text: Any) -> Any:
    """TEXT as hiera gives it to puppet (test_sinks.py asks the real one)."""
    return text.replace("%{literal('%')}{", "%{") if isinstance(text, str) else text


def own(value: Any) -> Any:
    """What a wrapping template adds to what the stock service has; any other value itself."""
    if isinstance(value, dict):
        (merged,) = value.values() if len(value) == 1 else (None,)
        if set(value) & {"map_merge", "list_concat"} and isinstance(merged, list):
            return own(merged[-1])
        return {key: own(item) for key, item in value.items()}
    return value


def test_sections_come_back(template: tuple[str, dict[str, Any], dict[str, Any]]) -> None:
    case, found, _ = template
    data = own(found["outputs"]["role_data"]["value"])
    rules = data["config_settings"].pop("tripleo.acme_agent.firewall_rules", data.get("firewall_rules"))
    rules = rules and {by_hiera(name): rule for name, rule in rules.items()}
    assert rules == (None if case == "wrapped" else SERVICE["firewall_rules"])
    for name in (
        "config_settings",
        "service_config_settings",
        "metadata_settings",
        "host_prep_tasks",
        "deploy_steps_tasks",
        "upgrade_tasks",
    ):
        assert data[name] == SERVICE[name], name
    assert data["monitoring_subscription"] == TREE
    kolla = data["kolla_config"]["/var/lib/kolla/config_files/acme_agent.json"]
    assert kolla == {"command": "/usr/bin/acme"} | SERVICE["kolla"]
    assert found["conditions"] == SERVICE["conditions"]
    for name, parameter in PARAMETERS.items():
        assert found["parameters"][name].items() >= parameter.items()


def test_containers_come_back(template: tuple[str, dict[str, Any], dict[str, Any]]) -> None:
    case, found, _ = template
    running = own(found["outputs"]["role_data"]["value"])["docker_config"]["step_4"]
    main = running["acme_agent"]
    variables = VARIABLES | {"KOLLA_CONFIG_STRATEGY": "COPY_ALWAYS"}
    said = main["environment"]  # besides the hash of what it starts with, which Heat works out
    if case == "list of variables":
        assert {one for one in said if isinstance(one, str)} == {
            f"{name}={value}" for name, value in variables.items()
        }
        assert main["security_opt"] == OPTIONS[-1]
    else:
        assert {name: text for name, text in said.items() if isinstance(text, str)} == variables
        assert main["security_opt"] == OPTIONS
    assert main["acme_key"] == [1.5]
    for container in SERVICE["containers"]:
        kept = {key: running[container["name"]][key] for key in ("command", "healthcheck")}
        assert kept == {key: container[key] for key in kept}


def test_environment_comes_back(template: tuple[str, dict[str, Any], dict[str, Any]]) -> None:
    defaults = template[2]
    assert (defaults["A"], defaults["ComputeParameters"]) == (FREE, {"B": [True, "a: b"]})
    config = defaults["ControllerExtraConfig"]["cinder::config::cinder_config"]
    assert {name.removeprefix("acme/"): by_hiera(option["value"]) for name, option in config.items()} == {
        "volume_backend_name": "acme"
    } | SERVICE["cinder_backends"]["acme"]


@pytest.mark.parametrize("more", [{}, {"wraps": "CinderBackup"}], ids=["plain", "wrapped"])
@pytest.mark.parametrize(
    "text", [*(text for text in FREE if text.strip() != text or "\n" in text), "\n\n a", "a: b #c"]
)
def test_manifests_come_back(text: str, more: dict[str, str]) -> None:
    config = {"step_config": text, "puppet_tags": accepted(values.PUPPET_TAG)}
    service = {"service_name": "acme-agent", "puppet_config": config, **more}
    written = files({"services": [service]})["docker/services/acme-agent.yaml"]
    data = own(yaml.safe_load(written)["outputs"]["role_data"]["value"])["puppet_config"]
    found, tags = data["step_config"], data["puppet_tags"]
    if more:  # behind those of the stock service
        found, tags = found["list_join"][1][1], tags["yaql"]["data"][1]
    assert (found, tags) == (text, ",".join(config["puppet_tags"]))


def test_words_of_the_host_script_and_its_repository_come_back() -> None:
    packages, rpms = accepted(places.PACKAGE), [*accepted(places.RPM_FILE), "A.rpm", "a.rpm"]
    for url in [*accepted(places.URL), "https://a.example/%23/$basearch?a=1;b"]:
        if places.URL.problem(url):
            continue
        module = {"name": "acme", "delivery": "host", "packages": packages, "rpm_files": rpms}
        module["repository"] = {"baseurl": url, "gpgkey": url}
        service = {"service_name": "acme-agent", "integration": "config", "kernel_module": module}
        written = files({"services": [service]})
        repository = configparser.ConfigParser(interpolation=None)
        repository.read_string(written["host/acme.repo"])
        (section,) = repository.sections()
        assert repository[section]["baseurl"] == repository[section]["gpgkey"] == url
        lines = written["scripts/install-module.sh"].splitlines()
        (line,) = (line for line in lines if "--run-command" in line and " install -y " in line)
        assert shlex.split(shlex.split(line)[1])[3:-1] == packages
        uploaded = [shlex.split(line)[1] for line in lines if line.startswith("  --upload")]
        assert [name.removeprefix("$here/host/").partition(":")[0] for name in uploaded[1:]] == rpms
