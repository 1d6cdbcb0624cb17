"""The upstream packages, unpacked: downloaded from PyPI by pip, as source distributions.

The wheels hold no template. To read a source distribution pip runs its setup.py, which needs pbr and a
setuptools before 61 (later ones refuse the layout), hence an environment of its own; Python 3.11, as that
setuptools does not import on 3.12.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
from functools import cached_property
from pathlib import Path

from scaffold.errors import ScaffoldError

# setuptools, pbr, wheel: to have pip read the sources; the rest is imported by tools/process-templates.py
ENVIRONMENT = ("setuptools<60", "pbr", "wheel", "jinja2", "pyyaml", "six")
PROCESS_TEMPLATES = "tools/process-templates.py"


class Packages:
    """Source distributions in a directory, kept there for the next run."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache.absolute()

    def unpack(self, name: str, version: str, into: Path) -> Path:
        """The tree of one package below ``into``."""
        archive = self._cache / f"{name}-{version}.tar.gz"
        if not archive.exists():
            self._download(name, version)
        try:
            with tarfile.open(archive) as tar:
                tar.extraction_filter = getattr(tarfile, "data_filter", None)  # Debian 12's Python has none
                tar.extractall(into)
        except (OSError, tarfile.TarError) as error:
            raise ScaffoldError(f"{archive} cannot be unpacked: {error}", hint="remove it") from error
        return into / f"{name}-{version}"

    def heat_templates(self, version: str, into: Path) -> Path:
        """The tree of tripleo-heat-templates as deployed, rendered with its stock roles."""
        source = self.unpack("tripleo-heat-templates", version, into)
        rendered = into / "rendered"
        _run(self._python, PROCESS_TEMPLATES, "--output-dir", str(rendered), cwd=source)
        return rendered

    def _download(self, name: str, version: str) -> None:
        options = ("--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--dest", str(self._cache))
        _run(self._python, "-m", "pip", "download", "--quiet", *options, f"{name}=={version}")

    @cached_property
    def _python(self) -> str:
        """The interpreter of the environment, which is made first where it is missing or half made."""
        folder = self._cache / "environment"
        python = str(folder / "bin" / "python")
        complete = folder / "complete"
        if not complete.exists():
            _run(sys.executable, "-m", "venv", "--clear", str(folder))
            _run(python, "-m", "pip", "install", "--quiet", *ENVIRONMENT)
            complete.touch()
        return python


def _run(*command: str, cwd: Path | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        told = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        raise ScaffoldError(f"{' '.join(command)} failed: {told[-1]}")
