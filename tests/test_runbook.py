"""The README of a generated repository, command by command and to the letter, on a stand-in undercloud."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from markdown_it import MarkdownIt

from scaffold import answers, project, releases
from scaffold.pipeline import plan

from .system import installed

IMAGES = ("CinderVolumeImage", "CinderConfigImage", "NeutronApiImage", "NeutronConfigImage")
DECLARED = [f"{prefix}{name}" for prefix in ("Docker", "Container") for name in IMAGES]
DECLARED += ["ContainerImagePrepare", "ExtraKernelModules", "{{role.name}}Parameters"]
TEMPLATES = {
    "overcloud.j2.yaml": "parameters:\n" + "".join(f"  {name}:\n" for name in DECLARED),
    "roles_data.yaml": "- name: Controller\n  ServicesDefault:\n    - OS::TripleO::Services::Kernel\n"
    "    - OS::TripleO::Services::CinderVolume\n",
    "roles/Standalone.yaml": "- name: Standalone\n  ServicesDefault:\n    - OS::TripleO::Services::Kernel\n",
    "environments/standalone/standalone-tripleo.yaml": "parameter_defaults: {}\n",
    "deployment/cinder/cinder-backend-pure-puppet.yaml": "parameters: {}\n",
}
# a deployment reads all that it is given, and keeps the last environment file
OPENSTACK = """#!/bin/sh -e
case "$*" in "overcloud deploy "*|"tripleo deploy --standalone "*) ;; *) exit 0 ;; esac
for given in "$@"; do
  case $given in /*) last=$given; [ -e "$given" ] ;; esac
done
cp "$last" "$HOME/deployed.yaml"
"""
# the registry of an undercloud has no TLS
SKOPEO = """#!/bin/sh
case "$*" in *--tls-verify=false*) ;; *) echo "server gave HTTP response to HTTPS client"; exit 1 ;; esac
"""
# the tool is the one of this checkout, without the hour that a first rehearsal may take
TOOL = f"""#!/bin/sh
[ "$1" != verify ] || exit 0
exec {Path(sys.executable).parent}/vendor-scaffold "$@"
"""
PYTHON = f"""#!/bin/sh
case "$1 $2" in
  "-m venv") mkdir -p "$3/bin"; : > "$3/bin/activate" ;;
  "-m pip") ;;
  *) exec {sys.executable} "$@" ;;
esac
"""
# what a node has, this machine has not
OF_A_NODE = """#!/bin/sh
case "$*" in */sys/module/*|*/var/log/*|*/var/lib/mistral/*|*/lib/modules*) exit 0 ;; esac
PATH=${PATH#*:} exec {program} "$@"
"""
PROGRAMS = {
    "openstack": OPENSTACK,
    "skopeo": SKOPEO,
    "vendor-scaffold": TOOL,
    "python3": PYTHON,
    "sudo": '#!/bin/sh\nexec "$@"\n',
    "hiera": "#!/bin/sh\necho acme_agent acme_conf acme_ml2\n",
    **{name: OF_A_NODE.replace("{program}", name) for name in ("ls", "tail")},
    **dict.fromkeys(("podman", "docker"), '#!/bin/sh\n[ "$1" != ps ] || cat "$HOME/running"\n'),
    "kolla-build": "#!/bin/sh\n",
    **dict.fromkeys(
        (
            "pcs",
            "ausearch",
            "systemctl",
            "modprobe",
            "modinfo",
            "rmmod",
            "manila",
            "preflight",
            "cinder-manage",
        ),
        "#!/bin/sh\n",
    ),
    **dict.fromkeys(("virt-customize", "virt-cat", "virt-ls", "guestfish", "qemu-img"), "#!/bin/sh\n"),
}
SHAPES = {
    "service": ["service_name=acme-agent", "install={packages: [acme-agent]}"],
    "service of Queens": ["service_name=acme-agent", "install={packages: [acme-agent]}", "release=queens"],
    "driver of 17.1": ["service_name=acme-cinder", "integration=image", "release=17.1"],
    "driver built by kolla": [
        "service_name=acme-ml2",
        "integration=image",
        "base_image=neutron-server",
        "build=kolla",
        "release=train",
        "kernel_module={name: acme-net, delivery: host}",
    ],
    "driver of 13": ["service_name=acme-cinder", "integration=image", "release=13"],
    "configuration": ["service_name=acme-conf", "integration=config"],
    "driver with a template of the release": [
        "service_name=acme-cinder",
        "integration=image",
        "release=16.2",
        "environment={resource_registry: {OS::TripleO::Services::CinderBackendPure: "
        "deployment/cinder/cinder-backend-pure-puppet.yaml}}",
    ],
    "all on one node": ["service_name=acme-agent", "install={packages: [acme-agent]}", "single_node=true"],
    "layer of image prepare": ["service_name=acme-cinder", "integration=image", "build=prepare"],
}


OF_ANY = {
    "service": [
        "service_name=acme-agent",
        "install={packages: [acme-agent]}",
        "host_directories=[/var/log/containers/acme]",
    ],
    "driver": ["service_name=acme-cinder", "integration=image", "install={packages: [python3-acme]}"],
    "module": [
        "service_name=acme-agent",
        "install={packages: [acme-agent]}",
        "kernel_module={name: acme-net, delivery: host, packages: [kmod-acme-net]}",
    ],
    "wrapped": [
        "service_name=acme-cinder",
        "integration=config",
        "wraps=CinderVolume",
        "config_settings={a::b: 1}",
    ],
    "configuration": ["service_name=acme-conf", "integration=config"],
}


def settings(shape: str) -> list[str]:
    """What is asked for: one of SHAPES, or one of OF_ANY `of` a release."""
    kind, _, release = shape.rpartition(" of ")
    return SHAPES.get(shape) or [*OF_ANY[kind], f"release={release}"]


@pytest.fixture(params=SHAPES)
def undercloud(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A home with the stock templates, a roles file, an environment file and the repository."""
    made = plan(answers.check(answers.load("", "answers.yaml").with_settings(settings(request.param))))
    project.create(tmp_path / "made", made.rendered | made.state)
    for licence in (tmp_path / "made").rglob("licenses/LICENSE"):
        licence.write_text("Apache-2.0\n")
    for name, text in TEMPLATES.items():
        (tmp_path / "stock" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "stock" / name).write_text(text)
    (tmp_path / "roles_data.yaml").write_text(TEMPLATES["roles_data.yaml"])
    told = {
        "parameter_defaults": {"DockerInsecureRegistryAddress": [made.repo.registry]}
    }  # as the README asks
    (tmp_path / made.repo.release.tripleo.images_environment).write_text(yaml.safe_dump(told))
    references = [f"name {image.reference}\n" for one in made.repo.services for image in one.images]
    (tmp_path / "running").write_text("".join(references))
    (tmp_path / "images").mkdir()
    for disk in ("overcloud-full", "overcloud-hardened-uefi-full"):
        (tmp_path / f"images/{disk}.qcow2").touch()
    (tmp_path / "bin").mkdir()
    for name, text in PROGRAMS.items():
        (tmp_path / "bin" / name).write_text(text)
        (tmp_path / "bin" / name).chmod(0o755)
    installed("make")
    shell(tmp_path, "git init -qb main && git add --all && git commit -qm start")
    return tmp_path


def shell(home: Path, commands: str) -> str:
    own = {"HOME": str(home), "TEMPLATES": str(home / "stock")}
    own["PATH"] = f"{home / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    own |= {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    own |= dict.fromkeys(("http_proxy", "https_proxy", "no_proxy"), "")
    done = subprocess.run(
        ["bash", "-euc", commands], cwd=home / "made", env=os.environ | own, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{commands}\n{done.stdout}{done.stderr}"
    return done.stdout


def blocks(home: Path) -> list[tuple[str, str]]:
    """The blocks of code of the README, each with the heading that it stands below."""
    found, heading = [], ""
    tokens = MarkdownIt().parse((home / "made/README.md").read_text())
    for before, token in zip([tokens[0], *tokens], tokens, strict=False):
        if before.type == "heading_open" and before.tag == "h2":
            heading = token.content
        if token.type == "code_block":
            found.append((heading, token.content))
    return found


def commands(home: Path, heading: str) -> list[str]:
    """The blocks of code below HEADING."""
    return [block for of, block in blocks(home) if of == heading]


def deployed(home: Path) -> set[str]:
    """The words of the environment file that was deployed last."""
    return set(yaml.safe_dump(yaml.safe_load((home / "deployed.yaml").read_text())).split())


def test_what_is_deployed_follows_every_section(undercloud: Path) -> None:
    *before, deploy = commands(undercloud, "Deploy")
    for block in [*before, deploy]:
        shell(undercloud, block)
    first = deployed(undercloud)
    for block in [one for one in commands(undercloud, "Upgrade") if "pcs" not in one]:
        shell(undercloud, block)
    shell(undercloud, deploy)
    changed = any("=TAG" in block for block in commands(undercloud, "Upgrade"))
    assert changed == any(word.endswith("TAG") for word in deployed(undercloud) - first)
    if changed:  # else the commit to take back is none of the README's
        for block in commands(undercloud, "Roll back"):
            shell(undercloud, block)
    shell(undercloud, deploy)
    assert deployed(undercloud) == first


EVERY = ["service", "driver", "module", "wrapped", "configuration"]
EVERYDAY = ("service of 16.1", "service of 16.2")  # ways to update and upgrade a cloud
OF_RELEASE = [
    pytest.param(
        f"{shape} of {release}", marks=[] if f"{shape} of {release}" in EVERYDAY else pytest.mark.slow
    )
    for shape in EVERY
    for release in (*releases.NAMES, *releases.RHOSP)
]


@pytest.mark.parametrize("undercloud", [*SHAPES, *OF_RELEASE], indirect=True)
def test_every_command_of_the_readme_is_right(undercloud: Path) -> None:
    """Each block in its turn; those that take the cloud on to other versions come last."""
    found = blocks(undercloud)
    on = [one for one in found if one[0].startswith(("Minor update", "Upgrade of the cloud"))]
    for heading, block in [*(one for one in found if one not in on), *on]:
        if block.startswith("parameter_defaults:"):
            assert yaml.safe_load(block), heading
        elif heading != "Roll back" or "Upgrade to" in shell(undercloud, "git log -1 --format=%s"):
            shell(undercloud, block)


@pytest.mark.parametrize("undercloud", ["service"], indirect=True)
def test_a_directory_of_the_operator_is_no_overlay(undercloud: Path) -> None:
    (undercloud / "templates").mkdir()  # where Red Hat's documents have operators keep their files
    (undercloud / "templates/network.yaml").write_text("mine")
    shell(undercloud, "make overlay")
    with pytest.raises(AssertionError, match="no copy of the templates: give OVERLAY=DIRECTORY"):
        shell(undercloud, 'make overlay OVERLAY="$HOME/templates"')
    assert [path.name for path in (undercloud / "templates").iterdir()] == ["network.yaml"]


@pytest.mark.parametrize("undercloud", ["all on one node"], indirect=True)
def test_one_node_is_deployed_with_its_own_command_and_role(undercloud: Path) -> None:
    (deploy,) = commands(undercloud, "Deploy")[-1:]
    assert deploy.startswith("sudo openstack tripleo deploy --standalone ")
    assert "standalone/standalone-tripleo.yaml" in deploy
    for block in commands(undercloud, "Deploy"):
        shell(undercloud, block)
    assert "AcmeAgent" in (undercloud / "standalone_roles.yaml").read_text()


@pytest.mark.parametrize("undercloud", ["driver of 17.1", "driver of 13"], indirect=True)
def test_one_engine_signs_in_builds_and_pushes(undercloud: Path) -> None:
    """What one user's engine knows, another's does not: a login, an image."""
    makefile = (undercloud / "made/Makefile").read_text()
    (engine,) = re.findall(r"^ENGINE \?= (.*)", makefile, re.MULTILINE)
    assert engine.startswith("sudo ")
    (login, *_) = commands(undercloud, "Build and push the image")
    assert login.startswith(f"{engine} login registry.redhat.io\n")


STOCK = "quay.io/tripleotraincentos8/centos-binary-neutron-server:current-tripleo"


@pytest.mark.parametrize("undercloud", ["driver built by kolla"], indirect=True)
@pytest.mark.parametrize(
    ("image", "found"), [(STOCK, False), ("registry/acme/centos-binary-neutron-server:1.0", True)]
)
def test_verify_tells_the_stock_image_from_the_vendors(undercloud: Path, image: str, found: bool) -> None:
    (undercloud / "bin/podman").write_text(f"#!/bin/sh\necho neutron_api {image}\n")
    (first, *_) = "".join(commands(undercloud, "Verify")).splitlines()
    if found:
        shell(undercloud, first)
    else:
        with pytest.raises(AssertionError):
            shell(undercloud, first)


@pytest.mark.parametrize("undercloud", ["driver of 17.1"], indirect=True)
def test_verify_knows_the_image_of_a_bundle_by_another_tag(undercloud: Path) -> None:
    """Pacemaker runs it as pcmklatest, so it is found by its number."""
    podman = '#!/bin/sh\ncase "$1" in image) echo 123 ;; *) echo "$@" > "$HOME/asked" ;; esac\n'
    (undercloud / "bin/podman").write_text(podman)
    shell(undercloud, "".join(commands(undercloud, "Verify")))
    assert (undercloud / "asked").read_text() == "ps --filter ancestor=123\n"


@pytest.mark.parametrize("undercloud", ["driver built by kolla"], indirect=True)
def test_verify_looks_for_every_module(undercloud: Path) -> None:
    assert "ls -d /sys/module/acme_net\n" in "".join(commands(undercloud, "Verify"))
