"""The name of an image taken apart, the release that it belongs to, and the parameters that hold one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scaffold import releases

IMAGE_PARAMETER = re.compile(r"(Docker|Container)([A-Z]\w*Image)")


@dataclass(frozen=True)
class Reference:
    """registry/namespace/name:tag@digest; what is not written is empty."""

    registry: str
    namespace: str
    name: str
    tag: str
    digest: str


@dataclass(frozen=True)
class Origin:
    """Where an image comes from. versions: the RHOSP versions that it can be of; none where it is RDO's."""

    release: str
    version: str | None


def reference(text: str) -> Reference:
    """The parts of an image's name, as the distribution project reads them."""
    name, _, digest = text.partition("@")
    path, slash, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    registry, _, namespace = path.partition("/")
    if slash and not (re.search(r"[.:]", registry) or registry == "localhost"):
        registry, namespace = "", path
    return Reference(registry, namespace, last, tag, digest)


def origins(image: Reference) -> Iterator[Origin]:
    """The releases that the image can be of, by its namespace; and, where a tag says it, by version."""
    for name in releases.NAMES:
        for version, base in releases.load(name).bases.items():
            if image.namespace.split("/")[-1] == base.namespace:
                number = None if version == "rdo" else version
                tagged = re.match(r"\d+\.\d+", image.tag)
                if number is None or tagged is None or base.tag == tagged[0]:
                    yield Origin(name, number)
