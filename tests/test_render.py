"""The templates are genuine cookiecutter templates, and values are data in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scaffold import answers
from scaffold.pipeline import plan
from scaffold.render import context, templates

from .conftest import EXAMPLES


def run_cookiecutter(template: str, output: Path, *options: str) -> dict[str, bytes]:
    command = [sys.executable, "-m", "cookiecutter", str(templates() / template), "-o", str(output), *options]
    subprocess.run(command, check=True, capture_output=True, text=True, cwd=output)
    (made,) = [path for path in output.iterdir() if path.is_dir()]
    return {
        path.relative_to(made).as_posix(): path.read_bytes() for path in made.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_cookiecutter_makes_the_same_bytes(example: Path, tmp_path: Path) -> None:
    planned = plan(answers.check(answers.read(str(example / "answers.yaml"))))
    found: dict[str, bytes] = {}
    services = planned.repo.services
    parts = [("repository", None, None), *(("service", service, None) for service in services)]
    parts += [("image", service, image) for service in services for image in service.images]
    for number, (template, service, image) in enumerate(parts):
        output = tmp_path / str(number)
        output.mkdir()
        replay = output / "replay.json"
        replay.write_text(json.dumps({"cookiecutter": context(planned.repo, service, image)}))
        found |= run_cookiecutter(template, output, "--replay-file", str(replay))
    assert found == {path: file.content for path, file in planned.rendered.items()}


def folded(value: Any, indent: int = 0, before: int = 0) -> str:
    """JSON in which whatever fits stands in one line, behind as many columns as are BEFORE it."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or indent + before + len(line) <= 110:
        return line
    if isinstance(value, list):
        return _lines("[]", [folded(one, indent + 2) for one in value], indent)
    named = {f"{json.dumps(key)}: ": one for key, one in value.items()}
    return _lines("{}", [key + folded(one, indent + 2, len(key)) for key, one in named.items()], indent)


def _lines(brackets: str, lines: list[str], indent: int) -> str:
    between = "\n" + " " * (indent + 2)
    return brackets[0] + between + f",{between}".join(lines) + "\n" + " " * indent + brackets[1]


@pytest.mark.parametrize("template", ["repository", "service", "image"])
def test_defaults_are_the_example(template: str, regenerate: bool, tmp_path: Path) -> None:
    example = next(path for path in EXAMPLES if path.name == "agent-loader")
    planned = plan(answers.check(answers.read(str(example / "answers.yaml"))))
    service = planned.repo.services[0] if template != "repository" else None
    image = service.image if service and template == "image" else None
    defaults = templates() / template / "cookiecutter.json"
    text = folded(context(planned.repo, service, image)) + "\n"
    if regenerate:
        defaults.write_text(text)
    assert defaults.read_text() == text
    made = run_cookiecutter(template, tmp_path, "--no-input")
    assert made.items() <= {path: file.content for path, file in planned.rendered.items()}.items()


def test_every_system_can_have_the_names_of_the_templates() -> None:
    """Windows has no file of some names, and eCryptfs none of more than 143 bytes."""
    for path in templates().rglob("*"):
        assert not set(path.name) & set('"|<>?*:\\'), path
        assert len(path.name.encode()) <= 100, path
        assert not path.name.endswith((".", " ")), path


def test_templates_have_no_hooks() -> None:
    assert not list(templates().glob("*/hooks"))


NEW = [sys.executable, "-m", "scaffold", "new", "-a", str(EXAMPLES[0] / "answers.yaml")]


def new(home: Path, destination: Path) -> dict[str, bytes]:
    """What `new` writes for the first example, by a process with a HOME of its own."""
    environment = os.environ | {"HOME": str(home), "XDG_CACHE_HOME": ""}
    subprocess.run([*NEW, str(destination)], check=True, capture_output=True, env=environment)
    files = (path for path in destination.rglob("*") if path.is_file())
    return {str(path.relative_to(destination)): path.read_bytes() for path in files}


def kept(home: Path) -> list[Path]:
    return sorted(home.glob(".cache/vendor-scaffold/templates-*/*"))


def test_compiled_templates_are_kept_for_the_next_run(tmp_path: Path) -> None:
    first = new(tmp_path, tmp_path / "first")
    compiled = {path: path.stat().st_mtime_ns for path in kept(tmp_path)}
    assert compiled
    assert new(tmp_path, tmp_path / "second") == first
    assert {path: path.stat().st_mtime_ns for path in kept(tmp_path)} == compiled


@pytest.mark.parametrize("broken", [b"", b"not code", None])
def test_a_cache_that_is_broken_or_not_ours_alone_is_not_used(tmp_path: Path, broken: bytes | None) -> None:
    first = new(tmp_path, tmp_path / "first")
    (directory,) = {path.parent for path in kept(tmp_path)}
    if broken is None:  # anybody could have put code there
        directory.chmod(0o777)
    for path in kept(tmp_path):
        path.write_bytes(path.read_bytes()[:40] if broken is None else broken)
    before = {path: path.read_bytes() for path in kept(tmp_path)}
    assert new(tmp_path, tmp_path / "second") == first
    assert ({path: path.read_bytes() for path in kept(tmp_path)} == before) == (broken is None)


def test_without_a_place_for_the_cache_all_goes_on(tmp_path: Path) -> None:
    (tmp_path / ".cache").write_text("a file where the directory should be")
    assert new(tmp_path, tmp_path / "made")
