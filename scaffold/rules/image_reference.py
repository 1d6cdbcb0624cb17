"""The image that a parameter names has a registry and a tag, which is not latest, and no digest.

Why: without a registry the image is found only on a node that has it already. Without a tag, or with latest,
two nodes run two versions, and an update brings what nobody tested. Pacemaker bundles, as
that of cinder-volume, append their own tag behind the last colon, so a digest becomes an invalid name.

Bad::

    ContainerCinderVolumeImage: cinder-volume-vendorx

Good::

    ContainerCinderVolumeImage: registry.example.com/vendorx/cinder-volume:2.1

Source: 14 environment files of the 36 vendor integrations that were read name no tag, 9 latest, and 39
templates have such a default; deployment/cinder/cinder-volume-pacemaker-puppet.yaml of
tripleo-heat-templates, pcmklatest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import EnvironmentFile, HeatTemplate, YamlDocument
from scaffold.documents.nodes import Node, Scalar, Table
from scaffold.documents.reference import IMAGE_PARAMETER, Reference, reference
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository

COMPUTED = re.compile(r"[<>${}%\s]|^$")
HINT = "REGISTRY/NAMESPACE/NAME:TAG"


def check(document: YamlDocument, repository: Repository) -> Iterator[Finding]:
    """Look at the values in environment files, and at the defaults of templates."""
    for name, value in _values(document):
        if IMAGE_PARAMETER.fullmatch(name) and isinstance(value, Scalar) and not COMPUTED.search(value.text):
            faults = " and ".join(_faults(reference(value.text)))
            if faults:
                yield Finding(value, f"{value.text} has {faults}", HINT)


def _values(document: YamlDocument) -> Iterator[tuple[str, Node | None]]:
    if isinstance(document, EnvironmentFile):
        yield from ((key.text, value) for key, value, _ in document.assignments())
    elif isinstance(document, HeatTemplate):
        for key, parameter in document.parameters.pairs:
            yield key.text, parameter.get("default") if isinstance(parameter, Table) else None


def _faults(image: Reference) -> Iterator[str]:
    if not image.registry:
        yield "no registry"
    if image.digest:
        yield "a digest"
    elif not image.tag:
        yield "no tag"
    elif image.tag == "latest":
        yield "the tag latest"


RULE = Rule(id="image-reference", page=__doc__, files=YamlDocument, check=check, severity=Severity.WARNING)
