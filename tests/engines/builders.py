"""TripleO's image builders, each in an environment of its own, kept in the cache of the engines."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from scaffold.verify.install import once, sdist

# kolla 8 needs the Jinja2 of its time
KOLLA = {
    "8.0.5": ("kolla==8.0.5", "Jinja2==3.0.3", "MarkupSafe==2.0.1"),
    "12.7.0": ("kolla==12.7.0", "Jinja2==3.1.6"),
}
TRIPLEO_COMMON = {"stein": "10.8.2", "train": "11.7.0", "ussuri": "12.4.7", "wallaby": "15.4.0"}


def kolla(version: str) -> Path:
    """The interpreter of a kolla, with kolla-build beside it."""
    return _environment(f"kolla-build-{version}", KOLLA[version])


def tripleo_common(release: str) -> Path:
    """The interpreter of a release's tripleo-common: image prepare without the command line."""
    packages = (f"tripleo-common=={TRIPLEO_COMMON[release]}", "setuptools==69.5.1")
    return _environment(f"tripleo-common-{release}", packages)


def tripleo_client() -> Path:
    """The interpreter of Wallaby's command line; the Ansible that it brings is too old for this Python."""
    packages = ("python-tripleoclient==16.5.0", "tripleo-common==15.4.0", "setuptools==69.5.1")
    return _environment("tripleo-client", packages)


def ansible_playbook() -> Path:
    """An ansible-playbook that runs."""
    return _environment("ansible-playbook", ("ansible-core==2.16.14",)).with_name("ansible-playbook")


def pre_commit() -> Path:
    """The program that runs git hooks."""
    return _environment("pre-commit", ("pre-commit==4.7.0",)).with_name("pre-commit")


def source(package: str, version: str) -> Path:
    """The unpacked source distribution of a package."""
    return sdist(package, version)


def run(
    command: Sequence[str | Path], cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> str:
    """Run a command; its output, or a RuntimeError that shows the end of it."""
    variables = os.environ | (environment or {})
    done = subprocess.run(
        command, cwd=cwd, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        words = " ".join(map(str, command))
        raise RuntimeError(f"{words}: exit status {done.returncode}\n{done.stdout[-4000:]}")
    return done.stdout


def _environment(name: str, packages: Sequence[str]) -> Path:
    python = Path(sys.executable).resolve()

    def build(target: Path) -> None:
        run([python, "-m", "venv", target])
        quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
        run([target / "bin" / "python", "-m", "pip", *quiet, "install", *packages])

    recipe = "\n".join((str(python), *packages))
    return once(f"env-{name}", recipe, build) / "bin" / "python"
