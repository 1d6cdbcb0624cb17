"""The files of a vendor repository as rules read them: parsed once, every part with its place."""

from __future__ import annotations

from scaffold.documents.kinds import (
    Broken,
    Dockerfile,
    Document,
    EnvironmentFile,
    HeatTemplate,
    Roles,
    ServiceTemplate,
    YamlDocument,
    parsed,
)

__all__ = [
    "Broken",
    "Dockerfile",
    "Document",
    "EnvironmentFile",
    "HeatTemplate",
    "Roles",
    "ServiceTemplate",
    "YamlDocument",
    "parsed",
]
