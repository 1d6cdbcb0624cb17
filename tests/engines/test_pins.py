"""The lists of the engines' packages: wheels alone, for a machine without a compiler, and whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.verify import install

pytestmark = pytest.mark.engines
NAMES = sorted(path.stem for path in install.PINS.glob("*.txt"))
# what the packages ask for, and nothing of theirs that runs here imports
LEFT_OUT = {
    "heat": {"ovs"},  # no wheel
    "tripleo": {"netifaces", "ansible"},  # no wheels; ansible-core has what is imported
    "paunch": {"prompt-toolkit", "pyperclip", "rich", "rich-argparse"},  # of cmd2, paunch's own shell
}


@pytest.mark.parametrize("name", NAMES)
def test_an_engine_is_installed_without_a_compiler(name: str, tmp_path: Path) -> None:
    bare = os.environ | {"PATH": str(tmp_path), "CC": "/bin/false", "CXX": "/bin/false"}
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-deps"]
    command += ["--only-binary", ":all:", "--target", str(tmp_path), "--requirement"]
    done = subprocess.run(
        [*command, str(install.PINS / f"{name}.txt")], env=bare, capture_output=True, text=True
    )
    if install.NETWORK.search(done.stderr):
        pytest.skip(f"needs a package index: {done.stderr.splitlines()[-1]}")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_missing_that_is_not_left_out_on_purpose(name: str) -> None:
    done = subprocess.run([install.venv(name), "-m", "pip", "check"], capture_output=True, text=True)
    asked = {
        line.split(" requires ")[1].split(",")[0] for line in done.stdout.splitlines() if " requires " in line
    }
    assert asked == LEFT_OUT.get(name, set())
    assert "has requirement" not in done.stdout, done.stdout
