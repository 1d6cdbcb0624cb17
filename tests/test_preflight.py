"""`make preflight`: what is wrong on an undercloud is found before the deployment, all of it at once."""

from __future__ import annotations

import http.server
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from scaffold import answers, project
from scaffold.pipeline import plan

from .system import installed

TEMPLATES = {  # what of tripleo-heat-templates the checks read, loops over the roles as Jinja has them
    "overcloud.j2.yaml": "parameters:\n{% for role in roles %}\n  {{role.name}}Parameters:\n    type: json\n",
    "puppet/services/kernel.yaml": "parameters:\n  ExtraKernelModules:\n    type: json\nresources: {}\n",
    "deployment/cinder.yaml": "parameters:\n  ContainerCinderVolumeImage:\n    type: string\n",
}
ROLES = [
    {"name": "Controller", "ServicesDefault": ["OS::TripleO::Services::Kernel"]},
    {
        "name": "Compute",
        "ServicesDefault": ["OS::TripleO::Services::AcmeAgent", "OS::TripleO::Services::Kernel"],
    },
]


class Registry(http.server.BaseHTTPRequestHandler):
    """Has one image, acme/acme-agent:1.0, and wants a login for what is locked."""

    def do_HEAD(self) -> None:
        known = self.path == "/v2/acme/acme-agent/manifests/1.0"
        self.send_response(401 if "locked" in self.path else 200 if known else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def registry() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def repo(registry: str, tmp_path: Path) -> Path:
    """A repository whose undercloud is ready: overlay laid, roles file with the service, image pushed."""
    return undercloud(registry, tmp_path)


def undercloud(registry: str, tmp_path: Path, *more: str) -> Path:
    settings = [
        *more,
        f"registry={registry}",
        "single_node=true",
        "service_name=acme-agent",
        "roles=[Compute]",
    ]
    settings += ["kernel_module={name: acme, delivery: host}"]
    made = plan(answers.check(answers.load("", "answers.yaml").with_settings(settings)))
    project.create(tmp_path / "made", made.rendered)
    for name, text in TEMPLATES.items():
        (tmp_path / "stock" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "stock" / name).write_text(text)
    (tmp_path / "roles.yaml").write_text(yaml.safe_dump(ROLES))
    told = {"parameter_defaults": {"DockerInsecureRegistryAddress": f"192.168.24.1:8787,{registry}"}}
    (Path.home() / "containers-prepare-parameter.yaml").write_text(yaml.safe_dump(told))
    (tmp_path / "bin").mkdir()
    for program in (installed("curl"), installed("make"), "cp", "mkdir", "sed", "sh"):
        (tmp_path / "bin" / program).symlink_to(str(shutil.which(program)))
    (tmp_path / "bin/python3").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (tmp_path / "bin/python3").chmod(0o755)
    assert make(tmp_path, "overlay", "TEMPLATES=../stock").returncode == 0
    return tmp_path


def make(folder: Path, *arguments: str, path: str | None = "bin") -> subprocess.CompletedProcess[str]:
    """Run make as on an undercloud with the programs in PATH: with curl, but without skopeo."""
    given = [installed("make"), *arguments, "OVERLAY=../overlay", "ROLES_DATA=../roles.yaml"]
    own = os.environ | ({"PATH": str(folder / path)} if path else {})
    return subprocess.run(given, cwd=folder / "made", env=own, capture_output=True, text=True)


def preflight(folder: Path, *arguments: str) -> list[str]:
    done = make(folder, "preflight", *arguments)
    assert "Traceback" not in done.stderr
    *lines, summary = done.stdout.splitlines()
    assert (done.returncode == 0) == (not lines), done.stderr
    assert summary.endswith("not checked")
    return lines


def edit(path: Path, old: str, new: str) -> None:
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


ENVIRONMENT = "made/environments/acme-tripleo.yaml"
SERVICE = "OS::TripleO::Services::AcmeAgent"
BROKEN = {  # file, what is replaced by what, and what must be said
    "tag": (ENVIRONMENT, "agent:1.0", "agent:1.1", "acme-agent:1.1: not in the registry: make push"),
    "registry": (ENVIRONMENT, "127.0.0.1:", "127.0.0.2:1", "its registry does not answer"),
    "login": (ENVIRONMENT, "acme/acme-agent:", "locked/acme-agent:", "not checked: "),
    "parameter": (ENVIRONMENT, "ExtraKernelModules", "ExtraKernelModule", "the parameter ExtraKernelModule:"),
    "role's parameters": (ENVIRONMENT, "ComputeParameters", "ComputParameters", "ComputParameters"),
    "left over": (
        ENVIRONMENT,
        "parameter_defaults:",
        "parameter_defaults:\n  DockerCinderVolumeImage: a/b:1",
        "Wallaby ignores it: write ContainerCinderVolumeImage",
    ),
    "path": (ENVIRONMENT, "../docker/services", "../services", "there is no made/services/acme-agent.yaml"),
    "role": ("roles.yaml", f"- {SERVICE}", "- x", f"no role has {SERVICE}: make roles"),
    "kernel service": ("roles.yaml", "- OS::TripleO::Services::Kernel", "- x", "Services::Kernel: add it"),
    "overlay": ("overlay/docker/services/acme-agent.yaml", "acme", "other", "is older than this repository"),
    "overlay's environment": (
        "overlay/environments/acme-tripleo.yaml",
        "agent:1.0",
        "agent:0.9",
        "is older than this repository",
    ),
    "roles file": ("roles.yaml", "- ", "not a list: ", "not checked: ../roles.yaml"),
}


def test_nothing_is_found_where_all_is_right(repo: Path) -> None:
    assert preflight(repo) == []


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_is_found(case: str, repo: Path) -> None:
    name, old, new, words = BROKEN[case]
    edit(repo / name, old, new)
    found = preflight(repo)
    assert any(words.replace("made/services", "services") in line for line in found), found


def test_nodes_that_are_not_told_of_a_registry_without_tls_are_found(repo: Path, registry: str) -> None:
    (Path.home() / "containers-prepare-parameter.yaml").write_text("parameter_defaults: {}\n")
    assert preflight(repo) == [
        f"{registry} has no TLS, and the nodes refuse it: list it in DockerInsecureRegistryAddress"
    ]


def test_an_image_of_others_is_asked_for_and_is_not_ours_to_push(registry: str, tmp_path: Path) -> None:
    image = f"{registry}/others/exporter:1"
    repo = undercloud(registry, tmp_path, f"containers=[{{name: exporter, image: '{image}'}}]")
    assert preflight(repo) == [f"{image}: not in its registry: correct its name, or copy it there"]


def test_a_registry_that_does_not_answer_may_have_another_name(tmp_path: Path) -> None:
    """The name that undercloud registries usually have is not the one of every undercloud."""
    installed("curl")
    asked = ["service_name=acme-agent", "release=train"]
    project.create(
        tmp_path / "made", plan(answers.check(answers.load("", "a.yaml").with_settings(asked))).rendered
    )
    (tmp_path / "roles.yaml").write_text(yaml.safe_dump(ROLES))
    command = [sys.executable, "scripts/preflight.py", "--templates", "..", "--roles", "../roles.yaml"]
    done = subprocess.run(
        [*command, "environments/acme-tripleo.yaml"], cwd=tmp_path / "made", capture_output=True, text=True
    )
    (found,) = [line for line in done.stdout.splitlines() if "does not answer" in line]
    assert "getent hosts $(hostname -s).ctlplane" in found
    assert "vendor-scaffold update --set registry=NAME:8787" in found


def test_everything_is_found_at_once(repo: Path) -> None:
    for case in ("tag", "parameter", "left over", "path", "role"):
        edit(repo / BROKEN[case][0], *BROKEN[case][1:3])
    assert len(preflight(repo)) >= 5


def test_the_other_environment_files_are_read(repo: Path) -> None:
    text = "resource_registry: {'OS::X': ./no.yaml}\nparameter_defaults: {DockerGlanceApiImage: a/b:1}\n"
    (repo / "other.yaml").write_text(text)
    found = "\n".join(preflight(repo, "ENVIRONMENTS=../absent.yaml ../other.yaml"))
    assert "../other.yaml: DockerGlanceApiImage is left over" in found
    assert "there is no ../no.yaml" in found
    assert "not checked: ../absent.yaml" in found


def test_a_missing_program_hides_no_other_check(repo: Path) -> None:
    (repo / "bin/curl").unlink()
    edit(repo / "roles.yaml", f"- {SERVICE}", "- x")
    found = preflight(repo)
    assert any(line.startswith("not checked: ") and "install skopeo, or curl" in line for line in found)
    assert any("no role has" in line for line in found)


def test_it_runs_on_the_python_of_every_undercloud(repo: Path) -> None:
    vermin = [str(Path(sys.executable).with_name("vermin")), "--violations", "-t=2.7-", "-t=3.6-"]
    done = subprocess.run([*vermin, "made/scripts/preflight.py"], cwd=repo, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
