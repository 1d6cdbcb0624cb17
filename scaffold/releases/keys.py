"""The keys that a release reads, of containers and of rules of the firewall, from their tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from scaffold.releases.ranges import read, within


@dataclass(frozen=True)
class FirewallKeys:
    """The keys of a rule of the firewall that a release reads; what does the same where it does not."""

    read: frozenset[str]
    instead: Mapping[str, str]


@cache
def firewall_keys(release: str) -> FirewallKeys:
    """Return the keys of a rule of the firewall in RELEASE."""
    data = read("firewall")
    known = frozenset(key for row in data["read"] if release in within(row) for key in row["keys"])
    return FirewallKeys(known, {key: other for key, other in data["instead"].items() if other in known})


@dataclass(frozen=True)
class ContainerKeys:
    """The keys of a container that a release reads; what does the same where it does not read one.

    forms: what a key must be, in the words of the table.
    """

    read: frozenset[str]
    of_others: frozenset[str]
    instead: Mapping[str, str]
    forms: Mapping[str, str]


@cache
def container_keys(release: str) -> ContainerKeys:
    """Return the keys of a container in RELEASE."""
    data = read("container_keys")
    known = frozenset(key for row in data["read"] if release in within(row) for key in row["keys"])
    return ContainerKeys(
        read=known,
        of_others=frozenset(key for row in data["read"] for key in row["keys"]) - known,
        instead={key: text for key, text in data["instead"].items() if text.partition(":")[0] in known},
        forms={key: row["form"] for row in data["forms"] if release in within(row) for key in row["keys"]},
    )
