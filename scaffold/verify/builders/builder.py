"""Images that the release's own builders make: kolla, TCIB, or image prepare as an overcloud is deployed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from scaffold.model import Image
from scaffold.verify.builders import image_prepare, kolla_build, tcib
from scaffold.verify.findings import EngineFinding
from scaffold.verify.needs import Needs
from scaffold.verify.rehearsal import Rehearsal


@dataclass(frozen=True)
class Builder:
    """One of them. needs: what it is. version: its name. run: findings and facts about IMAGES."""

    needs: Callable[[Rehearsal], Needs]
    version: Callable[[Rehearsal], str]
    run: Callable[[Rehearsal, list[Image]], tuple[list[EngineFinding], list[str]]]


BUILDERS = {  # by what the model says of an image
    "kolla": Builder(kolla_build.needs, kolla_build.version, kolla_build.run),
    "tcib": Builder(tcib.needs, tcib.version, tcib.run),
    "prepare": Builder(image_prepare.needs, image_prepare.version, image_prepare.run),
}


def needs(rehearsal: Rehearsal) -> Needs:
    """What the images of the repository need."""
    return sum((builder.needs(rehearsal) for builder, _ in _needed(rehearsal)), Needs())


def prepare(rehearsal: Rehearsal) -> list[str]:
    """The versions of what the images of the repository need."""
    return [builder.version(rehearsal) for builder, _ in _needed(rehearsal)]


def run(rehearsal: Rehearsal) -> tuple[list[EngineFinding], list[str]]:
    """Let each make what it makes of the repository; findings, and facts."""
    findings: list[EngineFinding] = []
    facts: list[str] = []
    for builder, images in _needed(rehearsal):
        found, proved = builder.run(rehearsal, images)
        findings += found
        facts += proved if not found else []
    return findings, facts


def _needed(rehearsal: Rehearsal) -> Iterable[tuple[Builder, list[Image]]]:
    images = [image for service in rehearsal.repo.services for image in service.images]
    for build, builder in BUILDERS.items():
        own = [image for image in images if image.build == build or (build == "prepare" and image.prepare)]
        if own:
            yield builder, own
