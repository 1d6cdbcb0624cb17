"""Image prepare, up to the images themselves: which parameters of the deployment get the vendor's."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from scaffold.model import Image
from scaffold.releases import engine_versions
from scaffold.verify import controls, install, processes, trees
from scaffold.verify.findings import EngineFinding
from scaffold.verify.locating import line_of, mentioned
from scaffold.verify.needs import Needs
from scaffold.verify.rehearsal import Rehearsal

KEYS = ("parameter_defaults", "ContainerImagePrepare")
NOWHERE = "127.0.0.1:1"  # in place of the registry, or it is asked whether it speaks TLS


class ImagePrepareFailed(Exception):
    """Image prepare failed; all that it said."""


def needs(rehearsal: Rehearsal) -> Needs:
    """tripleo-common of the release, and its roles file."""
    own = install.wheel_piece("tripleo-common", engine_versions(rehearsal.release.name)["tripleo-common"])
    return Needs((install.venv_piece("tripleo"), own, *trees.pieces(rehearsal.release)))


def version(rehearsal: Rehearsal) -> str:
    """The version of tripleo-common."""
    return f"tripleo-common {engine_versions(rehearsal.release.name)['tripleo-common']}"


def run(rehearsal: Rehearsal, images: list[Image]) -> tuple[list[EngineFinding], list[str]]:
    """Have the parameters worked out, and compare those that the vendor's images are for."""
    try:
        found = parameters(rehearsal)
    except ImagePrepareFailed as refusal:
        controls.acquit(rehearsal, "image prepare", lambda: _control(rehearsal))
        said = (str(refusal).strip().splitlines() or ["no word"])[-1]
        place = mentioned(rehearsal.root, [rehearsal.environment], said)
        return [EngineFinding(f"openstack tripleo container image prepare: {said}", *place)], []
    wanted = {name: _path(image.reference) for image in images for name in image.parameters}
    entries = [entry for image in images for entry in image.prepare]
    suffixes = tuple(entry["modify_append_tag"] for entry in entries if "modify_append_tag" in entry)
    given = {name: _path(value) for name, value in found.items() if name.endswith("Image")}
    ours = {name: value for name, value in given.items() if value.endswith(suffixes) or name in wanted}
    findings = [
        _differs(rehearsal, name, value, wanted.get(name, "the stock image"))
        for name, value in ours.items()
        if value != wanted.get(name)
    ]
    absent = sorted(wanted.keys() - given.keys())
    findings += [_differs(rehearsal, name, "nothing", wanted[name]) for name in absent]
    return findings, [f"image prepare gives {name} the vendor's layer" for name in wanted]


def _differs(rehearsal: Rehearsal, name: str, found: str, wanted: str) -> EngineFinding:
    line = line_of(rehearsal.root / rehearsal.environment, *KEYS)
    return EngineFinding(
        f"image prepare sets {name} to {found}, not to {wanted}", rehearsal.environment, line
    )


def parameters(rehearsal: Rehearsal) -> dict[str, str]:
    """The parameters that image prepare gives the deployment; raises ImagePrepareFailed."""
    return _made_of(rehearsal, _environment(rehearsal.root / rehearsal.environment))


def _control(rehearsal: Rehearsal) -> str:
    """What image prepare has against the stock images."""
    entry = {"push_destination": NOWHERE, "set": {"tag": "control"}}
    try:
        _made_of(rehearsal, {"parameter_defaults": {"ContainerImagePrepare": [entry]}})
    except ImagePrepareFailed as refusal:
        return str(refusal)
    return ""


def _made_of(rehearsal: Rehearsal, environment: Mapping[str, Any]) -> dict[str, str]:
    work = rehearsal.scratch("image-prepare")
    (work / "environment.yaml").write_text(yaml.safe_dump(environment))
    version = engine_versions(rehearsal.release.name)["tripleo-common"]
    wheel = install.wheel("tripleo-common", version)
    roles = trees.tree(rehearsal.release) / "roles_data.yaml"
    done = processes.run(
        [
            *(install.venv("tripleo"), "-W", "ignore", install.PROGRAMS / "image_prepare.py"),
            *(next(wheel.glob("*.data/data")), work / "environment.yaml", roles),
        ],
        cwd=work,
        env=processes.environment(work, PYTHONPATH=str(wheel)),
        stderr=subprocess.PIPE,
    )
    if done.returncode:
        raise ImagePrepareFailed(done.stderr)
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


def _environment(file: Path) -> Mapping[str, Any]:
    try:
        environment: dict[str, Any] = yaml.safe_load(file.read_text())
        for entry in environment["parameter_defaults"]["ContainerImagePrepare"]:
            entry["push_destination"] = NOWHERE
    except (OSError, ValueError, yaml.YAMLError, TypeError, KeyError) as error:
        raise ImagePrepareFailed(f"{file.name} has no list ContainerImagePrepare: {error!r}") from error
    return environment


def _path(reference: str) -> str:
    return reference.partition("/")[2]
