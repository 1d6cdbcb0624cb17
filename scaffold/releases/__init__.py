"""What differs between the TripleO releases: facts.yaml and its like, and a short file for each release."""

from __future__ import annotations

from scaffold.releases.keys import ContainerKeys, FirewallKeys, container_keys, firewall_keys
from scaffold.releases.table import (
    DEFAULT,
    NAMES,
    OTHERS,
    RHOSP,
    Base,
    Branch,
    HeatVersions,
    Release,
    about_version,
    branches,
    engine_versions,
    heat,
    load,
    named,
    role_data,
    scope,
)

__all__ = [
    "DEFAULT",
    "NAMES",
    "OTHERS",
    "RHOSP",
    "Base",
    "Branch",
    "ContainerKeys",
    "FirewallKeys",
    "HeatVersions",
    "Release",
    "about_version",
    "branches",
    "container_keys",
    "engine_versions",
    "firewall_keys",
    "heat",
    "load",
    "named",
    "role_data",
    "scope",
]
