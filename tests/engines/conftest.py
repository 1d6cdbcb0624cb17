"""The fixtures of the engines: see `harness` for how they are used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .harness import Engines, Validation


@pytest.fixture(scope="session")
def engines() -> Iterator[Engines]:
    found = Engines()
    yield found
    found.close()


@pytest.fixture(scope="session")
def tht_tree(engines: Engines) -> Callable[[str], Path]:
    return engines.tree


@pytest.fixture(scope="session")
def overlay(engines: Engines) -> Callable[[Path, str], Path]:
    return engines.overlay


@pytest.fixture(scope="session")
def resolve(engines: Engines) -> Callable[..., dict[str, Any]]:
    return engines.resolve


@pytest.fixture(scope="session")
def yaml_validate(engines: Engines) -> Callable[[Path, str], Validation]:
    return engines.yaml_validate
