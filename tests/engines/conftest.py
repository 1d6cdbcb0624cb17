"""What the tests of the engines share: one session, with its Heat process and its overlays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scaffold import releases
from scaffold.verify import install, trees
from scaffold.verify.session import Session

from ..system import package_index

MATRIX = ("queens", "ussuri", "victoria")  # left out of everyday runs: CONTRIBUTING.md, "Test"
RELEASES = [
    pytest.param(name, marks=[pytest.mark.matrix] if name in MATRIX else []) for name in releases.NAMES
]


@pytest.fixture(autouse=True)
def _engines(_home: None) -> None:
    """Skip where the engines are neither installed nor to be had, with the home that tests have."""
    package_index(install.cache_directory() / "env-heat.stamp")


@pytest.fixture(scope="session")
def session() -> Iterator[Session]:
    with Session() as opened:
        yield opened


@pytest.fixture(scope="session")
def tht_tree() -> Callable[[str], Path]:
    return lambda release: trees.tree(releases.load(release))


@pytest.fixture(scope="session")
def overlay(session: Session) -> Callable[[Path, str], Path]:
    return lambda repo, release: session.overlay(repo, releases.load(release))


@pytest.fixture(scope="session")
def resolve(session: Session) -> Callable[..., dict[str, Any]]:
    """The role_data of a service of a repository, under its own environment file."""

    def role_data(repo: Path, release: str, service: str, **options: Any) -> dict[str, Any]:
        (environment,) = (path.name for path in (repo / "environments").glob("*.yaml"))
        options["environments"] = [f"environments/{environment}"]
        return session.role_data(repo, releases.load(release), service, **options)

    return role_data
