"""The image ends with the user of the stock image that it is made from.

Why: kolla's set_configs gives the service's files to its own user, and nothing else can read them. As root
the service works, with rights that it should not have, and a breach of it owns what the container sees. A
stock image that runs as root, as horizon's, may be left so, or given a user. A user that the build makes is
the vendor's own matter.

Bad::

    FROM registry.redhat.io/rhosp-rhel8/openstack-cinder-volume:16.2
    USER root
    RUN dnf install -y vendorx-driver && dnf clean all

Good::

    RUN dnf install -y vendorx-driver && dnf clean all
    USER cinder

Source: docker/*/Dockerfile.j2 of kolla and container-images/tcib of tripleo-common, in scaffold/catalogue;
8 Dockerfiles of 4 of the 36 vendor integrations that were read end as root.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from scaffold.catalogue import load, short_name
from scaffold.documents import Dockerfile
from scaffold.documents.reference import origins, reference
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.releases import DEFAULT

ROOT = ("root", "0")


def check(dockerfile: Dockerfile, repository: Repository) -> Iterator[Finding]:
    """Compare the last USER with the user of the base; of a base that is not known, only root is judged."""
    last = next((each for each in reversed(dockerfile.built) if each.name == "USER"), None)
    user = last.arguments[0].split(":")[0] if last and last.arguments else ""
    if last is None or not user or "$" in user:
        return
    wanted = _user(dockerfile, repository)
    hint = f"USER {wanted}" if wanted else "end with the user of the base: podman run … whoami tells it"
    if user in ROOT and wanted not in ROOT:
        yield Finding(last, "the image runs as root", hint, Severity.WARNING)
    elif (
        wanted not in (None, *ROOT)
        and user not in (wanted, *ROOT)
        and not user.isdecimal()
        and not re.search(rf"\b(?:useradd|usermod|adduser)\b.*\s{re.escape(user)}\b", dockerfile.text)
    ):
        yield Finding(last, f"the image runs as {user}, the stock image as {wanted}", hint)


def _user(dockerfile: Dockerfile, repository: Repository) -> str | None:
    """The user of the stock image, or the one that the answers tell."""
    asked = repository.asked(PurePosixPath(dockerfile.path).parent.name).get("base_user")
    if asked:
        return str(asked)
    base = dockerfile.base(dockerfile.layers[0])
    of_the_image = [origin.release for origin in origins(reference(base))]
    release = next(iter(of_the_image), None) or repository.release_name or DEFAULT
    stock = load(release).images.get(short_name(base))
    return stock.user if stock else None


RULE = Rule(id="image-user", page=__doc__, files=Dockerfile, check=check)
