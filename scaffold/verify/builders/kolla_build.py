"""kolla-build, up to the Dockerfiles: kolla's templates under TripleO's overrides and the vendor's.

kolla silently accepts a variable or a block that its templates do not have, so the Dockerfiles are read.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scaffold.model import Image
from scaffold.releases import engine_versions
from scaffold.verify import controls, install, processes
from scaffold.verify.builders import dockerfiles
from scaffold.verify.confinement import Confinement
from scaffold.verify.findings import EngineFinding
from scaffold.verify.kolla_users import kolla_files
from scaffold.verify.locating import mentioned
from scaffold.verify.needs import Needs
from scaffold.verify.rehearsal import Rehearsal

CONF = "kolla/kolla-build.conf"
BEFORE = "kolla/tripleo.conf"  # names TripleO's overrides, which come first
OVERRIDE = "kolla/template-overrides.j2"
THEIRS = "/usr/share/tripleo-common/container-images"  # where an undercloud has TripleO's overrides
START = "import sys; from kolla.cmd.build import main; sys.exit(main())"
FAULT = re.compile(r'File "<unknown>", line (\d+)')


class KollaBuildFailed(Exception):
    """kolla-build failed; all that it said."""


@dataclass(frozen=True)
class Rendered:
    """A Dockerfile that kolla-build wrote, and the build context that it lies in."""

    text: str
    context: Path


def needs(rehearsal: Rehearsal) -> Needs:
    """kolla-build of the release, and TripleO's overrides."""
    release = rehearsal.release.name
    overrides = install.wheel_piece("tripleo-common", engine_versions(release)["tripleo-common"])
    return kolla_files(release) + Needs((install.venv_piece("kolla"), overrides))


def version(rehearsal: Rehearsal) -> str:
    """The version of kolla-build."""
    return f"kolla-build {engine_versions(rehearsal.release.name)['kolla']}"


def run(rehearsal: Rehearsal, images: list[Image]) -> tuple[list[EngineFinding], list[str]]:
    """Have the Dockerfiles of IMAGES written, and read them."""
    try:
        work = rehearsal.scratch("kolla-build")
        names = [image.base_name for image in images]
        confinement = rehearsal.session.confinement
        rendered = write(confinement, rehearsal.release.name, rehearsal.root, work, names)
    except KollaBuildFailed as refusal:
        controls.acquit(rehearsal, "kolla-build", lambda: _control(rehearsal))
        return [_refused(rehearsal, str(refusal))], []
    findings = [finding for image in images for finding in _read(rehearsal, image, rendered)]
    return findings, [_fact(image) for image in images]


def _control(rehearsal: Rehearsal) -> str:
    """What kolla-build has against its own templates."""
    work = rehearsal.scratch("kolla-build-control")
    try:
        call(
            rehearsal.session.confinement,
            rehearsal.release.name,
            work,
            "--template-only",
            "--work-dir",
            "made",
            "^base$",
        )
    except KollaBuildFailed as refusal:
        return str(refusal)
    return ""


def write(
    confinement: Confinement, release: str, root: Path, work: Path, names: list[str]
) -> dict[str, Rendered]:
    """The Dockerfiles that the kolla/ of ROOT makes, by image: those of NAMES and of what they stand on.

    WORK is an empty directory. Raises KollaBuildFailed.
    """
    absent = [path for path in (BEFORE, CONF) if not (root / path).is_file()]
    if absent:
        raise KollaBuildFailed(f"{absent[0]}: no such file")
    shutil.copytree(root / "kolla", work / "kolla")
    conf = work / BEFORE
    conf.write_text(conf.read_text().replace(THEIRS, str(_overrides(release))))
    anchored = [f"^{name}$" for name in names]
    files = ["--config-file", BEFORE, "--config-file", CONF]
    call(confinement, release, work, *files, "--template-only", "--work-dir", "made", *anchored)
    found = (work / "made/docker").rglob("Dockerfile")
    return {path.parent.name: Rendered(path.read_text(), path.parent) for path in found}


