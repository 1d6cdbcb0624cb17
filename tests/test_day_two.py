"""What the README says to an operator after the first day: by release, and no more than applies."""

from __future__ import annotations

import re

import pytest

from scaffold import answers
from scaffold.pipeline import plan

SERVICE = ["service_name=acme-agent", "install={packages: [acme-agent]}"]
DRIVER = ["service_name=acme-cinder", "integration=image", "install={packages: [python3-acme]}"]
MODULE = ["kernel_module={name: acme, delivery: host, packages: [kmod-acme]}"]


def readme(release: str, *settings: str) -> str:
    document = answers.load("", "answers.yaml").with_settings([f"release={release}", *settings])
    return plan(answers.check(document)).rendered["README.md"].content.decode()


def section(text: str, title: str) -> str:
    """What stands below the heading TITLE; empty without one."""
    found = re.search(
        rf"^## {re.escape(title)}(?: to .*?)?\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL
    )
    return found.group(1) if found else ""


@pytest.mark.parametrize(
    ("release", "run", "external", "converge"),
    [
        ("13", "update run --nodes Controller", False, True),
        ("rocky", "update run --roles Controller", True, True),
        ("16.2", "update run --limit Controller", True, True),
        ("victoria", "update run --limit Controller", True, True),
        ("17.1", "update run --limit Controller", True, False),
    ],
)
def test_a_minor_update_takes_the_commands_of_the_release(
    release: str, run: str, external: bool, converge: bool
) -> None:
    """Source: setup.cfg and overcloud_update.py of python-tripleoclient, each release."""
    said = section(readme(release, *SERVICE, "roles=[Controller]"), "Minor update of the cloud")
    assert f"    openstack overcloud {run}\n" in said
    assert "    openstack overcloud update prepare OPTIONS\n" in said
    assert ("openstack overcloud update converge OPTIONS" in said) == converge
    # the stock images of the update come that way too
    assert ("external-update run --tags container_image_prepare" in said) == external
    assert ("openstack overcloud container image prepare" in said) != external


def test_before_a_minor_update_the_overlay_and_the_image_follow_the_new_packages() -> None:
    said = section(readme("16.2", *SERVICE), "Minor update of the cloud")
    assert (
        said.index("make build BUILD_ARGS=--pull") < said.index("make overlay") < said.index("update prepare")
    )
    assert "make overlay" not in section(readme("16.2", *DRIVER), "Minor update of the cloud")


@pytest.mark.parametrize(
    ("release", "following"),
    [("13", "16.2"), ("16.2", "17.1"), ("queens", "rocky"), ("victoria", "wallaby")],
)
def test_the_upgrade_to_the_next_release_moves_the_repository_first(release: str, following: str) -> None:
    said = section(readme(release, *SERVICE), "Upgrade of the cloud")
    moved = f"vendor-scaffold update --set release={following} --set services.acme-agent.image_tag=TAG"
    order = [moved, '2 of "Upgrade"', "overcloud upgrade prepare"]
    assert sorted(order, key=said.index) == order
    steps = section(readme(release, *SERVICE), "Upgrade")
    order = ["make build push", "make overlay", "make preflight"]
    assert sorted(order, key=steps.index) == order


@pytest.mark.parametrize("release", ["17.1", "wallaby"])
def test_the_last_release_is_upgraded_to_nothing(release: str) -> None:
    assert not section(readme(release, *SERVICE), "Upgrade of the cloud")


@pytest.mark.parametrize(("release", "later"), [("16.0", "16.2"), ("16.1", "16.2"), ("17.0", "17.1")])
def test_a_later_version_on_the_same_release_is_a_minor_update(release: str, later: str) -> None:
    said = section(readme(release, *SERVICE), "Minor update of the cloud")
    assert f"vendor-scaffold update --set release={later} --set services.acme-agent.image_tag=TAG" in said


def test_leapp_is_told_of_packages_on_the_nodes() -> None:
    said = section(readme("16.2", *SERVICE, *MODULE), "Upgrade of the cloud")
    assert "UpgradeLeappToRemove" in said
    assert "UpgradeLeappToInstall" in said
    assert "Leapp" not in section(readme("16.2", *SERVICE), "Upgrade of the cloud")
    assert "Leapp" not in section(readme("victoria", *SERVICE, *MODULE), "Upgrade of the cloud")


