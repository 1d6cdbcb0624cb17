"""The upstream repositories at a commit, from git directories that are at hand: nothing is downloaded."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from pathlib import Path

from scaffold.errors import ScaffoldError

# tools/process-templates.py as it is; of six it takes one name only
PROCESS_TEMPLATES = """
import runpy, sys, types
sys.modules["six"] = types.SimpleNamespace(text_type=str)
sys.argv = ["process-templates.py", "--output-dir", sys.argv[1]]
runpy.run_path("tools/process-templates.py", run_name="__main__")
"""


class Upstream:
    """Git directories below FOLDER: tripleo-heat-templates, tripleo-common and the like, bare or not."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()

    def export(self, repository: str, commit: str, into: Path) -> Path:
        """Write the tree of a COMMIT below INTO; return where. Raises ScaffoldError where git has none."""
        archive = _run("git", "-C", str(self._folder / repository), "archive", commit)
        tree = into / f"{repository}-{commit}"
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extraction_filter = getattr(tarfile, "data_filter", None)  # Debian 12's Python has none
            tar.extractall(tree)
        return tree

    def heat_templates(self, commit: str, into: Path) -> Path:
        """Write tripleo-heat-templates as it is deployed, rendered with its stock roles; return where."""
        source = self.export("tripleo-heat-templates", commit, into)
        rendered = into / f"rendered-{commit}"
        _run(sys.executable, "-W", "ignore", "-c", PROCESS_TEMPLATES, str(rendered), cwd=source)
        return rendered


def _run(*command: str, cwd: Path | None = None) -> bytes:
    done = subprocess.run(command, cwd=cwd, capture_output=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines() or ["no message"]
        shown = " ".join(word for word in command if "\n" not in word)
        raise ScaffoldError(f"{shown} failed: {said[-1]}")
    return done.stdout
