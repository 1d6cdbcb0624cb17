"""From one release to another: every ordered pair, as an update takes a repository there."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from scaffold.answers import check, load
from scaffold.errors import ScaffoldError
from scaffold.pipeline import plan
from scaffold.project import create
from scaffold.releases import NAMES
from scaffold.transaction import carry_out
from scaffold.transaction.lock import lock
from scaffold.updating import plan_update
from scaffold.updating.applied import Applied, repository
from scaffold.updating.goals import Wish, goal

ANSWERS = """\
vendor: Acme
release: {}
services:
  - service_name: acme-agent
    privileged: true
    kernel_module: {{name: acme_dev, loader: separate}}
    config_settings: {{"acme::port": 8080}}
    firewall_rules: {{"180 acme": {{dport: 8080}}}}
    containers:
      - {{name: acme_init, command: /usr/bin/acme-init, detach: false, environment: {{ACME_MODE: init}}}}
    host_directories: [/var/log/containers/acme_agent, /var/lib/acme]
    environment:
      parameter_defaults: {{AcmeUrl: "http://acme.example.com"}}
  - service_name: acme-driver
    integration: image
    base_image: cinder-volume
"""
SERVICE = "docker/services/acme-agent.yaml"
EDITS = {
    SERVICE: ("description: Role data for the acme-agent service.", "description: What we run everywhere."),
    "README.md": ("## Deploy\n", "## Deploy\n\nAsk the storage team first.\n"),
    "containers/acme-agent/Dockerfile": ("USER root\n", "USER 0\n"),
}


def made(directory: Path, release: str) -> Applied:
    create(
        directory, (planned := plan(check(load(ANSWERS.format(release), "answers")))).rendered | planned.state
    )
    return repository(directory)


def migrated(applied: Applied, release: str) -> None:
    update = plan_update(applied, goal(applied, Wish(settings=(f"release={release}",))))
    with lock(applied.root):
        carry_out(applied.root, update.writes, expected=update.expected, title="update")


@pytest.mark.parametrize(("old", "new"), list(combinations(NAMES, 2)))
def test_forward(tmp_path: Path, old: str, new: str) -> None:
    applied = made(tmp_path / "acme", old)
    for path, (before, after) in EDITS.items():
        text = (applied.root / path).read_text()
        assert before in text
        (applied.root / path).write_text(text.replace(before, after, 1))
    update = plan_update(applied, goal(applied, Wish(settings=(f"release={new}",))))
    assert update.merge.conflicts == ()
    migrated(applied, new)
    fresh = plan(check(load(ANSWERS.format(new), "answers")))
    assert repository(applied.root).pristine == fresh.rendered, "as if it had been made for the new release"
    for path, file in fresh.rendered.items():
        expected = file.content.decode()
        if path in EDITS:
            expected = expected.replace(*EDITS[path], 1)
        assert (applied.root / path).read_text() == expected


@pytest.mark.parametrize(("new", "old"), [("train", "wallaby"), ("queens", "rocky")])
def test_backward_only_when_asked(tmp_path: Path, old: str, new: str) -> None:
    applied = made(tmp_path / "acme", old)
    wish = Wish(settings=(f"release={new}",))
    with pytest.raises(ScaffoldError, match=f"{new} is older than {old}"):
        goal(applied, wish)
    reached = goal(applied, replace(wish, allow_downgrade=True))
    assert plan_update(applied, reached).state == "update-available"


def test_what_the_vendor_chose_himself_stays(tmp_path: Path) -> None:
    text = ANSWERS.format("queens").replace("vendor: Acme", "vendor: Acme\nregistry: images.acme.example.com")
    text = text.replace(
        'AcmeUrl: "http', 'DockerNovaComputeImage: images.acme.example.com/nova:1, AcmeUrl: "http'
    )
    named = "{name: acme_config, command: /usr/bin/acme, image: {get_param: DockerNeutronConfigImage}}"
    text = text.replace("    host_directories", f"      - {named}\n    host_directories")
    planned = plan(check(load(text, "answers")))
    create(tmp_path / "acme", planned.rendered | planned.state)
    applied = repository(tmp_path / "acme")
    migrated(applied, "wallaby")
    answers = (tmp_path / "acme/.vendor-scaffold/answers.yaml").read_text()
    assert "registry: images.acme.example.com" in answers
    assert "container_engine: podman" in answers
    assert "ContainerNovaComputeImage: images.acme.example.com/nova:1" in answers
    assert "get_param: ContainerNeutronConfigImage" in answers


@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        ((), "--set services.acme-agent.image_tag=TAG --set services.acme-driver.image_tag=TAG"),
        (("services.acme-agent.image_tag=2.0",), "update --set services.acme-driver.image_tag=TAG"),
        (("services.acme-agent.image_tag=2.0", "services.acme-driver.image_tag=2.0"), ""),
    ],
)
def test_images_of_another_release_want_another_tag(
    settings: tuple[str, ...], asked: str, tmp_path: Path
) -> None:
    """A node that has the image of the old release under that tag would not pull the new one."""
    applied = made(tmp_path / "acme", "train")
    for release in ("ussuri", "wallaby"):
        notes = goal(applied, Wish(settings=(f"release={release}", *settings))).notes
        assert [note.endswith(asked) for note in notes if "image_tag=TAG" in note] == (
            [True] if asked else []
        )
    assert not [note for note in goal(applied, Wish()).notes if "image_tag" in note]


@pytest.mark.parametrize(
    ("wraps", "old", "new"),
    [
        (
            "{service: CinderVolume, template: %s}",
            "docker/services/cinder-volume.yaml",
            "deployment/cinder/cinder-volume-container-puppet.yaml",
        ),
        (
            "[{service: CinderVolume, template: %s}]",
            "docker/services/pacemaker/cinder-volume.yaml",
            "deployment/cinder/cinder-volume-pacemaker-puppet.yaml",
        ),
        (
            "{service: NovaCompute, template: %s}",
            "docker/services/nova-compute.yaml",
            "deployment/nova/nova-compute-container-puppet.yaml",
        ),
    ],
)
def test_a_template_that_is_wrapped_has_the_name_of_the_release(
    wraps: str, old: str, new: str, tmp_path: Path
) -> None:
    """Templates moved with Stein, and of two of a service the same one stays."""
    service = f"{{service_name: acme-volume, integration: config, wraps: {wraps % old}}}"
    text = f"release: queens\nservices: [{service}]\n"
    planned = plan(check(load(text, "answers")))
    create(tmp_path / "acme", planned.rendered | planned.state)
    migrated(repository(tmp_path / "acme"), "train")
    assert f"template: {new}" in (tmp_path / "acme/.vendor-scaffold/answers.yaml").read_text()
