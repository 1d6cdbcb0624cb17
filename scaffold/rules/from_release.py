"""FROM is an image of the release that the repository is for.

Why: a service of one release does not talk to those of another: its database, messages and configuration
are of other versions. After a change of the release by hand one FROM is easily forgotten. What lies in a
directory of another release, as RHOSP13, is for that one.

Bad, on RHOSP 16.2::

    FROM registry.redhat.io/rhosp13/openstack-cinder-volume:13.0

Good::

    FROM registry.redhat.io/rhosp-rhel8/openstack-cinder-volume:16.2

Source: the namespaces of the Red Hat catalogue and of RDO's registries, in scaffold/releases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.catalogue import short_name
from scaffold.documents import Dockerfile
from scaffold.documents.reference import Origin, origins, reference
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository


def check(dockerfile: Dockerfile, repository: Repository) -> Iterator[Finding]:
    """Look at the base of the image; of a namespace that no release is known by, nothing is said."""
    if not dockerfile.layers:
        return
    stage = dockerfile.layers[0]
    base = dockerfile.base(stage)
    found = tuple(origins(reference(base)))
    of = {origin.release for origin in found}
    if found and repository.release_name not in of and not _named(dockerfile.path, found):
        message = f"{base} is not of {repository.release.title}"
        yield Finding(stage.start, message, f"FROM {_own(base, found[0], repository)}")


def _named(path: str, found: tuple[Origin, ...]) -> bool:
    """Whether a directory says that what is in it is for the image's release: rhosp13, RHOSP16.1, queens."""
    names = {each.release for each in found} | {each.version.split(".")[0] for each in found if each.version}
    pattern = (
        rf"(?:^|/)(?:[a-z_-]*?(?:rh)?osp[-_]?|(?:[a-z]+[-_])?)(?:{'|'.join(sorted(names))})(?:[._-][\w.-]*)?/"
    )
    return re.search(pattern, path, re.IGNORECASE) is not None


def _own(base: str, origin: Origin, repository: Repository) -> str:
    """The image of the same name that the release has, of the same distribution where there is one."""
    bases = dict(repository.release.bases)
    rdo = bases.pop("rdo")
    own = [*bases.values()][-1] if bases and origin.version else rdo
    return f"{own.registry}/{own.namespace}/{own.prefix}{short_name(base)}:{own.tag}"


RULE = Rule(id="from-release", page=__doc__, files=Dockerfile, check=check, needs_release=True)
