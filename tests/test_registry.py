"""What the environment file registers besides the services: hooks, and other templates of stock services."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold import answers, project
from scaffold.commands.check import check
from scaffold.errors import AnswersError
from scaffold.pipeline import plan

from .system import installed

HOOKS = {
    "OS::TripleO::NodeUserData": "firstboot/acme.yaml",
    "OS::TripleO::NodeExtraConfigPost": "extraconfig/acme-post.yaml",
    "OS::TripleO::Services::NeutronCorePlugin": "OS::TripleO::Services::NeutronCorePluginAcme",
}
SERVICE: dict[str, Any] = {
    "service_name": "acme-agent",
    "command": "/usr/bin/acme",
    "environment": {"resource_registry": HOOKS},
}


def planned(*services: dict[str, Any]) -> Any:
    text = json.dumps({"vendor": "Acme", "services": services or [SERVICE]})
    return plan(answers.check(answers.load(text, "answers.yaml")))


def test_paths_count_from_the_top_of_the_templates(tmp_path: Path) -> None:
    made = planned()
    file = yaml.safe_load(made.rendered["environments/acme-tripleo.yaml"].content)
    assert file["resource_registry"] == {
        "OS::TripleO::Services::AcmeAgent": "../docker/services/acme-agent.yaml",
        "OS::TripleO::NodeUserData": "../firstboot/acme.yaml",
        "OS::TripleO::NodeExtraConfigPost": "../extraconfig/acme-post.yaml",
        "OS::TripleO::Services::NeutronCorePlugin": "OS::TripleO::Services::NeutronCorePluginAcme",
    }
    project.create(tmp_path / "made", made.rendered | made.state)
    assert check(tmp_path / "made", strict=True) == 0
    readme = (tmp_path / "made/README.md").read_text()
    assert "- `firstboot/acme.yaml`: the template that `OS::TripleO::NodeUserData` names." in readme


def test_the_overlay_has_what_is_registered(tmp_path: Path) -> None:
    made = planned()
    project.create(tmp_path / "made", made.rendered | made.state)
    (tmp_path / "templates").mkdir()
    (tmp_path / "made/firstboot").mkdir()
    (tmp_path / "made/firstboot/acme.yaml").write_text("heat_template_version: wallaby\n")
    (tmp_path / "made/firstboot/acme.sh").write_text("#!/bin/sh\n")
    make = [installed("make"), "overlay", f"TEMPLATES={tmp_path}/templates", f"OVERLAY={tmp_path}/overlay"]
    done = subprocess.run(make, cwd=tmp_path / "made", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr  # extraconfig may be one of the release's own
    assert {path.name for path in (tmp_path / "overlay/firstboot").iterdir()} == {"acme.yaml", "acme.sh"}


REFUSED = {
    "a path that leaves": ({"OS::TripleO::NodeUserData": "../acme.yaml"}, "must be a template"),
    "an absolute path": ({"OS::TripleO::NodeUserData": "/home/stack/acme.yaml"}, "must be a template"),
    "another namespace": ({"OS::Nova::Server": "a.yaml"}, "the key must be a name of TripleO's registry"),
    "the service itself": (
        {"OS::TripleO::Services::AcmeAgent": "a/b.yaml"},
        "this service is registered under that name already",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_reason(case: str) -> None:
    registry, message = REFUSED[case]
    with pytest.raises(AnswersError, match=re.escape(message)):
        planned(SERVICE | {"environment": {"resource_registry": registry}})


def test_two_services_cannot_register_one_name_differently() -> None:
    other = {"service_name": "acme-b", "command": "/b", "environment": {}}
    other["environment"] = {"resource_registry": {"OS::TripleO::NodeUserData": "b/b.yaml"}}
    with pytest.raises(AnswersError, match="to another value, and only one can hold"):
        planned(SERVICE, other)
