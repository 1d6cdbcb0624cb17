"""TripleO's own image builds, run for real: kolla's Dockerfiles, TCIB's, and what image prepare decides.

kolla takes a variable or block that its templates do not have without a word, so the Dockerfiles are read.
The overrides of TripleO that kolla/tripleo.conf names come first, as on an undercloud.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold import answers, project
from scaffold.pipeline import plan

from . import builders as install

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
UNPACKED = f'echo "{SUM}  /tmp/vx-1.tgz" | sha256sum -c - && mkdir -p /opt/vx && tar -xzf /tmp/vx-1.tgz'
COPIED = '/vx_tree "$site/cinder/volume/drivers/" && '
HOSTILE = "{{ 7 * 7 }} {% endblock %} {# c #} {{{ $HOME \" '"
# release -> the kolla that renders it; 12.7 is the last that still knows type binary
KOLLA = {"stein": "8.0.5", "ussuri": "12.7.0"}


def made(destination: Path, release: str, build: str, **more: Any) -> tuple[Path, Any]:
    service = {"service_name": "vx-driver", "integration": "image", "build": build} | more
    text = json.dumps({"release": release, "vendor": "Vx", "services": [service]})
    planned = plan(answers.check(answers.load(text, "answers.yaml")))
    project.create(destination, planned.rendered)
    return destination, planned.repo


def kolla_dockerfiles(repo: Path, release: str, work: Path, *images: str) -> dict[str, str]:
    """The Dockerfiles that kolla-build makes of the repository, by the name of the image."""
    common = install.source("tripleo-common", install.TRIPLEO_COMMON[release])
    conf = repo / "kolla/tripleo.conf"
    ours = conf.read_text()
    theirs = "/usr/share/tripleo-common/container-images"
    assert theirs in ours
    conf.write_text(ours.replace(theirs, str(common / "container-images")))
    for folder in (repo / "kolla/docker").rglob("licenses"):
        for name in ("v.repo", "vx.rpm"):
            (folder.parent / name).touch()
        (folder.parent / "vx_tree").mkdir()
    kolla = install.kolla(KOLLA[release])
    anchored = [f"^{image}$" for image in images]
    makefile = (repo / "Makefile").read_text()
    files = re.findall(r"--(?:kolla-)?config-file (kolla/\S+\.conf)", makefile)
    options = [word for file in files for word in ("--config-file", file)]
    command = [kolla.with_name("kolla-build"), *options, "--template-only"]
    subprocess.run([*command, "--work-dir", str(work), *anchored], cwd=repo, check=True, capture_output=True)
    return {path.parent.name: path.read_text() for path in (work / "docker").rglob("Dockerfile")}


@pytest.mark.parametrize("release", KOLLA)
def test_kolla_puts_the_vendor_into_its_image_and_no_other(release: str, tmp_path: Path) -> None:
    images = [
        {"base_image": "cinder-volume", "install": INSTALL | {"base_packages": ["vx-base"]}},
        {"base_image": "cinder-scheduler", "install": {"packages": ["vx-driver"]}},  # takes no append
        {"base_image": "horizon", "install": {"packages_override": ["vx-only"]}},
    ]
    repo, model = made(tmp_path / "made", release, "kolla", images=images, labels={"description": HOSTILE})
    names = [image["base_image"] for image in images]
    found = kolla_dockerfiles(repo, release, tmp_path / "work", *names)
    volume = found["cinder-volume"]
    assert re.search(r"install .*\bvx-driver\b", volume)
    assert "nfs-utils" in volume  # kolla's own packages stay
    for line in ("COPY vx/v.repo /etc/yum.repos.d/", "COPY vx/vx.rpm /tmp/", "COPY vx/licenses /licenses"):
        assert line in volume
    for part in ("--extra-index-url=https://vx.example/simple vx==1", UNPACKED, COPIED):
        assert part in volume
    assert volume.index("vx/v.repo") < volume.index("vx-driver") < volume.index("rm /etc/yum.repos.d/v.repo")
    escaped = HOSTILE.replace('"', '\\"').replace("$", "\\$")
    assert f'description="{escaped}"' in volume
    assert volume.rstrip().endswith("USER cinder")
    assert (tmp_path / "work/docker/cinder/cinder-volume/vx/vx.rpm").exists()
    assert re.search(r"install .*\bvx-driver\b", found["cinder-scheduler"])
    assert re.search(r"install .*\bvx-only\b", found["horizon"])
    assert "gettext" not in found["horizon"]
    assert re.search(r"\bvx-base\b", found["base"])
    others = {name for name, text in found.items() if "vx-" in text} - {"base"}
    assert others == set(names)
    for image in model.services[0].images:  # the name that the environment file gives
        parent = re.search(r"^FROM (\S+)/[\w-]+:(\S+)$", found[image.base_name], re.M)
        assert parent
        assert image.reference == f"{parent[1]}/centos-binary-{image.base_name}:{parent[2]}"


def test_a_misspelt_name_would_be_noticed(tmp_path: Path) -> None:
    repo, _ = made(tmp_path / "made", "stein", "kolla", install=INSTALL)
    override = repo / "kolla/template-overrides.j2"
    override.write_text(override.read_text().replace("_packages_append", "_package_append"))
    found = kolla_dockerfiles(repo, "stein", tmp_path / "work", "cinder-volume")
    assert "COPY vx/vx.rpm" in found["cinder-volume"]
    assert not re.search(r"install .*\bvx-driver\b", found["cinder-volume"])


def test_the_anchored_list_builds_just_that_image(tmp_path: Path) -> None:
    """tripleo-common makes kolla-build's arguments of kolla/images.yaml; Stein's does not anchor them."""
    repo, _ = made(tmp_path / "made", "stein", "kolla", base_image="heat-api", install=INSTALL)
    (entry,) = yaml.safe_load((repo / "kolla/images.yaml").read_text())["container_images"]
    code = "import sys; from tripleo_common.image.kolla_builder import KollaImageBuilder as builder; "
    code += "print(builder.imagename_to_regex(sys.argv[1]))"
    asked = install.run([install.tripleo_common("wallaby"), "-c", code, entry["imagename"]]).split()[-1]
    images = subprocess.run(
        [install.kolla("8.0.5").with_name("kolla-build"), "--list-images", asked],
        capture_output=True,
        text=True,
        check=True,
    )
    built = {line.split(" : ")[1] for line in images.stdout.splitlines() if " : " in line}
    assert "heat-api" in built
    assert "heat-api-cfn" not in built


TCIB = """
import sys, types
from tripleoclient import utils
from tripleoclient.v2 import tripleo_container_image as module
sys.argv.pop(0)
class App:
    options = types.SimpleNamespace(debug=False)
    stdout = sys.stdout
