"""What stock images hold: only what the lists of their packages say; the rest is not known."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from scaffold import answers, releases
from scaffold.catalogue import built, load
from scaffold.pipeline import plan
from scaffold.releases import NAMES
from scaffold.releases.tools import TOOLS

BASE = """\
FROM {{ base_image }}
{% import "macros.j2" as macros with context %}
{% set base_packages = ['curl', 'tar', 'which'] %}
{% if distro_package_manager == 'dnf' %}{% set base_packages = base_packages + ['python3-pip'] %}{% endif %}
{{ macros.install_packages(base_packages | customizable("packages")) }}
"""
CHILD = (
    "FROM {{ namespace }}/{{ image_prefix }}base:{{ tag }}\nRUN {{ distro_package_manager }} -y install git"
)
MACROS = (
    "{% macro install_packages(packages) %}"
    "RUN {{ distro_package_manager }} -y install {{ packages | join(' ') }} && yum clean all{% endmacro %}"
)
OVERRIDES = """\
{% extends parent_template %}
{% set base_packages_remove = ['curl'] %}
{% set base_packages_append = ['gzip'] %}
"""


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_of_kolla_they_are_those_of_its_lists_as_tripleo_changes_them(tmp_path: Path) -> None:
    docker = {"macros.j2": MACROS, "base/Dockerfile.j2": BASE, "child/Dockerfile.j2": CHILD}
    kolla = write(tmp_path / "kolla", {f"docker/{name}": text for name, text in docker.items()})
    overrides = {"container-images/tripleo_kolla_template_overrides.j2": OVERRIDES}
    common = write(tmp_path / "common", overrides)
    on_el7 = {"base": {"gzip", "tar", "which"}, "child": {"git", "gzip", "tar", "which"}}
    assert built.kolla_tools(kolla, common, "yum") == on_el7
    assert built.kolla_tools(kolla, common, "dnf") == {
        name: tools | {"pip"} for name, tools in on_el7.items()
    }


def test_of_tcib_they_are_those_that_no_condition_decides_about(tmp_path: Path) -> None:
    top = "container-images/tcib/base"
    runs = (
        "- run: dnf install -y {{ tcib_packages['common'] | join(' ') }} && dnf clean all\n"
        "- run: if [ '{{ tcib_release }}' == '8' ];then dnf install -y curl; fi\n"
        "- run: dnf -y install {{ (tcib_release == '9') | ternary('xz', 'gzip') }}\n"
    )
    common = write(
        tmp_path,
        {
            f"{top}/base.yaml": f"tcib_actions:\n{runs}tcib_packages: {{common: [tar, rsync]}}",
            f"{top}/a/a.yaml": "tcib_actions: [{run: dnf -y install unzip}]",
            f"{top}/a/b/b.yaml": "tcib_user: b",
        },
    )
    found = built.tcib_tools(common)
    assert found == {"base": {"tar", "rsync"}, "a": {"tar", "rsync", "unzip"}, "b": {"tar", "rsync", "unzip"}}


@pytest.mark.parametrize(
    ("release", "manager", "pip"),
    [
        ("queens", "yum", False),
        ("rocky", "yum", False),
        ("stein", "yum", False),
        ("train", "yum", False),
        ("train", "dnf", True),  # RHOSP 16.x
        ("ussuri", "dnf", True),
        ("victoria", "dnf", False),
        ("wallaby", "dnf", False),
    ],
)
def test_pip_is_where_a_list_names_it(release: str, manager: str, pip: bool) -> None:
    assert ("pip" in load(release).holds("cinder-volume", manager)) == pip


def test_an_image_without_a_list_holds_nothing_for_sure() -> None:
    assert load("stein").holds("daemon", "yum") == frozenset()  # ceph's
    assert load("train").holds("neutron-mlnx-agent", "dnf") == frozenset()  # kolla has no template
    assert load("train").holds("of-a-vendor", "dnf") == frozenset()
    assert "tar" in load("queens").holds("mariadb", "yum") - load("queens").holds("horizon", "yum")
    for release in ("queens", "train", "wallaby"):
        for lists in load(release).tools.values():
            assert {tool for tools in lists.values() for tool in tools} <= TOOLS.keys()


BASES = [(name, version) for name in NAMES for version in releases.load(name).bases]
ARCHIVE = {"sha256": "0" * 64, "to": "/opt/acme"}
INSTALL = {
    "pip": ["acme==2.1"],
    "archives": [ARCHIVE | {"url": f"https://acme.example/acme.tar.{kind}"} for kind in ("gz", "xz")],
}


@pytest.mark.parametrize(("release", "version"), BASES)
def test_on_every_stock_image_a_layer_has_what_it_uses(release: str, version: str) -> None:
    """By the list of a package, by the layer itself or, for Python 2, by the wheel that the vendor brings."""
    known, manager = load(release), releases.load(release).bases[version].package_manager
    seen: set[str] = set()
    images = []
    for image in known.images.values():
        names = {*image.parameters, *image.config_parameters}
        if image.parameters and not image.reference and not names & seen:
            images.append({"base_image": image.name, "install": INSTALL})
            seen |= names
    service = {"service_name": "acme-driver", "integration": "image", "images": images}
    asked = {"release": release} if version == "rdo" else {"release": version, "distribution": "rhosp"}
    planned = plan(answers.check(answers.load(json.dumps(asked | {"services": [service]}), "answers.yaml")))
    assert len(images) > 50
    for each in images:
        text = planned.rendered[f"containers/{each['base_image']}/Dockerfile"].content.decode()
        brought = set(re.findall(rf"\|\| {manager} install -y (\S+);", text))
        held = known.holds(str(each["base_image"]), manager)
        assert {"curl", "tar", "gzip", "xz"} <= held | brought
        if manager == "yum":
            assert "python-setuptools" in brought
            assert "RUN python /tmp/pip-20.3.4-py2.py3-none-any.whl/pip install" in text
        else:
            assert "pip" in held or "python3-pip" in brought
