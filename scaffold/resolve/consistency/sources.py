"""Where images come from and go to: distribution, registry, container engine."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold import releases
from scaffold.errors import Fault
from scaffold.resolve.consistency.subject import Whole

LOOPBACK = re.compile(r"^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$")


def distribution(whole: Whole) -> Iterator[Fault]:
    """RHOSP exists for some releases, and each version of it is built on one."""
    wanted = whole.asked.distribution
    if wanted == "rhosp" and not {*whole.release.bases} - {"rdo"}:
        known = ", ".join(f"{version} ({name})" for version, name in releases.RHOSP.items())
        yield whole.fault(
            ("distribution",),
            f"no RHOSP is built on {whole.release.name}; choose release {known}, or distribution: rdo",
        )
    elif wanted == "rdo" and whole.asked_release in releases.RHOSP:
        yield whole.fault(
            ("distribution",),
            f"release {whole.asked_release} is RHOSP; write release: {whole.release.name} for RDO, "
            "or distribution: rhosp",
        )


def registry(whole: Whole) -> Iterator[Fault]:
    """The nodes must reach the registry."""
    asked = whole.asked.registry or ""
    if LOOPBACK.match(asked) and not whole.asked.single_node:
        yield whole.fault(
            ("registry",),
            f"no other node can reach {asked}; name an address that the nodes reach "
            f"({whole.release.tripleo.undercloud_registry} is the undercloud's), or set single_node: true",
        )


def container_engine(whole: Whole) -> Iterator[Fault]:
    """The release must know the engine."""
    known = whole.release.container_engines
    if (whole.asked.container_engine or known[0]) not in known:
        message = f"{whole.release.name} runs containers with {' or '.join(known)} only"
        yield whole.fault(("container_engine",), message)
