"""What a command or a generated script tells to do is done, word for word, and helps."""

from __future__ import annotations

import ast
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from scaffold.cli import main
from tests.system import installed
from tests.upkeep import SERVICE, STATE, aged, edit, files, made, run

ROOT = Path(__file__).parent.parent
PROGRAM = re.compile(r"vendor-scaffold ([a-z][a-z-]*)((?: [^\s,;:)'`|]+)*)")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("fresh"))


@pytest.fixture
def repo(fresh: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(fresh, tmp_path / "acme"))


# --- every command that a text of ours names is one


def texts() -> Iterator[tuple[str, str]]:
    """The texts of the program and of the generated scripts: where, and the text."""
    for path in sorted((ROOT / "scaffold").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.JoinedStr):
                parts = (one.value if isinstance(one, ast.Constant) else "{}" for one in node.values)
                yield f"{path.relative_to(ROOT)}:{node.lineno}", "".join(map(str, parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.is_file():
            yield str(path.relative_to(ROOT)), path.read_text()


def test_every_command_that_is_named_exists_and_has_its_options() -> None:
    wrong, seen = [], set()
    for where, text in texts():
        for found in PROGRAM.finditer(text):
            name, rest = found[1], found[2].split()
            if name in (
                "keeps",
                "comes",
                "in",
                "would",
                "it",
                "itself",
                "lock",
                "with",
            ):  # a sentence about the program
                continue
            if name not in main.commands:
                wrong.append(f"{where}: {found[0]}")
                continue
            seen.add(name)
            known = {flag for one in main.commands[name].params for flag in (*one.opts, *one.secondary_opts)}
            flags = [word.partition("=")[0] for word in rest if re.match("--?[a-z]", word)]
            wrong += [f"{where}: {name} has no {flag}" for flag in flags if flag not in {*known, "--help"}]
    assert not wrong
    assert {"update", "undo", "restore", "status", "new", "catalogue", "verify"} <= seen


def test_every_target_of_make_that_is_named_exists() -> None:
    makefile = ROOT / "templates/repository/{{cookiecutter.repo_name}}/Makefile"
    text = makefile.read_text()
    targets = set(re.findall("^([a-z]+):", text, re.MULTILINE))
    variables = set(re.findall(r"\b([A-Z_]+) (?:\?=|:=)|\$\(([A-Z_]+)\)", text))
    known = {name for pair in variables for name in pair} | {"SKOPEO_OPTIONS"}
    wrong, seen = [], set()
    for where, text in texts():
        for target, given in re.findall(r"\bmake ([a-z]+)((?: [A-Z_]+=)?)", text):
            if where.startswith(("scaffold/written", "templates")) and target in targets:
                seen.add(target)
                if given and given.strip("= ") not in known:
                    wrong.append(f"{where}: make {target}{given}")
    assert not wrong
    assert {"inputs", "build", "overlay", "roles", "preflight", "push"} <= seen


# --- hints that are followed


def hinted(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The words of the one command that the output tells to run."""
    found = list(PROGRAM.finditer(done.stdout + done.stderr))
    assert len(found) == 1, done.stdout + done.stderr
    words = shlex.split(found[0][0])[1:]
    return [word for word in words if word not in ("takes", "writes", "lists", "changes", "keeps", "makes")]


def told(words: list[str], end: str) -> list[str]:
    """WORDS up to END: what follows in the sentence is no argument."""
    return words[: words.index(end) + 1] if end in words else words


def test_adopt_without_dest_in_a_repository_made_by_hand(tmp_path: Path) -> None:
    hand = tmp_path / "handmade"
    hand.mkdir()
    (hand / "Makefile").write_text("mine\n")
    asked = ("--set", "service_name=acme-agent", "--defaults")
    refused = run("new", "--adopt", *asked, cwd=hand)
    assert refused.returncode == 1
    done = run(*told(hinted(refused), "."), *asked, cwd=hand)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "adopted ./")
    assert (hand / "Makefile").read_text() == "mine\n"
    assert not (hand / "acme-tripleo").exists()
    (after,) = re.findall("^  vendor-scaffold (.*)$", done.stdout, re.MULTILINE)
    assert "-mine" in run(*shlex.split(after), cwd=hand).stdout.replace("+", "-")


@pytest.mark.parametrize("command", ["status", "update", "verify"])
def test_no_repository(command: str, tmp_path: Path) -> None:
    refused = run(command, cwd=tmp_path)
    first, second = PROGRAM.finditer(refused.stderr)
    assert first[1] == "new"
    adopt = told(second[0].split()[1:], ".")
    assert run(*adopt, "--set", "service_name=acme-agent", "--defaults", cwd=tmp_path).returncode == 0
    assert run("status", cwd=tmp_path).returncode == 0


def test_a_state_that_is_lost(repo: Path) -> None:
    edit(repo, "README.md", "# Acme", "# Ours")
    (repo / STATE / "state.json").unlink()
    done = run(*told(hinted(run("status", cwd=repo)), "."), cwd=repo)
    assert done.returncode == 0, done.stderr
    assert run("status", cwd=repo).stdout.startswith("up-to-date")
    assert "# Ours" in run("diff", cwd=repo).stdout


def test_answers_that_are_lost(repo: Path) -> None:
    before = files(repo)
    (repo / STATE / "answers.yaml").unlink()
    hint = told(hinted(run("update", cwd=repo)), f"{STATE}/answers.yaml")
    assert run(*hint, cwd=repo).returncode == 0
    assert files(repo) == before


def test_a_repository_that_is_there_already(repo: Path) -> None:
    hint = hinted(run("new", "--set", "service_name=acme-x", ".", cwd=repo))
    assert run(*told(hint, "update"), cwd=repo).returncode == 0


def test_a_service_that_is_there_already(repo: Path) -> None:
    hint = hinted(run("add", "--set", "service_name=acme-agent", cwd=repo))
    change = [word.replace("KEY=VALUE", "step=5") for word in told(hint, hint[2])]
    assert run(*change, cwd=repo).returncode == 0
    assert "step: 5" in (repo / STATE / "answers.yaml").read_text()


def test_a_conflict(repo: Path) -> None:
    aged(repo, SERVICE, "net: none", "net: host")
    edit(repo, SERVICE, "net: none", "net: bridge")
    before = files(repo)
    assert run("update", cwd=repo).returncode == 3
    refused = run("update", cwd=repo)
    assert refused.returncode == 3
    assert "undo" in refused.stdout
    assert run("undo", cwd=repo).returncode == 0
    assert files(repo) == before


def test_a_file_that_was_deleted(repo: Path) -> None:
    aged(repo, "README.md", "old", "Acme")
    (repo / "README.md").unlink()
    assert "restore brings it back" in run("update", cwd=repo).stdout
    assert run("restore", "README.md", cwd=repo).returncode == 0
    assert (repo / "README.md").exists()


def test_an_image_that_no_release_has(repo: Path) -> None:
    refused = run("add", "--set", "service_name=p-q", "--set", "base_image=cinder-volumes", cwd=repo)
    assert run(*told(hinted(refused), "catalogue"), "--release", "wallaby", cwd=repo).returncode == 0


@pytest.mark.parametrize(
    "words", [("statu",), ("status", "--nothing"), ("remove",), ("completion", "powershell")]
)
def test_wrong_usage(words: tuple[str, ...], tmp_path: Path) -> None:
    hint = run(*words, cwd=tmp_path).stderr.splitlines()[-1].removeprefix("hint: vendor-scaffold ")
    assert run(*hint.split(), cwd=tmp_path).stdout.startswith("Usage: vendor-scaffold")


def test_what_new_says_comes_next(tmp_path: Path) -> None:
    done = run("new", "--set", "service_name=acme-agent", "--defaults", "--json", cwd=tmp_path)
    (enter, *targets) = json.loads(done.stdout)["next"]
    assert enter == "cd acme-tripleo"
    for target in targets:
        listed = subprocess.run(
            [installed("make"), "-n", target.removeprefix("make ")],
            cwd=tmp_path / "acme-tripleo",
            capture_output=True,
            text=True,
        )
        assert listed.returncode == 0, listed.stderr


# --- the generated repository


def make(repo: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    return subprocess.run(
        [str(shutil.which(installed("make"))), *words],
        cwd=repo,
        capture_output=True,
        text=True,
        env={"PATH": path, "HOME": str(Path.home())} | environment,
    )


def test_preflight_without_an_overlay(repo: Path, tmp_path: Path) -> None:
    stock = tmp_path / "stock"
    stock.mkdir()
    (stock / "overcloud.j2.yaml").write_text("parameters: {}\n")
    (line,) = (line for line in make(repo, "preflight").stdout.splitlines() if "no templates in" in line)
    first, second = re.findall("make ([a-z]+(?: [A-Z]+=)?)", line)
    assert (first, second) == ("overlay", "preflight OVERLAY=")
    refused = make(repo, first)
    (variable,) = re.findall("give ([A-Z]+)=DIRECTORY", refused.stderr)
    assert make(repo, first, f"{variable}={stock}").returncode == 0
    assert "no templates in" not in make(repo, "preflight").stdout
    assert make(repo, first, f"{variable}={stock}", f"OVERLAY={tmp_path}/other").returncode == 0
    shutil.rmtree(next(Path.home().glob("*-tripleo-templates")))
    assert "no templates in" not in make(repo, "preflight", f"OVERLAY={tmp_path}/other").stdout


def test_preflight_without_an_overlay_where_there_is_none_to_lay(tmp_path: Path) -> None:
    swap = "--set integration=image --set service_name=acme-driver --set base_image=cinder-volume"
    assert run("new", *swap.split(), "--defaults", "swap", cwd=tmp_path).returncode == 0
    stock = tmp_path / "stock"
    stock.mkdir()
    said = make(tmp_path / "swap", "preflight", "TEMPLATES=/nowhere").stdout
    (variable,) = re.findall("no templates in /nowhere: make preflight ([A-Z]+)=DIRECTORY", said)
    assert "no templates in" not in make(tmp_path / "swap", "preflight", f"{variable}={stock}").stdout


def test_lint_without_a_linter_is_no_success(repo: Path, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for program in ("sh", "sed"):
        (tools / program).symlink_to(str(shutil.which(program)))
    done = make(repo, "lint", PATH=str(tools))
    assert done.returncode == 2
    (packages,) = re.findall("nothing was linted: python3 -m pip install (.*)", done.stderr)
    pinned = (ROOT / "pyproject.toml").read_text()
    assert all(f'"{package}==' in pinned for package in packages.split())
    (tools / "yamllint").symlink_to("/bin/true")
    done = make(repo, "lint", PATH=str(tools))
    assert done.returncode == 0
    assert done.stderr.splitlines() == [
        "not installed, so not run: shellcheck",
        "not installed, so not run: hadolint",
    ]


def test_lint_still_fails_where_a_linter_does(repo: Path, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "sh").symlink_to(str(shutil.which("sh")))
    (tools / "shellcheck").symlink_to("/bin/false")
    assert make(repo, "lint", PATH=str(tools)).returncode == 2


# --- small ones


def test_a_repository_in_a_repository_is_told(repo: Path) -> None:
    done = run("new", "--set", "service_name=p-q", "--defaults", "inner", cwd=repo)
    assert done.returncode == 0
    assert f"note: it lies in the vendor repository {repo}" in done.stderr
    assert "vendor-scaffold add" in done.stderr
    outside = run("new", "--set", "service_name=p-q", "--defaults", cwd=repo.parent)
    assert (outside.returncode, outside.stderr) == (0, "")


@pytest.mark.parametrize("command", ["new", "update"])
def test_a_url_for_a_template_is_told_as_it_was_typed(command: str, tmp_path: Path) -> None:
    url = "https://github.com/x/y"
    if command == "update":
        template = tmp_path / "t"
        (template / "{{cookiecutter.name}}").mkdir(parents=True)
        (template / "cookiecutter.json").write_text('{"name": "acme"}')
        (template / "{{cookiecutter.name}}/a").touch()
        assert run("new", "--template", template, ".", cwd=tmp_path).returncode == 0
    done = run(command, "--template", url, cwd=tmp_path)
    assert done.stderr.startswith(f"error: --template {url}: there is no such directory or zip\n")


def test_a_wrong_release_and_a_wrong_image_in_one_round(tmp_path: Path) -> None:
    sets = ("--set", "release=tain", "--set", "service_name=a", "--set", "base_image=cinder-volum")
    said = run("new", *sets, cwd=tmp_path).stderr.splitlines()
    assert said[0].startswith("error: --set release: must be queens, rocky")
    assert said[1].startswith("error: --set service_name: must be at least 2 characters long (it has 1)")
    missing = 'error: --set base_image: there is no stock image "cinder-volum" in any release'
    assert said[2].startswith(missing)
    assert 'did you mean "cinder-volume"?' in said[2]


def test_the_click_group_is_what_the_texts_are_held_against() -> None:
    assert all(isinstance(command, click.Command) for command in main.commands.values())
