"""How long the tool takes beside its peers: `python tests/bench/peers.py [RUNS]`, in the test environment.

Runs are interleaved: a machine that slows down slows all of them. Medians, and ratios to an empty run.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
REPO = str(ROOT / "examples/agent-loader/acme-tripleo")
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "vendor-scaffold --help": ["-m", "scaffold", "--help"],
    "cookiecutter --help": ["-m", "cookiecutter", "--help"],
    "vendor-scaffold new": ["-m", "scaffold", "new", "-a", str(ROOT / "examples/agent-loader/answers.yaml")],
    "vendor-scaffold update, nothing to do": ["-m", "scaffold", "update", REPO],
    "vendor-scaffold status": ["-m", "scaffold", "status", REPO],
}
TWO_TEMPLATES = (
    "from cookiecutter.main import cookiecutter as run\n"
    f"for name in 'repository', 'service': run({str(ROOT / 'templates')!r} + '/' + name, no_input=True, "
    "overwrite_if_exists=True)\n"
)


def seconds(arguments: list[str]) -> float:
    """The wall time of one run, in an empty directory."""
    with tempfile.TemporaryDirectory() as empty:
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], cwd=empty, check=True, capture_output=True)
        return time.perf_counter() - start


def main() -> None:
    """Time every command and print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    commands = COMMANDS | {"cookiecutter, same files, two templates": ["-c", TWO_TEMPLATES]}
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, arguments in commands.items():
            times[name].append(seconds(arguments))
    floor = statistics.median(times["python -c pass"])
    for name, found in times.items():
        median = statistics.median(found)
        print(f"{name:42} {median * 1000:6.0f} ms  x{median / floor:.1f}")


if __name__ == "__main__":
    main()
