"""The image that an environment file names is the one that the repository builds.

Why: registry, name and tag of an image stand in the makefile and in the environment file. Where they differ,
the nodes pull an image that nobody pushed, or the one of the last release.

Bad, where the makefile builds `vendorx/agent:2.1`::

    ContainerVendorxAgentImage: registry.example.com/vendorx/agent:2.0

Good::

    ContainerVendorxAgentImage: registry.example.com/vendorx/agent:2.1

Source: `podman build -t` and `podman tag` in makefiles, scripts and READMEs of the same repository. Names
with variables are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scaffold.documents import Document, EnvironmentFile
from scaffold.documents.builds import PROSE, Build, builds
from scaffold.documents.nodes import Scalar
from scaffold.documents.reference import IMAGE_PARAMETER, Reference, reference
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository, per_repository
from scaffold.unknown import Slips, is_slip


def check(document: Document, repository: Repository) -> Iterator[Finding]:
    """Look at the images in environment files, and at those that READMEs build otherwise than makefiles."""
    if isinstance(document, EnvironmentFile):
        for key, value, _ in document.assignments():
            if IMAGE_PARAMETER.fullmatch(key.text) and isinstance(value, Scalar):
                yield from _compared(key.text, value, repository)
    elif document.name.endswith(PROSE):
        for build in builds(document):
            others = _by_path(repository).get(build.path, [])
            if others and not any(_same(each.image, build.image) for each in others):
                message = f"{build.text} is {others[0].text} in {others[0].document.path}"
                yield Finding(build, message, others[0].text, Severity.WARNING)


def _compared(parameter: str, value: Scalar, repository: Repository) -> Iterator[Finding]:
    image = reference(value.text)
    path = f"{image.namespace}/{image.name}".strip("/")
    same = _by_path(repository).get(path, [])
    if not image.tag or "$" in value.text or any(_same(each.image, image) for each in same):
        return
    if same and all(each.image.tag for each in same):
        registry, tag = image.registry, image.tag
        wrong = min(same, key=lambda each: (each.image.registry != registry, each.image.tag != tag))
        # another registry may be where it is copied to
        if wrong.image.registry == image.registry or is_slip(wrong.image.registry, image.registry):
            message = f"{parameter} is {value.text}, and {wrong.document.path} builds {wrong.text}"
            yield Finding(value, message, wrong.text)
    elif not same and (near := _slips(repository).of(path)):
        wrong = _by_path(repository)[near][0]
        message = f"{parameter} is {value.text}, and {wrong.document.path} builds {wrong.text}"
        yield Finding(value, message, wrong.text)


def _same(built: Reference, named: Reference) -> bool:
    return (built.registry, built.tag) == (named.registry, named.tag)


@per_repository
def _by_path(repository: Repository) -> Mapping[str, list[Build]]:
    found: dict[str, list[Build]] = {}
    for document in repository.documents:
        for build in builds(document) if not document.name.endswith(PROSE) else ():
            found.setdefault(build.path, []).append(build)
    return found


@per_repository
def _slips(repository: Repository) -> Slips:
    return Slips(_by_path(repository))


RULE = Rule(id="image-tag", page=__doc__, files=Document, check=check)