def call(confinement: Confinement, release: str, work: Path, *arguments: str) -> str:
    """What kolla-build says of ARGUMENTS, in the directory WORK; raises KollaBuildFailed."""
    done = confinement.run(
        [install.venv("kolla"), "-W", "ignore", "-c", START, *arguments],
        work,
        env=processes.environment(work, **_places(release)),
    )
    if done.returncode:
        raise KollaBuildFailed(done.stdout)
    return done.stdout


def _kolla(release: str) -> Path:
    return install.wheel("kolla", engine_versions(release)["kolla"])


def _places(release: str) -> dict[str, str]:
    """Where Python finds kolla, and kolla its templates: below share/kolla, as one installed by snap does."""
    kolla = _kolla(release)
    (data,) = kolla.glob("kolla-*.data/data")
    return {"PYTHONPATH": str(kolla), "SNAP": str(data)}


def _overrides(release: str) -> Path:
    version = engine_versions(release)["tripleo-common"]
    (data,) = install.wheel("tripleo-common", version).glob("*.data/data")
    return data / "share/tripleo-common/container-images"


def _refused(rehearsal: Rehearsal, log: str) -> EngineFinding:
    lines = log.strip().splitlines() or ["no word"]
    line = _line(rehearsal.release.name, FAULT.findall(log))
    place = (OVERRIDE, line) if line else mentioned(rehearsal.root, [CONF, OVERRIDE], lines[-1])
    return EngineFinding("\n".join([f"make build: kolla-build: {lines[-1]}", *lines[-6:-1]]), *place)


def _line(release: str, faults: list[str]) -> int:
    """The line of the override; kolla counts on from TripleO's, and leaves out the one that begins it."""
    theirs = _overrides(release) / "tripleo_kolla_template_overrides.j2"
    return max(0, int(faults[-1]) - len(theirs.read_text().splitlines()) + 1) if faults else 0


def _read(rehearsal: Rehearsal, image: Image, rendered: dict[str, Rendered]) -> Iterator[EngineFinding]:
    if image.base_name not in rendered:
        yield EngineFinding(f"kolla-build makes no {image.base_name}", CONF)
        return
    made = rendered[image.base_name]
    yield from dockerfiles.lacking(rehearsal, image, made.text, OVERRIDE)
    for package in image.install.base_packages:
        if not dockerfiles.installs(rendered["base"].text, package):
            saw = f"the base image is built without {package}: its Dockerfile has none"
            yield EngineFinding(saw, *mentioned(rehearsal.root, [OVERRIDE], package))
    yield from _context(rehearsal, image, made)
    yield from _name(rehearsal, image, made)


def _context(rehearsal: Rehearsal, image: Image, made: Rendered) -> Iterator[EngineFinding]:
    """The vendor's files have to lie beside the Dockerfile, where docker_dir lays them."""
    assert image.kolla
    own = rehearsal.root / image.folder
    for file in sorted(path.relative_to(own) for path in own.rglob("*") if path.is_file()):
        if not (made.context / image.kolla.context / file).is_file():
            saw = f"make build: COPY fails: {image.folder}/{file} is not laid over the templates of kolla"
            yield EngineFinding(saw, *mentioned(rehearsal.root, [CONF], "docker_dir"))
            return


def _name(rehearsal: Rehearsal, image: Image, made: Rendered) -> Iterator[EngineFinding]:
    """The image that the environment file names is the one that is built: kolla names the parent alike."""
    parent = re.search(r"^FROM (\S+)/[^/\s]+:(\S+)", made.text, re.MULTILINE)
    own, _, tag = image.reference.rpartition(":")
    if parent and (parent[1], parent[2]) != (own.rpartition("/")[0], tag):
        saw = f"kolla-build makes {parent[1]}/…:{parent[2]}; the overcloud pulls {image.reference}"
        place = mentioned(rehearsal.root, [CONF], f"registry namespace tag {parent[1]} {parent[2]}")
        yield EngineFinding(saw, *place)


def _fact(image: Image) -> str:
    return f"kolla-build puts all that the answers name into the Dockerfile of {image.base_name}"
