"""Image parameters are spelled as the release spells them: Docker…Image to Stein, Container…Image from Train.

Why: Heat silently ignores a value for a parameter that no template declares. The stock image runs,
and the driver in the vendor's image is missing. A file for several releases may set both, which is a warning.

Bad, on RHOSP 16::

    parameter_defaults:
      DockerCinderVolumeImage: registry.example.com/vendorx/cinder-volume:1

Good::

    parameter_defaults:
      ContainerCinderVolumeImage: registry.example.com/vendorx/cinder-volume:1

Source: commit a68151d02 of tripleo-heat-templates, first in 11.1.0; vendors' samples for 16.1 have the old
names.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import EnvironmentFile
from scaffold.documents.reference import IMAGE_PARAMETER
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository


def check(environment: EnvironmentFile, repository: Repository) -> Iterator[Finding]:
    """Find parameters whose name in this release's spelling exists, while theirs does not."""
    release = repository.release
    declared = repository.parameters
    stock = repository.stock.image_parameters
    set_here = {key.text for key, _, _ in environment.assignments()}
    for key, _, _ in environment.assignments():
        match = IMAGE_PARAMETER.fullmatch(key.text)
        if match and match[1] != release.tripleo.image_parameter_prefix and key.text not in declared | stock:
            right = release.tripleo.image_parameter_prefix + match[2]
            message = f"{release.title} ignores {key.text}"
            if right in set_here:
                yield Finding(key, message, f"{right} is set as well", Severity.WARNING)
            elif right in declared | stock:
                yield Finding(key, message, f"write {right}")
            elif repository.complete:
                hint = f"its image parameters begin with {release.tripleo.image_parameter_prefix}"
                yield Finding(key, message, hint, None if repository.templates else Severity.WARNING)


RULE = Rule(id="image-parameter-prefix", page=__doc__, files=EnvironmentFile, check=check, needs_release=True)
