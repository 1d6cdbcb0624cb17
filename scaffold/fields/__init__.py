"""Every answer: its name, its shape, what it is for and where its default comes from."""

from __future__ import annotations

from scaffold.fields.declared import (
    ANSWERS,
    RELEASES,
    RHOSP,
    SCHEMA,
    SERVICE,
    RepositoryAnswers,
    ServiceAnswers,
)

__all__ = ["ANSWERS", "RELEASES", "RHOSP", "SCHEMA", "SERVICE", "RepositoryAnswers", "ServiceAnswers"]
