"""The constraints of TripleO, in the order of their faults."""

from __future__ import annotations

from scaffold.resolve.consistency.subject import RepositoryConstraint, ServiceConstraint
from scaffold.resolve.tripleo.consistency import (
    bases,
    builds,
    by_role,
    containers,
    firewall,
    further_keys,
    languages,
    mounts,
    names,
    overlaps,
    parameters,
    running,
    template,
    values,
)

nothing_to_write = values.nothing_to_write
OF_REPOSITORY: tuple[RepositoryConstraint, ...] = (
    values.told,
    names.shared,
    overlaps.overlaps,
    overlaps.hidden,
    mounts.owners,
)
OF_SERVICE: tuple[ServiceConstraint, ...] = (
    values.passwords,
    values.references,
    values.declared,
    values.backends,
    values.parameters,
    *parameters.OF_SERVICE,
    *by_role.OF_SERVICE,
    values.maps,
    *builds.OF_SERVICE,
    *firewall.OF_SERVICE,
    *languages.OF_SERVICE,
    *template.OF_SERVICE,
    *further_keys.OF_SERVICE,
    *bases.OF_SERVICE,
    names.taken,
    overlaps.registered,
    overlaps.of_one_role,
    *containers.OF_SERVICE,
    *mounts.OF_SERVICE,
    *running.OF_SERVICE,
)
