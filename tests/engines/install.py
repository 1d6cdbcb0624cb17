"""The engines, installed on first use and kept: Heat, seven releases of tripleo-heat-templates, their tools.

Everything comes from PyPI through pip and lands in `.engines/` of the project, or where the environment
variable VENDOR_SCAFFOLD_ENGINES says. Each piece is built once, under a file lock (several pytest-xdist
workers, or several checkouts with one cache, may ask at the same time), and is built again when its recipe
changes or when the last build was interrupted: the stamp is written last and holds a digest of the recipe.

Only the sdists of tripleo-heat-templates hold templates (the wheels hold their metadata alone), and pip runs
setup.py to learn an sdist's name before it hands it over. Setuptools from 61 on refuses the flat layout of
these ("Multiple top-level packages discovered"), hence the old one, without build isolation. It needs
distutils, so Python 3.11.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
HEAT_REQUIREMENTS = Path(__file__).with_name("heat-requirements.txt")

# The last of each release on PyPI; 12.5 to 12.7 belong to Victoria's cycle, 14.0 is not yet Wallaby's shape.
VERSIONS = {
    "queens": "8.4.1",
    "rocky": "9.4.1",
    "stein": "10.6.2",
    "train": "11.6.0",
    "ussuri": "12.4.6",
    "victoria": "13.6.0",
    "wallaby": "14.3.0",
}
RELEASES = tuple(VERSIONS)

# What the tools of the trees import, and what pip needs to read the trees' setup.py.
TOOLS = ("PyYAML==6.0.3", "six==1.17.0", "Jinja2==3.1.6", "setuptools==59.8.0", "pbr==7.1.3", "wheel==0.45.1")


# The image builders: kolla 8 needs the Jinja2 of its time; a source gives templates, overrides and roles.
KOLLA = {
    "8.0.5": ("kolla==8.0.5", "Jinja2==3.0.3", "MarkupSafe==2.0.1"),
    "12.7.0": ("kolla==12.7.0", "Jinja2==3.1.6"),
}
TRIPLEO_COMMON = {"stein": "10.8.2", "train": "11.7.0", "ussuri": "12.4.7", "wallaby": "15.4.0"}


def cache() -> Path:
    """Where the engines are kept."""
    return Path(os.environ.get("VENDOR_SCAFFOLD_ENGINES") or PROJECT / ".engines").absolute()


def heat_python() -> Path:
    """The interpreter of the Heat engine."""
    requirements = HEAT_REQUIREMENTS.read_text()
    return _venv("heat", ("-r", str(HEAT_REQUIREMENTS)), requirements)


def tools_python() -> Path:
    """The interpreter of the tools that tripleo-heat-templates brings along."""
    return _venv("tools", TOOLS, "\n".join(TOOLS))


def kolla(version: str) -> Path:
    """The interpreter of a kolla, with kolla-build beside it."""
    packages = KOLLA[version]
    return _venv(f"kolla-{version}", packages, "\n".join(packages))


def tripleo_common(release: str) -> Path:
    """The interpreter of a release's tripleo-common: image prepare without the command line."""
    packages = (f"tripleo-common=={TRIPLEO_COMMON[release]}", "setuptools==69.5.1")
    return _venv(f"tripleo-common-{release}", packages, "\n".join(packages))


def tripleo_client() -> Path:
    """The interpreter of Wallaby's command line; the Ansible that it brings is too old for this Python."""
    packages = ("python-tripleoclient==16.5.0", "tripleo-common==15.4.0", "setuptools==69.5.1")
    return _venv("tripleo-client", packages, "\n".join(packages))


def ansible_playbook() -> Path:
    """An ansible-playbook that runs."""
    packages = ("ansible-core==2.16.14",)
    return _venv("ansible", packages, packages[0]).with_name("ansible-playbook")


def source(package: str, version: str) -> Path:
    """The unpacked source distribution of a package."""
    recipe = f"{package}=={version}\n" + "\n".join(TOOLS)
    folder = _once(f"source-{package}-{version}", recipe, lambda target: _unpack(package, version, target))
    return folder


def tree(release: str) -> Path:
    """The templates of a release, processed by their own tools/process-templates.py (default roles)."""
    version = VERSIONS[release]
    recipe = f"tripleo-heat-templates=={version}\n" + "\n".join(TOOLS)
    return _once(f"tree-{release}", recipe, lambda target: _build_tree(version, target))


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


def _venv(name: str, packages: Sequence[str], recipe: str) -> Path:
    def build(target: Path) -> None:
        run([sys.executable, "-m", "venv", target])
        run([*_pip(target / "bin" / "python"), "install", *packages])

    version = ".".join(map(str, sys.version_info[:3]))
    return _once(f"venv-{name}", f"{sys.executable} {version}\n{recipe}", build) / "bin" / "python"


def _build_tree(version: str, target: Path) -> None:
    source = target.with_name(target.name + ".source")
    shutil.rmtree(source, ignore_errors=True)
    _unpack("tripleo-heat-templates", version, source)
    run([tools_python(), "tools/process-templates.py", "--output-dir", target], cwd=source)
    shutil.rmtree(source)


def _unpack(package: str, version: str, target: Path) -> None:
    python, work = tools_python(), target.with_name(target.name + ".work")
    shutil.rmtree(work, ignore_errors=True)
    flags = ["--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--dest", str(work)]
    run([*_pip(python), "download", *flags, f"{package}=={version}"])
    (sdist,) = work.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(work, filter="data")
    (source,) = (path for path in work.iterdir() if path.is_dir())
    source.rename(target)
    shutil.rmtree(work)


def _pip(python: Path) -> list[str | Path]:
    return [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]


def _once(name: str, recipe: str, build: Callable[[Path], None]) -> Path:
    """The directory `name` of the cache, built now unless its stamp says that this recipe was carried out."""
    target, stamp = cache() / name, cache() / f"{name}.stamp"
    digest = hashlib.sha256(recipe.encode()).hexdigest()
    with _locked(cache() / f"{name}.lock"):
        if not (stamp.exists() and stamp.read_text() == digest and target.is_dir()):
            stamp.unlink(missing_ok=True)
            shutil.rmtree(target, ignore_errors=True)
            build(target)
            stamp.write_text(digest)
    return target


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
