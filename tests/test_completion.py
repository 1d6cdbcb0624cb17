"""Tab in real shells: file names where a file is meant, and the names that the program knows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from scaffold.cli.completion import SCRIPTS
from scaffold.rules import RULES
from scaffold.verify.engines import NAMES as ENGINES
from tests import system
from tests.upkeep import made

START = {
    "bash": ("bash", ["--norc", "--noprofile", "-i"], 'eval "$(vendor-scaffold completion bash)"'),
    "zsh": ("zsh", ["-f", "-i"], 'bindkey -e; eval "$(vendor-scaffold completion zsh)"'),
    "fish": ("fish", ["--no-config", "-i"], "vendor-scaffold completion fish | source"),
}
REPOSITORY = "acme-tripleo"
SLOW = {"yaml", "jinja2", "cookiecutter", "questionary", "scaffold.rules", "scaffold.updating"}
CASES = [
    ("new --answers exam", ["new", "--answers", "example.yaml"]),
    ("new --answers tw", ["new", "--answers", "two words.yaml"]),
    ("new --answers files/in", ["new", "--answers", "files/inner.yaml"]),
    ("update --from-file exam", ["update", "--from-file", "example.yaml"]),
    ("new --template fil", ["new", "--template", "files"]),
    ("check fil", ["check", "files"]),
    ("status fil", ["status", "files"]),
    ("stat", ["status"]),
    ("status ac", ["status", REPOSITORY]),
    ("update files/nest", ["update", "files/nested"]),
    (f"remove {REPOSITORY} acme-ex", ["remove", REPOSITORY, "acme-exporter"]),
    (f"restore {REPOSITORY} READ", ["restore", REPOSITORY, "README.md"]),
    ("check --release vic", ["check", "--release", "victoria"]),
    ("check --explain restart-m", ["check", "--explain", "restart-missing"]),
    ("check --format sa", ["check", "--format", "sarif"]),
    ("verify --engine comm", ["verify", "--engine", "command-line"]),
    ("catalogue cinder-back", ["catalogue", "cinder-backup"]),
    ("new --set base_image=cinder-back", ["new", "--set", "base_image=cinder-backup"]),
    (
        "add --set services.x.base_image=cinder-back",
        ["add", "--set", "services.x.base_image=cinder-backup"],
    ),
    ("new --set release=vic", ["new", "--set", "release=victoria"]),
    ("completion fi", ["completion", "fish"]),
]
INSIDE = [
    ("remove acme-ex", ["remove", "acme-exporter"]),
    ("remove acme-agent acme-ex", ["remove", "acme-agent", "acme-exporter"]),
    ("restore ../READ", ["restore", "../README.md"]),
    ("restore services/acme-ag", ["restore", "services/acme-agent.yaml"]),
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with files, directories and a repository, and another one in a directory."""
    place = tmp_path_factory.mktemp("place")
    repo = made(place).rename(place / REPOSITORY)
    (place / "files").mkdir()
    shutil.copytree(repo, place / "files/nested")
    for name in ("example.yaml", "two words.yaml", "files/inner.yaml"):
        (place / name).touch()
    return place


Typed = Callable[[str], list[str]]


@pytest.fixture(scope="module", params=SCRIPTS)
def typed(
    request: pytest.FixtureRequest, place: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Typed]:
    """What a shell makes of a line and Tab, as the words of the command."""
    program, arguments, source = START[request.param]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    home = str(tmp_path_factory.mktemp("home"))
    environment = {"PATH": path, "HOME": home, "TERM": "xterm", "LC_ALL": "C.UTF-8"}
    shell = pexpect.spawn(
        system.installed(program),
        arguments,
        cwd=place,
        env=environment,
        timeout=60,
        encoding="utf-8",
        dimensions=(50, 200),
    )
    shell.sendline(f"{source}; echo rea''dy")
    shell.expect("ready")

    def completed(line: str) -> list[str]:
        shell.send(f"vendor-scaffold {line}\t")
        time.sleep(0.1)
        shell.send("\x01printf '<%s>' \x05\r")
        shell.expect(r"<vendor-scaffold>((<[^>]*>)*)[^<]")
        # zsh takes the slash of a directory away again where no more follows
        return [word.removesuffix("/") for word in re.findall("<([^>]*)>", shell.match[1])]

    def typed(line: str, where: str = ".") -> list[str]:
        shell.sendline(f"cd {place / where}")
        return completed(line)

    yield typed
    shell.close(force=True)


@pytest.mark.parametrize(("line", "words"), CASES, ids=[line for line, _ in CASES])
def test_tab(line: str, words: list[str], typed: Typed) -> None:
    assert typed(line) == words


@pytest.mark.parametrize(("line", "words"), INSIDE, ids=[line for line, _ in INSIDE])
def test_tab_in_a_directory_of_a_repository(
    line: str, words: list[str], typed: Callable[[str, str], list[str]]
) -> None:
    assert typed(line, f"{REPOSITORY}/docker") == words


def offered(*words: str, cwd: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "scaffold", *words],
        cwd=cwd,
        env=os.environ | {"_VENDOR_SCAFFOLD_COMPLETE": "words"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return [line.removeprefix("word ") for line in done.stdout.splitlines()]


def test_every_rule_and_every_engine_is_offered(place: Path) -> None:
    assert set(offered("check", "--explain", "", cwd=place)) == RULES.keys()
    assert set(offered("verify", "--engine", "", cwd=place)) == set(ENGINES)


def test_what_is_broken_offers_nothing_and_says_nothing(place: Path, tmp_path: Path) -> None:
    repo = Path(shutil.copytree(place / REPOSITORY, tmp_path / "broken"))
    (repo / ".vendor-scaffold/pristine.json").write_text("{")
    (repo / ".vendor-scaffold/answers.yaml").write_text("services: [")
    assert offered("restore", "", cwd=repo) == []
    assert offered("remove", "", cwd=repo) == []
    assert offered("new", "--set", "release=nowhere", "--set", "base_image=x", cwd=repo) == []
    assert offered("status", "/nowhere/at/", cwd=repo) == ["directories"]


def test_tab_imports_only_what_it_needs(place: Path) -> None:
    for words in (["check", "--explain", ""], ["restore", ""], ["verify", "--engine", ""], ["status", ""]):
        program = (
            "import sys; from scaffold.cli import main\n"
            f"sys.argv[1:] = {words!r}\n"
            "main()\n"
            f"print(sorted({SLOW} & sys.modules.keys()), file=sys.stderr)"
        )
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=place / REPOSITORY,
            env=os.environ | {"_VENDOR_SCAFFOLD_COMPLETE": "words"},
            capture_output=True,
            text=True,
        )
        assert (done.stderr, bool(done.stdout)) == ("[]\n", True)
