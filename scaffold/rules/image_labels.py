"""The image has labels of its own: name, vendor, version, release, summary and description.

Why: Red Hat's certification asks for them, and what an image does not set it inherits: an image of a vendor
then says that it is Red Hat's, in the version of the stock image.

Bad::

    LABEL name="vendorx/cinder-volume" version="2.1"

Good::

    LABEL name="vendorx/cinder-volume" \\
          vendor="Vendor X" \\
          version="2.1" \\
          release="1" \\
          summary="Vendor X storage driver" \\
          description="Cinder volume with the Vendor X storage driver"

Source: check HasRequiredLabel of Red Hat's openshift-preflight; 47 Dockerfiles of 12 of the 36 vendor
integrations that were read lack one or more.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import Dockerfile
from scaffold.documents.labels import labels
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository

REQUIRED = ("name", "vendor", "version", "release", "summary", "description")


def check(dockerfile: Dockerfile, repository: Repository) -> Iterator[Finding]:
    """Look for the labels among those of all layers."""
    own = {label.key for label in labels(dockerfile) if label.value}
    missing = [name for name in REQUIRED if name not in own]
    if missing and dockerfile.layers:
        hint = "LABEL " + " ".join(f'{name}="…"' for name in missing)
        yield Finding(dockerfile.layers[-1].start, f"the image has no label {', '.join(missing)}", hint)


RULE = Rule(id="image-labels", page=__doc__, files=Dockerfile, check=check, severity=Severity.WARNING)
