"""The images that a repository builds, as makefiles, scripts and READMEs say: `podman build -t NAME DIR`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from scaffold.documents.dockerfile import split
from scaffold.documents.kinds import Document
from scaffold.documents.reference import Reference, reference

_ENGINE = r"(?:^|[\s;&|(@-])\S*(?:podman|docker|buildah|ENGINE\W?)\S*\s+(?:image\s+)?"
_BUILD = re.compile(rf"{_ENGINE}(?:build|bud)\s(?P<rest>.*)")
_TAG = re.compile(rf"{_ENGINE}tag\s+(?P<rest>\S+\s+\S+)")
_NAMED = ("-t", "--tag")
_WITH_VALUE = ("-f", "--file", "--build-arg", "-v", "--volume", "--label", "--format", "--network")
WORDS = ("build", " bud", " tag ")
PROSE = (".md", ".rst", ".txt", ".adoc")


@dataclass(frozen=True)
class Build:
    """One image that is built or tagged. context: from the top of the repository, or empty."""

    image: Reference
    text: str
    context: str
    document: Document
    line: int
    column: int

    @property
    def path(self) -> str:
        """The image without registry and tag."""
        return f"{self.image.namespace}/{self.image.name}".strip("/")


@lru_cache(1024)  # several rules ask
def builds(document: Document) -> Sequence[Build]:
    """What DOCUMENT builds or tags, as far as the names are written out."""
    return tuple(_builds(document))


def _builds(document: Document) -> Iterator[Build]:
    if type(document) is not Document or not any(word in document.text for word in WORDS):
        return
    for number, line in enumerate(document.lines, 1):
        if len(line) > 2000 or not any(word in line for word in WORDS):
            continue
        if found := _BUILD.search(line):
            yield from _built(found["rest"], line, number, document)
        elif found := _TAG.search(line):
            target = found["rest"].split()[1]
            yield from _named(target, "", line, number, document)


def _built(rest: str, line: str, number: int, document: Document) -> Iterator[Build]:
    words = split(rest)
    names = [value for flag, value in pairwise(words) if flag in _NAMED]
    names += [word.partition("=")[2] for word in words if word.startswith("--tag=")]
    last = words[-1] if words else ""
    flag = words[-2] if len(words) > 1 else ""
    context = "" if last.startswith("-") or "$" in last or flag in (*_NAMED, *_WITH_VALUE) else last
    for name in names:
        yield from _named(name, context and _placed(context, document), line, number, document)


def _placed(context: str, document: Document) -> str:
    return posixpath.normpath(context if document.name.endswith(PROSE) else document.resolve(context))


def _named(name: str, context: str, line: str, number: int, document: Document) -> Iterator[Build]:
    if name and not re.search(r"[$<>{}]", name):
        yield Build(reference(name), name, context, document, number, line.find(name) + 1)
