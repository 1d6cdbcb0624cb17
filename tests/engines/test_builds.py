"""TripleO's own image builds, run for real: kolla's Dockerfiles, TCIB's, and what image prepare decides."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold import answers, project
from scaffold.pipeline import plan
from scaffold.verify import builders, install
from scaffold.verify.builders import image_prepare, kolla_build, tcib
from scaffold.verify.confinement import Confinement
from scaffold.verify.rehearsal import Rehearsal
from scaffold.verify.session import Session

from ..system import namespaces

pytestmark = pytest.mark.engines
SUM = "0" * 64
INSTALL = {
    "repo_files": ["v.repo"],
    "packages": ["vx-driver"],
    "rpm_files": ["vx.rpm"],
    "pip": ["vx==1"],
    "pip_index": "https://vx.example/simple",
    "archives": [{"url": "https://vx.example/vx-1.tgz", "sha256": SUM, "to": "/opt/vx"}],
    "python_sources": [{"name": "vx_tree", "into": "cinder.volume.drivers"}],
}
COMPARED = f'echo "{SUM}  /tmp/vx-1.tgz" > /tmp/SHA256SUM && sha256sum -c /tmp/SHA256SUM'
UNPACKED = f"{COMPARED} && mkdir -p /opt/vx && tar -xzf /tmp/vx-1.tgz"
COPIED = '/vx_tree "$site/cinder/volume/drivers/" && '
HOSTILE = "{{ 7 * 7 }} {% endblock %} {# c #} {{{ $HOME \" '"
KOLLA = [
    pytest.param(name, marks=[] if name in ("stein", "ussuri") else [pytest.mark.matrix])
    for name in ("queens", "rocky", "stein", "train", "ussuri")
]


@pytest.fixture
def made(tmp_path: Path, session: Session) -> Callable[..., Rehearsal]:
    namespaces()

    def make(release: str, build: str, **more: Any) -> Rehearsal:
        service = {"service_name": "vx-driver", "integration": "image", "build": build} | more
        text = json.dumps({"release": release, "vendor": "Vx", "services": [service]})
        found = answers.check(answers.load(text, "answers.yaml"))
        planned = plan(found)
        project.create(tmp_path / "made", planned.rendered)
        return Rehearsal(tmp_path / "made", planned.repo, found.values["services"], session)

    return make


@pytest.mark.parametrize("release", KOLLA)
def test_kolla_puts_the_vendor_into_its_image_and_no_other(
    release: str, made: Callable[..., Rehearsal], tmp_path: Path
) -> None:
    images = [
        {"base_image": "cinder-volume", "install": INSTALL | {"base_packages": ["vx-base"]}},
        {"base_image": "cinder-scheduler", "install": {"packages": ["vx-driver"]}},  # takes no append
        {"base_image": "horizon", "install": {"packages_override": ["vx-only"]}},
    ]
    rehearsal = made(release, "kolla", images=images, labels={"description": HOSTILE})
    for folder in (rehearsal.root / "kolla/docker").rglob("licenses"):
        for name in ("v.repo", "vx.rpm"):
            (folder.parent / name).touch()
        (folder.parent / "vx_tree").mkdir()
    (tmp_path / "work").mkdir()
    names = [image["base_image"] for image in images]
    rendered = kolla_build.write(Confinement(), release, rehearsal.root, tmp_path / "work", names)
    found = {name: made.text for name, made in rendered.items()}
    volume = found["cinder-volume"]
    assert re.search(r"install .*\bvx-driver\b", volume)
    assert "nfs-utils" in volume  # kolla's own packages stay
    wheel = "" if release == "ussuri" else "vx/pip-20.3.4-py2.py3-none-any.whl "  # no list names pip
    copies = ("v.repo /etc/yum.repos.d/", f"vx.rpm {wheel}/tmp/", "licenses /licenses")
    for line in copies:
        assert f"COPY vx/{line}" in volume
    for part in ("--extra-index-url=https://vx.example/simple vx==1", UNPACKED, COPIED):
        assert part in volume
    assert volume.index("vx/v.repo") < volume.index("vx-driver") < volume.index("rm /etc/yum.repos.d/v.repo")
    escaped = HOSTILE.replace('"', '\\"').replace("$", "\\$")
    assert f'description="{escaped}"' in volume
    assert volume.rstrip().endswith("USER cinder")
    assert (rendered["cinder-volume"].context / "vx/vx.rpm").exists()
    assert re.search(r"install .*\bvx-driver\b", found["cinder-scheduler"])
    assert re.search(r"install .*\bvx-only\b", found["horizon"])
    assert "gettext" not in found["horizon"]
    assert re.search(r"\bvx-base\b", found["base"])
    others = {name for name, text in found.items() if "vx-" in text} - {"base"}
    assert others == set(names)
    for image in rehearsal.repo.services[0].images:  # the name that the environment file gives
        parent = re.search(r"^FROM (\S+)/[\w-]+:(\S+)$", found[image.base_name], re.M)
        assert parent
        assert image.reference == f"{parent[1]}/centos-binary-{image.base_name}:{parent[2]}"


def test_the_anchored_list_builds_just_that_image(made: Callable[..., Rehearsal], tmp_path: Path) -> None:
    """tripleo-common makes kolla-build's arguments of kolla/images.yaml; Stein's does not anchor them."""
    rehearsal = made("stein", "kolla", base_image="heat-api", install=INSTALL)
    (entry,) = yaml.safe_load((rehearsal.root / "kolla/images.yaml").read_text())["container_images"]
    code = "import sys; from tripleo_common.image.kolla_builder import KollaImageBuilder as builder; "
    code += "print(builder.imagename_to_regex(sys.argv[1]))"
    asked = install.run([install.venv("tripleo"), "-c", code, entry["imagename"]]).split()[-1]
    images = kolla_build.call(Confinement(), "stein", tmp_path, "--list-images", asked)
    built = {line.split(" : ")[1] for line in images.splitlines() if " : " in line}
    assert "heat-api" in built
    assert "heat-api-cfn" not in built


@pytest.mark.parametrize("release", ["wallaby", pytest.param("victoria", marks=pytest.mark.matrix)])
def test_tcib_makes_a_dockerfile_of_what_is_asked(
    release: str, made: Callable[..., Rehearsal], tmp_path: Path
) -> None:
    """The client's own command, with the options of `make build`, up to the Dockerfile."""
    images = [
        {"base_image": "cinder-volume", "install": INSTALL, "labels": {"description": HOSTILE}},
        {"base_image": "horizon"},
    ]
    rehearsal = made(release, "kolla", images=images)
    makefile = (rehearsal.root / "Makefile").read_text().replace("$(CURDIR)", str(rehearsal.root))
    asked = re.search(r"container image build \\\n((?:.*\\\n)*.*)\n", makefile)
    assert asked
    options = asked[1].replace("\\\n", " ").split()
    options = [one for one in options if one not in ("--exclude", "horizon-vx")]
    (tmp_path / "work").mkdir()
    found = tcib.write(Confinement(), rehearsal.root, options, tmp_path / "work")
    assert set(found) == {"cinder-volume-vx", "horizon-vx"}
    volume = found["cinder-volume-vx"]
    first, *_, last = [line for line in volume.splitlines() if line and not line.startswith("#")]
    assert first == f"FROM {rehearsal.repo.services[0].images[0].base}"
    assert last == "USER cinder"
    escaped = HOSTILE.replace('"', '\\"').replace("$", "\\$")
    assert f'LABEL description="{escaped}"' in volume
    files = "/mnt/vx/cinder-volume-vx"
    assert f"RUN dnf install -y vx-driver {files}/vx.rpm && dnf clean all" in volume
    copied = f"cp -r {files}/vx_tree /tmp/vx_tree"
    for part in ("--extra-index-url=https://vx.example/simple vx==1", UNPACKED, copied, COPIED):
        assert part in volume
    assert volume.index(f"RUN cp {files}/v.repo") < volume.index("RUN dnf") < volume.index("RUN rm /etc/yum")
    assert builders.run(rehearsal)[0] == []


@pytest.mark.parametrize("release", [pytest.param("train", marks=pytest.mark.matrix), "wallaby"])
def test_image_prepare_changes_just_that_image(release: str, made: Callable[..., Rehearsal]) -> None:
    rehearsal = made(release, "prepare", base_image="cinder-volume", install=INSTALL)
    found = {
        name: image for name, image in image_prepare.parameters(rehearsal).items() if name.endswith("Image")
    }
    changed = {name: image for name, image in found.items() if image.endswith("-vx-1.0")}
    (image,) = rehearsal.repo.services[0].images
    assert set(changed) == set(image.parameters)
    assert {one.partition("/")[2] for one in changed.values()} == {image.reference.partition("/")[2]}
    assert len(found) > 80
