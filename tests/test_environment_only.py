"""An environment file alone: what is written, and what nobody has to do for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from scaffold import answers
from scaffold.pipeline import Plan, plan
from scaffold.written import next_commands

NIMBLE: dict[str, Any] = {
    "service_name": "acme-storage",
    "integration": "environment",
    "cinder_backends": {
        "acme": {"volume_driver": "cinder.volume.drivers.acme.Driver", "secrets": ["san_password"]}
    },
    "environment": {
        "files": ["environments/cinder-netapp-config.yaml"],
        "parameter_defaults": {"CinderEnableIscsiBackend": False},
        "role_extra_config": {"Compute": {"acme::a": 1}},
        "global_extra_config": {"acme::b": 2},
    },
}


def planned(release: str = "train", **more: Any) -> Plan:
    return plan(
        answers.check(answers.load(json.dumps({"release": release, "services": [NIMBLE | more]}), "a"))
    )


def text(made: Plan, path: str) -> str:
    return made.rendered[path].content.decode()


def test_nothing_of_a_service_is_written() -> None:
    made = planned()
    assert {path.partition("/")[0] for path in made.rendered} <= {
        *("README.md", "CHANGELOG.md", "Makefile", "environments", "scripts"),
        *(".gitignore", ".gitattributes", ".yamllint"),
    }
    assert [path for path in made.rendered if path.startswith("scripts/")] == ["scripts/preflight.py"]
    assert not made.repo.in_roles
    assert not made.repo.has.overlay
    readme = text(made, "README.md")
    assert "make overlay" not in readme + text(made, "Makefile")
    assert " -r " not in readme
    assert next_commands(made, Path("acme")) == ["cd acme", "make preflight"]


def test_hieradata_goes_to_its_roles_and_to_all() -> None:
    environment = yaml.safe_load(text(planned(), "environments/acme-tripleo.yaml"))
    found = environment["parameter_defaults"]
    assert set(environment) == {"parameter_defaults"}
    assert found["ComputeExtraConfig"] == {"acme::a": 1}
    assert found["ExtraConfig"] == {"acme::b": 2}
    assert found["ControllerExtraConfig"]["cinder_user_enabled_backends"] == ["acme"]


def test_files_of_the_release_come_before_the_repositorys_own() -> None:
    readme = text(planned(), "README.md")
    command = readme.partition("openstack overcloud deploy")[2]
    release = command.find("/environments/cinder-netapp-config.yaml")
    assert 0 < release < command.find("/environments/acme-tripleo.yaml")
    assert "environments/cinder-netapp-config.yaml" in text(planned(), "Makefile")


def test_a_node_tells_what_arrived() -> None:
    assert "hiera.yaml cinder::config::cinder_config" in text(planned(), "README.md")
    alone = planned(
        cinder_backends={}, environment={"parameter_defaults": {"CinderEnableIscsiBackend": False}}
    )
    assert "enabled_services" not in text(alone, "README.md")
    assert "openstack stack environment show overcloud" in text(alone, "README.md")


def test_manila_is_off_without_a_file_of_the_release() -> None:
    share = {"share_driver": "acme.Driver", "driver_handles_share_servers": False}
    made = planned(cinder_backends={}, manila_backends={"acme": share})
    assert made.repo.companions[0].file == "environments/services/manila.yaml"
    assert "manila service-list" in text(made, "README.md")
