"""image: every Dockerfile is built, pushed to a registry, pulled back, and looked into.

What the release's own builders (kolla, TCIB, image prepare) make of a repository is read as far as it goes.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from scaffold.filters import substituted
from scaffold.model import Image
from scaffold.verify import builders
from scaffold.verify.containers import building
from scaffold.verify.containers.building import Built, dockerfile
from scaffold.verify.containers.store import ContainerStore, Failed
from scaffold.verify.findings import EngineFinding, Result
from scaffold.verify.locating import lines, mentioned
from scaffold.verify.needs import Needs
from scaffold.verify.rehearsal import Rehearsal

REMEDY = 'see "What you must bring" in README.md'
SCRIPTLET = re.compile(r"^.*(?:scriptlet failed|Error in \S+ scriptlet).*$", re.MULTILINE)
STEP = re.compile(r"^STEP \d+/\d+: (.*)$", re.MULTILINE)
RECORD = "/var/lib/stand-in/packages"  # programs/package_stand_in.py


def needs(rehearsal: Rehearsal) -> Needs:
    """The release's own builders, and what builds a Dockerfile."""
    return builders.needs(rehearsal) + building.needs(rehearsal)


def prepare(rehearsal: Rehearsal) -> str:
    """Ask the builders for their versions."""
    versions = builders.prepare(rehearsal)
    return ", ".join(filter(None, [*versions, building.prepare(rehearsal)]))


def run(rehearsal: Rehearsal) -> Result:
    """Build every image of the repository, and compare it with the answers."""
    findings, facts = builders.run(rehearsal)
    absent: list[str] = []
    for service, image in building.services(rehearsal):
        lacking = building.missing(rehearsal, service, image)
        absent += lacking
        if lacking:
            continue
        try:
            built = building.build(rehearsal, service, image)
        except Failed as failure:
            building.acquit(rehearsal, image)
            findings.append(refused(rehearsal, image, failure))
            continue
        found, proved = _contents(rehearsal, built)
        findings += [*_scriptlets(rehearsal, built), *found]
        facts += [_summary(built), *proved] if not found else []
    facts += [f"not proven: {image.source} exists already" for image in rehearsal.repo.images.existing]
    if not (findings or facts or absent):
        facts = ["no image of its own"]
    return Result(findings, facts, left_out=absent, remedy=REMEDY if absent else "")


def refused(rehearsal: Rehearsal, image: Image, failure: Failed) -> EngineFinding:
    """What the builder said, and the instruction that it said it of."""
    log = failure.log.strip().splitlines() or [str(failure)]
    steps = STEP.findall(failure.log)
    place = _place_of_step(rehearsal, image, steps[-1] if steps else log[-1])
    command = "image prepare" if image.build == "prepare" else "make build"
    return EngineFinding("\n".join([f"{command}: {log[-1]}", *log[-6:-1]]), *place)


def _place_of_step(rehearsal: Rehearsal, image: Image, step: str) -> tuple[str, int]:
    """The line of the Dockerfile that an instruction begins on, as the builder prints it."""
    path = dockerfile(image)
    for number, line in enumerate(lines(rehearsal.root / path), 1):
        if line.strip() and step.startswith(line.strip().rstrip("\\").rstrip()):
            return path, number
    return mentioned(rehearsal.root, [path], step)


def _scriptlets(rehearsal: Rehearsal, built: Built) -> Iterator[EngineFinding]:
    """Scripts of RPMs that failed: rpm warns of these, and the build succeeds."""
    for line in dict.fromkeys(SCRIPTLET.findall(built.log)):
        step = STEP.findall(built.log[: built.log.index(line)])[-1]
        place = _place_of_step(rehearsal, built.image, step)
        yield EngineFinding(f"the image is built in spite of: {line.strip()}", *place)


