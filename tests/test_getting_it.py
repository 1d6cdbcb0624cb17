"""The tool comes onto the PATH, and to `make tool` of a repository, just as the READMEs say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.verify import install

from .system import installed, package_index

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples/minimal/vendorx-tripleo"
LEFT_OUT = shutil.ignore_patterns(".venv", ".engines", ".git", ".hypothesis", "__pycache__", ".*_cache")


def section(readme: Path, heading: str) -> str:
    return readme.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]


def commands(text: str, *holding: str) -> list[str]:
    """The commands of a README that hold one of some words, without their comments."""
    found = re.findall(r"^    (\S.*?)(?: +# .*)?$", text, re.MULTILINE)
    return [line for line in found if any(word in line for word in holding)]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    package_index(Path("/nowhere"))
    place = tmp_path_factory.mktemp("checkout") / "vendor-scaffold"
    return Path(shutil.copytree(ROOT, place, ignore=LEFT_OUT))


def shell(home: Path, where: Path, script: str, *programs: Path) -> str:
    """What a script says that begins with nothing but Debian's programs, and PROGRAMS, on its PATH."""
    path = ":".join([*map(str, programs), f"{home}/.local/bin", "/usr/local/bin:/usr/bin:/bin"])
    kept = {key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "PYTHONPATH")}
    environment = kept | {"HOME": str(home), "PATH": path}
    command = ["bash", "-euc", script]
    done = subprocess.run(
        command, cwd=where, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}"
    return done.stdout


def installers() -> Path:
    """Where pipx and uv are, kept in the cache of the engines."""
    python, packages = Path(sys.executable).resolve(), ["pipx==1.18.4", "uv==0.13.9"]

    def build(target: Path) -> None:
        install.run([python, "-m", "venv", target])
        install.run([target / "bin/pip", "install", "-q", "--disable-pip-version-check", *packages])

    return install.once("env-installers", f"{python}\n{packages}", build) / "bin"


@pytest.mark.slow
@pytest.mark.parametrize("way", [". .venv/bin/activate", "pipx install .", "uv tool install ."])
def test_the_tool_comes_onto_the_path(way: str, checkout: Path, tmp_path: Path) -> None:
    text = section(ROOT / "README.md", "Install and run")
    assert commands(text, "activate", "install .") == [
        ". .venv/bin/activate",
        "pipx install .",
        "uv tool install .",
    ]
    (first,) = commands(text, "python3 -m venv")
    before = first.partition(" && .venv/bin/vendor-scaffold")[0] if "activate" in way else ":"
    # Debian's python3 may be older than ours where this is no Debian 12
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python3").symlink_to(Path(sys.executable).resolve())
    script = f"{before}\n{way}\nhash -r\ncd /\nvendor-scaffold --version"
    said = shell(tmp_path, checkout, script, tmp_path / "bin", installers())
    assert re.search(r"^vendor-scaffold, version \d", said, re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["checkout", "wheel", "sdist", "repository"])
def test_a_repository_gets_its_tool_without_an_index(kind: str, checkout: Path, tmp_path: Path) -> None:
    installed("make")
    repo = Path(shutil.copytree(EXAMPLE, tmp_path / "repo"))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python3").symlink_to(Path(sys.executable).resolve())
    *venv, plain, given = commands(section(repo / "README.md", "The tool"), "venv", "make tool")
    assert (plain, given.partition("=")[0]) == ("make tool", "make tool TOOL")
    script = "\n".join([*venv, f"make tool TOOL={source(kind, checkout, tmp_path)}", "hash -r", "make check"])
    assert "no problems" in shell(tmp_path, repo, script, tmp_path / "bin")


def source(kind: str, checkout: Path, work: Path) -> str:
    """Where the tool comes from: built here, from the checkout."""
    if kind == "checkout":
        return str(checkout)
    if kind == "repository":
        mine = Path(shutil.copytree(checkout, work / "git"))
        author = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        for words in (["init", "-q"], ["add", "-A"], [*author, "commit", "-qm", "x"]):
            subprocess.run(["git", *words], cwd=mine, check=True)
        return f"git+file://{mine}"
    python, packages = Path(sys.executable).resolve(), ["build==1.6.1", "hatchling==1.33.0"]

    def build(target: Path) -> None:
        install.run([python, "-m", "venv", target])
        install.run([target / "bin/pip", "install", "-q", "--disable-pip-version-check", *packages])

    builder = install.once("env-build", f"{python}\n{packages}", build) / "bin/python"
    install.run([builder, "-m", "build", "-q", "-n", f"--{kind}", "--outdir", work / "dist", checkout])
    (made,) = (work / "dist").iterdir()
    return str(made)


def test_make_tool_without_the_tool_says_where_to_read(tmp_path: Path) -> None:
    repo = Path(shutil.copytree(EXAMPLE, tmp_path / "repo"))
    (tmp_path / "bin").mkdir()
    refusing = f'[ "$2" != pip ] || {{ echo no module named pip >&2; exit 1; }}\nexec {sys.executable} "$@"'
    (tmp_path / "bin/python3").write_text(f"#!/bin/sh\n{refusing}\n")
    (tmp_path / "bin/python3").chmod(0o755)
    command = [installed("make"), "tool"]
    path = os.environ | {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=repo, env=path, capture_output=True, text=True)
    assert done.returncode == 2
    assert 'not installed: README.md says under "The tool"' in done.stderr
    assert section(repo / "README.md", "The tool")


def test_the_bare_machine_has_what_the_readme_asks_for() -> None:
    text = section(ROOT / "README.md", "Install and run")
    asked, make = commands(text, "apt-get install")
    packages = re.findall(r"^PACKAGES = \((.*)\)", (ROOT / ".ci/bare_machine.py").read_text(), re.MULTILINE)
    assert asked.split()[3:] == [word.strip('" ') for word in packages[0].split(",")]
    assert make.split()[-1] == "make"
    assert "Python 3.11" in text
    assert 'requires-python = ">=3.11"' in (ROOT / "pyproject.toml").read_text()