def generate(playbook, inventory, **_):
    import json, yaml, subprocess, os
    path = os.path.join(os.path.dirname(playbook), "inventory.yaml")
    open(path, "w").write(yaml.safe_dump(inventory))
    subprocess.run([os.environ["ANSIBLE_PLAYBOOK"], "-i", path, playbook], check=True)
utils.run_ansible_playbook = generate
command = module.Build(App(), types.SimpleNamespace(verbose_level=1))
command.take_action(command.get_parser("build").parse_args(sys.argv))
"""


@pytest.mark.matrix
def test_tcib_makes_a_dockerfile_of_what_is_asked(tmp_path: Path) -> None:
    """The client's own command up to the Dockerfile, with ansible-playbook and tripleo-ansible's role."""
    images = [
        {"base_image": "cinder-volume", "install": INSTALL, "labels": {"description": HOSTILE}},
        {"base_image": "horizon"},
    ]
    repo, model = made(tmp_path / "made", "wallaby", "kolla", images=images)
    work = tmp_path / "work"
    script = tmp_path / "tcib.py"
    script.write_text(TCIB)
    asked = re.search(
        r"container image build \\\n((?:.*\\\n)*.*)\n",
        (repo / "Makefile").read_text().replace("$(CURDIR)", str(repo)),
    )
    assert asked
    options = asked[1].replace("\\\n", " ").split()
    options = [one for one in options if one not in ("--exclude", "horizon-vx")]
    install.run(
        [install.tripleo_client(), script, *options, "--skip-build", "--work-dir", str(work)],
        environment={
            "ANSIBLE_PLAYBOOK": str(install.ansible_playbook()),
            "ANSIBLE_PYTHON_INTERPRETER": str(install.ansible_playbook().with_name("python")),
            "ANSIBLE_HOME": str(tmp_path / "ansible"),
            "ANSIBLE_ROLES_PATH": str(install.source("tripleo-ansible", "6.0.0") / "tripleo_ansible/roles"),
        },
    )
    found = {path.parent.name: path.read_text() for path in work.rglob("Dockerfile")}
    assert set(found) == {"cinder-volume-vx", "horizon-vx"}
    volume = found["cinder-volume-vx"]
    first, *_, last = [line for line in volume.splitlines() if line and not line.startswith("#")]
    assert first == f"FROM {model.services[0].images[0].base}"
    assert last == "USER cinder"
    escaped = HOSTILE.replace('"', '\\"').replace("$", "\\$")
    assert f'LABEL description="{escaped}"' in volume
    files = "/mnt/vx/cinder-volume-vx"
    assert f"RUN dnf install -y vx-driver {files}/vx.rpm && dnf clean all" in volume
    for part in ("--extra-index-url=https://vx.example/simple vx==1", UNPACKED, f"cp -r {files}{COPIED}"):
        assert part in volume
    assert volume.index(f"RUN cp {files}/v.repo") < volume.index("RUN dnf") < volume.index("RUN rm /etc/yum")


PREPARE = """
import json, sys, yaml
from tripleo_common.image import kolla_builder
environment, roles = (yaml.safe_load(open(path)) for path in sys.argv[1:])
print(json.dumps(kolla_builder.container_images_prepare_multi(environment, roles, dry_run=True)))
"""


@pytest.mark.parametrize("release", [pytest.param("train", marks=pytest.mark.matrix), "wallaby"])
def test_image_prepare_changes_just_that_image(release: str, tmp_path: Path, tht_tree: Any) -> None:
    """tripleo-common's own image prepare, without the uploading: what the deployment's parameters become."""
    repo, model = made(tmp_path / "made", release, "prepare", base_image="cinder-volume", install=INSTALL)
    (file,) = (repo / "environments").glob("*.yaml")
    environment = yaml.safe_load(file.read_text())
    for entry in environment["parameter_defaults"]["ContainerImagePrepare"]:
        entry["push_destination"] = "127.0.0.1:1"  # so that no host is asked whether it speaks TLS
    file.write_text(yaml.safe_dump(environment))
    script = tmp_path / "prepare.py"
    script.write_text(PREPARE)
    roles = tht_tree(release) / "roles_data.yaml"
    shown = install.run([install.tripleo_common(release), script, file, roles]).splitlines()[-1]
    found = {name: image for name, image in json.loads(shown).items() if name.endswith("Image")}
    changed = {name: image for name, image in found.items() if image.endswith("-vx-1.0")}
    (image,) = model.services[0].images
    assert set(changed) == set(image.parameters)
    assert {one.partition("/")[2] for one in changed.values()} == {image.reference.partition("/")[2]}
    assert len(found) > 80
