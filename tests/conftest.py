"""Fixtures of all tests: nothing outside the test's own directory is read or written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from . import system

# every test has a home of its own; the engines are kept beside the checkout
os.environ.setdefault("VENDOR_SCAFFOLD_ENGINES", str(Path(__file__).parent.parent / ".engines"))
os.environ.setdefault("VENDOR_SCAFFOLD_STAND_IN", "1")  # a run with a network does as one without
EXAMPLES = sorted(path.parent for path in Path(__file__).parent.parent.glob("examples/*/answers.yaml"))


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(system)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regenerate", action="store_true", help="rewrite examples/ and the templates' defaults"
    )


@pytest.fixture
def regenerate(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--regenerate"))


@pytest.fixture(autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
