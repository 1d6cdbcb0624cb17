"""Every example of every release, held against Heat and tripleo-heat-templates' own validator."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold import answers, catalogue, project, releases
from scaffold.model import Container, Service, VendorRepo
from scaffold.pipeline import plan

from ..conftest import EXAMPLES
from ..system import installed
from ..test_examples import fitting

pytestmark = pytest.mark.engines
WITH_TEMPLATE = [
    example
    for example in EXAMPLES
    if any(
        service.get("integration") != "image"
        for service in yaml.safe_load((example / "answers.yaml").read_text())["services"]
    )
]
# of stock services that cinder talks to
PASSWORDS = ("Cinder", "Nova", "Glance", "Keystone", "Rabbit", "Rpc", "Notify", "Placement", "Barbican")
CASES = [(example, release) for release in releases.NAMES for example in WITH_TEMPLATE]


@pytest.fixture(params=CASES, ids=lambda case: f"{case[1]}-{case[0].name}")
def made(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, VendorRepo]:
    example, release = request.param
    document = answers.read(str(example / "answers.yaml"))
    settings = [f"release={release}", *fitting(example, release)]
    planned = plan(answers.check(document.with_settings(settings)))
    destination = tmp_path / planned.repo.repo_name
    project.create(destination, planned.rendered | planned.state)
    return destination, planned.repo


def test_the_release_takes_the_service(made: Any, yaml_validate: Any, resolve: Any) -> None:
    destination, repo = made
    found = yaml_validate(destination, repo.release.name)
    wrapping = [service.name.kebab for service in repo.services if service.wraps]
    # the tool wants every section written out, and knows no role_data that is added to another's
    assert [line for line in found.errors if not any(name in line for name in wrapping)] == []
    assert found.warnings == []
    for service in repo.services:
        if service.integration == "image":
            continue
        own = {name: "secret" for name, value in service.parameters.items() if "default" not in value}
        wraps = service.wraps is not None
        if wraps:  # the stock service's own, which the deployment's other environment files name
            stock = catalogue.load(repo.release.name).images.values()
            names = [name for image in stock for name in (*image.parameters, *image.config_parameters)]
            own |= dict.fromkeys(names, "registry.example.com/stock/image:1")
            own |= dict.fromkeys((f"{name}Password" for name in PASSWORDS), "secret")
        data = resolve(destination, repo.release.name, service.name.kebab, parameters=own, real_maps=wraps)
        if wraps:
            adds(data, service)
        else:
            assert service.name.snake in data["service_names"]
        agrees(data, repo, service)


def adds(data: dict[str, Any], service: Service) -> None:
    """A wrapping service keeps what the stock one has, and adds its own."""
    assert data["docker_config"]
    assert service.config_settings.items() <= data["config_settings"].items()


def agrees(data: dict[str, Any], repo: VendorRepo, service: Service) -> None:
    """role_data, as it left the role's chain, says what the answers say."""
    scripts = data.get(repo.release.config_scripts.section) or {}
    assert set(scripts) >= {script.name for script in service.scripts}
    for script in service.scripts:
        assert scripts[script.name]["mode"] == "0755"
        assert scripts[script.name]["content"].startswith("#!/bin/bash\n")
        assert f"exec {script.exec or 'sleep infinity'}" in scripts[script.name]["content"]
    for container in service.containers:
        running = data["docker_config"][f"step_{container.step}"][container.name]
        runs_as_asked(running, container, service)
        if container.kolla_command:
            config = data["kolla_config"][f"/var/lib/kolla/config_files/{container.name}.json"]
            assert config.get("config_files", []) == container.config_files
            assert config.get("permissions", []) == container.permissions
            assert config["command"] == container.kolla_command
    puppet = service.puppet
    if puppet and not service.wraps:
        (config,) = [each for each in data["puppet_config"] if each["config_volume"] == puppet.config_volume]
        assert config["step_config"] == puppet.step_config
        assert config["config_image"] == puppet.image
    for section, tasks in service.tasks.items():
        assert all(task in data[section] for task in tasks)
    rules = data if repo.release.firewall_rules_in == "role_data" else data["config_settings"]
    if service.firewall_rules and rules is not data:
        assert rules[f"tripleo.{service.name.snake}.firewall_rules"] == service.firewall_rules


def runs_as_asked(running: dict[str, Any], container: Container, service: Service) -> None:
    assert service.image
    assert running["image"] == service.image.reference
    assert running["privileged"] is container.privileged
    assert running.get("user", "") == container.user
    assert running["net"] == container.net
    assert running.get("cap_add", []) == container.cap_add
    assert running.get("detach", True) is container.detach
    assert set(running["volumes"]) >= set(container.volumes)
    assert "/etc/hosts:/etc/hosts:ro" in running["volumes"]
    if container.script:
        assert any(
            volume.endswith(f"/{container.script}:/{container.script}:ro") for volume in running["volumes"]
        )
    variables = running["environment"]
    pairs = variables if isinstance(variables, dict) else dict(pair.split("=", 1) for pair in variables)
    assert ("KOLLA_CONFIG_STRATEGY" in pairs) == bool(container.kolla_command)
    assert ("TRIPLEO_DEPLOY_IDENTIFIER" in pairs) == (not container.detach)


def test_the_host_loads_its_module(made: Any, resolve: Any) -> None:
    destination, repo = made
    for service in repo.services:
        module = service.kernel_module
        if module and module.delivery == "host":
            defaults = repo.environment.parameter_defaults[f"{service.roles[0]}Parameters"]
            assert defaults["ExtraKernelModules"] == {module.name: {}}
            data = resolve(
                destination, repo.release.name, "OS::TripleO::Services::Kernel", role=service.roles[0]
            )
            assert module.name in str(data)


def test_make_roles_fits_the_releases_own_roles_file(made: Any, tht_tree: Any, tmp_path: Path) -> None:
    destination, repo = made
    stock = tht_tree(repo.release.name) / "roles_data.yaml"
    roles = tmp_path / "roles_data.yaml"
    shutil.copyfile(stock, roles)
    subprocess.run(
        [installed("make"), "roles", f"ROLES_DATA={roles}"],
        cwd=destination,
        check=True,
        capture_output=True,
    )
    before = {role["name"]: role["ServicesDefault"] for role in yaml.safe_load(stock.read_text())}
    after = {role["name"]: role["ServicesDefault"] for role in yaml.safe_load(roles.read_text())}
    for name, services in after.items():
        own = {
            f"OS::TripleO::Services::{s.name.camel}" for s in repo.services if s.in_roles and name in s.roles
        }
        assert set(services) - set(before[name]) == own
    assert len(roles.read_text().splitlines()) == len(stock.read_text().splitlines()) + sum(
        len(service.roles) for service in repo.services if service.in_roles
    )
