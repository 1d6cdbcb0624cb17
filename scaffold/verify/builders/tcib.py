"""TCIB, up to the Dockerfiles: the client's own command, and the role of tripleo-ansible that writes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import yaml

from scaffold.model import Image
from scaffold.verify import controls, host, install, processes
from scaffold.verify.builders import dockerfiles
from scaffold.verify.confinement import Confinement
from scaffold.verify.findings import EngineFinding
from scaffold.verify.locating import mentioned
from scaffold.verify.needs import Needs
from scaffold.verify.rehearsal import Rehearsal

LIST = "tcib/containers.yaml"
ROLES = ("tripleo-ansible", "6.0.0")


class TcibFailed(Exception):
    """TCIB wrote no Dockerfiles; all that it said."""


def needs(_: Rehearsal) -> Needs:
    """The client, Ansible and the role."""
    return Needs((install.venv_piece("tripleo"), install.venv_piece("ansible"), install.wheel_piece(*ROLES)))


def version(_: Rehearsal) -> str:
    """The version of the client."""
    pins = (install.PINS / "tripleo.txt").read_text().splitlines()
    client = next(line for line in pins if line.startswith("python-tripleoclient=="))
    return client.replace("==", " ")


def run(rehearsal: Rehearsal, images: list[Image]) -> tuple[list[EngineFinding], list[str]]:
    """Have the Dockerfiles of IMAGES written, and read them."""
    try:
        work = rehearsal.scratch("tcib")
        rendered = write(
            rehearsal.session.confinement, rehearsal.root, _options(rehearsal.root, images), work
        )
    except TcibFailed as refusal:
        controls.acquit(rehearsal, "TCIB", lambda: _control(rehearsal))
        lines = str(refusal).strip().splitlines() or ["no word"]
        files = [LIST, *map(source, images)]
        place = mentioned(rehearsal.root, files, lines[-1])
        return [EngineFinding("\n".join([f"make build: {lines[-1]}", *lines[-6:-1]]), *place)], []
    findings: list[EngineFinding] = []
    for image in images:
        if image.key not in rendered:
            findings.append(EngineFinding(f"TCIB makes no {image.key}", LIST))
            continue
        text = rendered[image.key]
        findings += dockerfiles.lacking(rehearsal, image, text, source(image))
        if f"FROM {image.base}" not in text.splitlines():
            saw = f"{image.key} is not built on {image.base}"
            findings.append(EngineFinding(saw, *mentioned(rehearsal.root, [source(image)], "tcib_from")))
    fact = "TCIB puts all that the answers name into the Dockerfile of"
    return findings, [f"{fact} {image.key}" for image in images]


def _control(rehearsal: Rehearsal) -> str:
    """What TCIB has against an image without a fault."""
    work = rehearsal.scratch("tcib-control")
    entry = {"imagename": "localhost/control/openstack-control:1", "image_source": "tripleo"}
    (work / "containers.yaml").write_text(yaml.safe_dump({"container_images": [entry]}))
    folder = work / "tcib/control"
    folder.mkdir(parents=True)
    (folder / "control.yaml").write_text(yaml.safe_dump({"tcib_from": "localhost/base:1"}))
    options = [*("--config-file", str(work / "containers.yaml")), *("--config-path", str(work))]
    options += ["--registry", "localhost", "--namespace", "control", "--prefix", "openstack", "--tag", "1"]
    try:
        made = write(rehearsal.session.confinement, work, options, work)
        return "" if "control" in made else "it writes no Dockerfile"
    except TcibFailed as refusal:
        return str(refusal)


def source(image: Image) -> str:
    """The file that an image is made of, seen from the root."""
    return f"tcib/tcib/{image.key}/{image.key}.yaml"


def write(confinement: Confinement, root: Path, options: Sequence[str], work: Path) -> dict[str, str]:
    """The Dockerfiles that the command makes of OPTIONS, which name files of ROOT, by image.

    WORK is empty. Raises TcibFailed.
    """
    python = install.venv("ansible")
    (roles,) = install.wheel(*ROLES).glob("*.data/data/share/ansible/roles")
    program = str(install.PROGRAMS / "tcib_dockerfiles.py")
    command = [program, *options, "--skip-build", "--work-dir", str(work / "made")]
    done = confinement.run(
        [install.venv("tripleo"), "-W", "ignore", *command],
        work,
        env=processes.environment(work)
        | host.ansible_environment(work)
        | {
            "ANSIBLE_PLAYBOOK": json.dumps([str(python), str(python.with_name("ansible-playbook"))]),
            "ANSIBLE_VARIABLES": json.dumps(host.interpreters(python)),
            "ANSIBLE_ROLES_PATH": str(roles),
        },
        readable=[root],
    )
    if done.returncode:
        raise TcibFailed(done.stdout)
    return {path.parent.name: path.read_text() for path in (work / "made").rglob("Dockerfile")}


def _options(root: Path, images: list[Image]) -> list[str]:
    """The options of `make build`, of all images at once; what follows from --tag is in no Dockerfile."""
    reference = images[0].reference
    registry, _, rest = reference.partition("/")
    return [
        *("--config-file", str(root / LIST), "--config-path", str(root / "tcib")),
        *("--registry", registry, "--namespace", rest.rpartition("/")[0]),
        *("--prefix", "openstack", "--tag", reference.rpartition(":")[2]),
    ]
