"""How the tests behave on a machine that lacks something, or that started them in an odd way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .system import INSTALL

PYTEST = [sys.executable, "-m", "pytest", "-p", "tests.system", "-c", os.devnull, "-rs"]
CHECKOUT = Path(__file__).parent.parent


def run(place: Path, text: str, *prefix: str, **variables: str) -> subprocess.CompletedProcess[str]:
    (place / "test_one.py").write_text(text)
    environment = {name: value for name, value in os.environ.items() if name != INSTALL} | variables
    command = [*prefix, *PYTEST, str(place / "test_one.py")]
    return subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True)


NEEDS = """
from tests.system import install, installed
def test_it():
    installed("sh")
    install({"no-such-program": "its-package", "sh": "dash"})
"""


def test_what_is_missing_skips_with_the_command_that_brings_it(tmp_path: Path) -> None:
    done = run(tmp_path, NEEDS)
    assert done.returncode == 0, done.stdout
    command = "apt-get install --no-install-recommends its-package"
    assert f"needs no-such-program: {command}\n" in done.stdout
    assert "1 skipped" in done.stdout


SKIPS = {
    "by itself": "import pytest\ndef test_it():\n    pytest.skip('no time')\n",
    "in a fixture": (
        "import pytest\n@pytest.fixture\ndef here(): pytest.skip('no time')\ndef test_it(here): pass\n"
    ),
    "by a mark": "import pytest\n@pytest.mark.skipif(True, reason='no time')\ndef test_it(): pass\n",
}


@pytest.mark.parametrize("text", SKIPS.values(), ids=SKIPS)
def test_no_test_may_skip_where_all_may_be_installed(text: str, tmp_path: Path) -> None:
    assert run(tmp_path, text).returncode == 0
    done = run(tmp_path, text, **{INSTALL: "1"})
    assert done.returncode == 1
    assert "no time" in done.stdout
    assert f"it may not skip, for {INSTALL} is set" in done.stdout


def test_a_failure_that_is_expected_is_no_skip(tmp_path: Path) -> None:
    text = "import pytest\n@pytest.mark.xfail\ndef test_it(): assert False\n"
    assert run(tmp_path, text, **{INSTALL: "1"}).returncode == 0


WAITS = """
import time
from pathlib import Path
def test_first(): assert False, "the reason"
def test_second():
    for _ in range(300):
        if Path(__file__).with_name("seen").exists():
            return
        time.sleep(0.1)
    assert False, "nobody saw the first"
"""


@pytest.mark.parametrize("how", [["-q"], ["-n", "1"]], ids=["alone", "xdist"])
def test_a_failure_is_named_while_others_run(how: list[str], tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text(WAITS)
    command = [*PYTEST, *how, str(tmp_path / "test_one.py")]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        for line in running.stdout:
            if line.startswith("FAILED") and "test_first" in line:
                assert "the reason" in line
                (tmp_path / "seen").touch()
                break
        assert "1 failed, 1 passed" in running.stdout.read()


ASKS = """
import subprocess, sys
def test_it():
    ask = "import signal as s; print([s.getsignal(one) for one in (s.SIGHUP, s.SIGINT, s.SIGTERM)])"
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True).stdout
    assert "SIG_IGN" not in said
    mask = "import signal; print(signal.pthread_sigmask(signal.SIG_BLOCK, []))"
    assert subprocess.run([sys.executable, "-c", mask], capture_output=True, text=True).stdout == "set()\\n"
"""


def test_what_the_caller_ignores_programs_do_not(tmp_path: Path) -> None:
    names = ",".join(one.name for one in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM))
    for how in ("--ignore-signal", "--block-signal"):
        done = run(tmp_path, ASKS, "env", f"{how}={names}")
        assert done.returncode == 0, done.stdout
