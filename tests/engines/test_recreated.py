"""What recreates a container: Heat makes its entry of docker_config, the host compares it with before."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scaffold import answers, project, releases
from scaffold.pipeline import plan
from scaffold.releases import engine_versions
from scaffold.verify import install

from .sample import edit

pytestmark = pytest.mark.engines
MARKS = {"wallaby": [], "rocky": [pytest.mark.slow]}  # tripleo-ansible, and paunch
RELEASES = [pytest.param(name, marks=MARKS.get(name, [pytest.mark.matrix])) for name in releases.NAMES]
NAME = "acme-agent"
TEMPLATE = f"docker/services/{NAME}.yaml"
HOST = {"str_replace": {"template": "/usr/bin/acme-side HOST", "params": {"HOST": {"get_param": "AcmeHost"}}}}
SERVICE: dict[str, Any] = {
    "service_name": NAME,
    "install": {"packages": ["acme-agent"]},
    "launcher_script": {"name": "acme.sh", "exec": "/usr/bin/acme-agent"},
    "parameters": {
        "AcmeHost": {"type": "string", "default": "a", "description": "x", "role_specific": True},
        "AcmePort": {"type": "string", "default": "1", "description": "x"},
    },
    "config_settings": {"acme::port": {"get_param": "AcmePort"}},
    "containers": [
        {"name": "acme_side", "command": HOST},
        {
            "name": "acme_once",
            "command": "/usr/bin/acme-once",
            "detach": False,
            "kolla": {"config_files": []},
        },
    ],
}
BY_HAND = {  # what the vendor edits in the template -> the container that has to be recreated
    ("exec /usr/bin/acme-agent\n", "exec /usr/bin/acme-agent --debug # äé\n"): "acme_agent",
    ("command: /usr/bin/acme-once", "command: /usr/bin/acme-once --all"): "acme_once",
    ("owner: cinder:cinder", "owner: root:root"): "acme_agent",
    ("mode: '0750'", "mode: '0700'"): "",
}

PAUNCH = """
import json, sys
import paunch.builder.compose1 as compose1
before, after = json.load(sys.stdin)
deleted = []
class Runner:
    managed_by = docker_cmd = cont_cmd = "paunch"
    def container_names(self, *_): return [[name, name] for name in before]
    def inspect(self, name, format=None, **_):
        config = json.dumps(before[name])
        return config if format else {"Config": {"Labels": {"config_data": config}}}
    def remove_container(self, name): deleted.append(name)
    def rename_containers(self): pass
builder = compose1.ComposeV1Builder("tripleo_step4", after, Runner())
if hasattr(builder, "delete_missing_and_updated"):
    builder.delete_missing_and_updated()
else:
    for name in before: builder.delete_updated(name, [[name, name]])
print(json.dumps(sorted(deleted)))
"""
ANSIBLE = """
import json, sys
import helpers
before, after = json.load(sys.stdin)
infos = [{"Name": name, "Config": {"Labels": {
    "managed_by": "tripleo_ansible", "config_id": "tripleo_step4", "config_data": str(one)}}}
    for name, one in before.items()]
print(json.dumps(sorted(helpers.FilterModule().needs_delete(infos, after, "tripleo_step4"))))
"""


def recreated(release: str, before: Any, after: Any) -> list[str]:
    """The containers of step 4 that what starts them in RELEASE takes away, to make them anew."""
    ((tool, version),) = engine_versions(release)["host"].items()
    path = install.wheel(tool, version)
    if tool != "paunch":
        (path,) = path.glob("*.data/data/share/ansible/plugins/filter")
    python = install.venv("paunch" if tool == "paunch" else "ansible")
    done = subprocess.run(
        [python, "-W", "ignore", "-c", PAUNCH if tool == "paunch" else ANSIBLE],
        input=json.dumps([before["docker_config"]["step_4"], after["docker_config"]["step_4"]]),
        env={"PYTHONPATH": str(path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout)
    return found


def made(root: Path, release: str, service: dict[str, Any]) -> Path:
    text = json.dumps({"release": release, "services": [service]})
    planned = plan(answers.check(answers.load(text, "answers.yaml")))
    project.create(root, planned.rendered | planned.state)
    return root


@pytest.mark.parametrize("release", RELEASES)
def test_a_change_of_what_it_starts_with_recreates_a_container(
    release: str, tmp_path: Path, resolve: Callable[..., dict[str, Any]]
) -> None:
    before = resolve(made(tmp_path / "made", release, SERVICE), release, NAME)
    for number, ((old, new), container) in enumerate(BY_HAND.items()):
        repo = made(tmp_path / f"by-hand-{number}", release, SERVICE)
        text = (repo / TEMPLATE).read_text()
        if container == "acme_agent" and old.startswith("owner"):  # that of the agent is the last
            start, _, end = text.rpartition(old)
            (repo / TEMPLATE).write_text(start + new + end)
        else:
            edit(repo, TEMPLATE, old, new)
        after = resolve(repo, release, NAME)
        assert after != before
        assert recreated(release, before, after) == ([container] if container else []), (old, new)
    for values, container in (({"AcmeHost": "b"}, "acme_side"), ({"AcmePort": "2"}, "")):
        after = resolve(tmp_path / "made", release, NAME, role_parameters=values, parameters=values)
        assert recreated(release, before, after) == ([container] if container else []), values
    role = {"role_parameters": {"AcmeHost": "c"}}  # only what the role says
    assert recreated(release, before, resolve(tmp_path / "made", release, NAME, **role)) == ["acme_side"]