def test_computes_that_stay_on_el8_keep_an_image_of_their_own() -> None:
    said = section(readme("16.2", *SERVICE, "roles=[Compute]"), "Upgrade of the cloud")
    assert "ContainerAcmeAgentImage" in said
    assert "EL8" in said
    on_controllers = section(readme("16.2", *SERVICE, "roles=[Controller]"), "Upgrade of the cloud")
    assert "EL8" not in on_controllers
    assert "EL8" not in section(readme("13", *SERVICE, "roles=[Compute]"), "Upgrade of the cloud")


@pytest.mark.parametrize(
    ("base", "command"),
    [
        ("cinder-volume", "openstack volume service list"),
        ("neutron-openvswitch-agent", "openstack network agent list"),
        ("neutron-server", "openstack network agent list"),
        ("nova-compute", "openstack compute service list"),
        ("manila-share", "manila service-list"),
        ("horizon", ""),
    ],
)
def test_verify_asks_the_cloud_of_the_service(base: str, command: str) -> None:
    said = section(readme("train", *DRIVER, f"base_image={base}"), "Verify")
    assert (f"    {command}\n" in said) if command else ("overcloudrc" not in said)
    assert re.search(r"--entrypoint rpm \S+ -q python3-acme\n", said)


def test_verify_asks_the_cloud_of_a_wrapped_service() -> None:
    wraps = [
        "service_name=acme-cinder",
        "integration=config",
        "wraps=CinderVolume",
        "config_settings={a::b: 1}",
    ]
    assert "openstack volume service list" in section(readme("train", *wraps), "Verify")


@pytest.mark.parametrize(
    ("release", "engine", "unit"),
    [("queens", "docker", False), ("train", "podman", True), ("17.1", "podman", True)],
)
def test_trouble_is_looked_for_where_the_release_keeps_it(release: str, engine: str, unit: bool) -> None:
    said = section(readme(release, *SERVICE), "When something is wrong")
    assert f"sudo {engine} logs --tail 50 acme_agent\n" in said
    assert ("systemctl status tripleo_acme_agent" in said) == unit
    assert ("/var/log/containers/stdouts/acme_agent.log" in said) == unit
    assert "ausearch -m avc" in said
    assert "kolla_set_configs" in said


def test_configuration_alone_has_no_containers_to_look_into() -> None:
    said = section(readme("train", "service_name=acme-conf", "integration=config"), "When something is wrong")
    assert "logs" not in said


def test_a_certified_image_is_spoken_of_where_there_is_a_catalogue() -> None:
    certified = readme("16.2", *DRIVER)
    assert "preflight check container" in certified
    assert "certified" not in readme("train", *DRIVER).lower()
    assert "certified" not in readme("16.2", *DRIVER, "build=prepare").lower()


@pytest.mark.parametrize(
    ("tag", "labels"), [("3.0", ("3.0", "1")), ("3.0-2", ("3.0", "2")), ("3.0-rc1", ("3.0-rc1", "1"))]
)
def test_the_label_release_counts_up_with_the_tag(tag: str, labels: tuple[str, str]) -> None:
    document = answers.load("", "a.yaml").with_settings(["release=16.2", *DRIVER, f"image_tag={tag}"])
    dockerfile = plan(answers.check(document)).rendered["containers/acme-cinder/Dockerfile"].content.decode()
    assert (f'version="{labels[0]}"' in dockerfile, f'release="{labels[1]}"' in dockerfile) == (True, True)


@pytest.mark.parametrize("release", ["13", "16.2", "17.1"])
def test_the_registry_of_the_undercloud_may_have_another_name(release: str) -> None:
    said = section(readme(release, *SERVICE), "Prerequisites")
    assert "vendor-scaffold update --set registry=" in said
    own = section(readme(release, *SERVICE, "registry=registry.example.com"), "Prerequisites")
    assert "vendor-scaffold update" not in own


def test_the_rehearsal_comes_before_the_deployment() -> None:
    said = section(readme("17.1", *SERVICE), "Deploy")
    order = ["    make check\n", "    make verify\n", "    make overlay\n", "overcloud deploy"]
    assert sorted(order, key=said.index) == order


def test_one_image_of_a_list_gets_its_tag_where_it_is_said() -> None:
    one = [
        "service_name=acme-cinder",
        "integration=image",
        "images=[{base_image: cinder-volume, image_tag: '2'}]",
    ]
    said = section(readme("16.2", *one), "Upgrade")
    assert "vendor-scaffold update --set services.acme-cinder.images.0.image_tag=TAG\n" in said