def _configuration(rehearsal: Rehearsal, built: Built) -> Iterator[EngineFinding]:
    """Labels, and the user that containers run as."""
    config = rehearsal.session.containers.inspect(built.name)
    asked = rehearsal.answers_of(built.service).labels
    labels = config.get("Labels") or {}
    path = dockerfile(built.image)
    for key, said in built.image.labels.items():
        value = substituted(said, built.image.args)
        if labels.get(key) != value:
            place = mentioned(rehearsal.root, [path], f"{key} {labels.get(key, '')}")
            saw = f"the label {key} is {labels.get(key)!r}; the answers say {value!r}"
            yield EngineFinding(saw, *place, severity="error" if key in asked else "warning")
    user, wanted = config.get("User") or "root", built.image.base_user
    if user != wanted:
        saw = f"containers of the image run as {user}; those of the stock {built.image.base_name} as {wanted}"
        yield EngineFinding(saw, path, _line_of_user(rehearsal, built))


def _line_of_user(rehearsal: Rehearsal, built: Built) -> int:
    """The last line that sets the user, else the one that names the base."""
    numbered = list(enumerate(lines(rehearsal.root / dockerfile(built.image)), 1))
    return max(
        (n for n, line in numbered if line.startswith("USER ")),
        default=max((n for n, line in numbered if line.startswith("FROM ")), default=0),
    )


def _contents(rehearsal: Rehearsal, built: Built) -> tuple[list[EngineFinding], list[str]]:
    """What a container of the image is and holds: findings, and facts."""
    store = rehearsal.session.containers
    path = dockerfile(built.image)
    try:
        building.inside(store, built, [["true"]])
    except Failed as failure:
        saw = f"no container of the image starts: {failure.log.strip().splitlines()[-1]}"
        return [EngineFinding(saw, path, _line_of_user(rehearsal, built))], []
    findings = [*_configuration(rehearsal, built)]
    facts = []
    for wanted, words in _questions(rehearsal, built).items():
        try:
            (answer,) = building.inside(store, built, [words])
            facts.append(f"{shlex.join(words)}: {answer.strip() or 'yes'}")
        except Failed as failure:
            saw = f"{wanted} is not in the image: {shlex.join(words)}: {failure.log.strip() or 'no'}"
            findings.append(EngineFinding(saw, *mentioned(rehearsal.root, [path], wanted)))
    return findings, [*facts, *_left_to_repositories(store, built)]


def _questions(rehearsal: Rehearsal, built: Built) -> dict[str, list[str]]:
    """What the vendor brings, and the command that finds it in the image."""
    folder = rehearsal.root / built.image.folder
    files = {file: sorted(folder.glob(file)) for file in built.image.install.rpm_files}
    names = {file: [_name(rehearsal, path) for path in found] for file, found in files.items()}
    asked = {file: ["rpm", "-q", *found] for file, found in names.items()}
    binary = built.image.install.binary
    return asked | ({binary: ["test", "-x", binary]} if binary else {})


def _left_to_repositories(store: ContainerStore, built: Built) -> list[str]:
    if not built.base.stood_in:
        return []
    try:
        (recorded,) = building.inside(store, built, [["cat", RECORD]])
    except Failed:
        return []
    names = ", ".join(recorded.split("\n")[:-1])
    return [f"not proven, for the stand-in has no repository: {names}"] if names else []


def _name(rehearsal: Rehearsal, file: Path) -> str:
    store = rehearsal.session.containers
    database = store.directory / "rpm-database"
    query = ["rpm", "--dbpath", database, "-qp", "--nosignature", "--queryformat", "%{NAME}"]
    return store.run(*query, store.lend(file)).splitlines()[-1]


def _summary(built: Built) -> str:
    base = f"on a stand-in for {built.image.base} ({built.base.stood_in})"
    on = base if built.base.stood_in else f"on {built.image.base}"
    return f"{dockerfile(built.image)} is built {on}, pushed, pulled back; runs as {built.image.base_user}"
