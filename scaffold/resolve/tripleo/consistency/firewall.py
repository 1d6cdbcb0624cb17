"""Rules of the firewall: what the release reads of a rule, and in which form."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.errors import Fault
from scaffold.releases import firewall_keys
from scaffold.resolve.consistency.subject import Path, ServiceConstraint, Subject
from scaffold.tripleo.firewall import misfit
from scaffold.tripleo.heat import is_function
from scaffold.unknown import after, meant, nearest


def rules(service: Subject) -> Iterator[Fault]:
    """Every key is read, and of the form that is read."""
    known = firewall_keys(service.release.name)
    for name, rule in service.own.firewall_rules.items():
        for key, value in {} if is_function(rule) else rule.items():
            path: Path = ("firewall_rules", name, key)
            if key not in known.read:
                other = known.instead.get(key) or nearest(key, known.read)
                message = f"{service.release.name} does not read {key} of a rule"
                yield service.at(
                    path, message + after(f"write {other}" if key in known.instead else meant(other))
                )
            elif reason := misfit(key, value):
                yield service.at(path, reason)


OF_SERVICE: tuple[ServiceConstraint, ...] = (rules,)
