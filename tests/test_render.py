"""The templates are genuine cookiecutter templates, and values are data in them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

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


@pytest.mark.parametrize("template", ["repository", "service", "image"])
def test_defaults_are_the_example(template: str, regenerate: bool, tmp_path: Path) -> None:
    example = next(path for path in EXAMPLES if path.name == "agent-loader")
    planned = plan(answers.check(answers.read(str(example / "answers.yaml"))))
    service = planned.repo.services[0] if template != "repository" else None
    image = service.image if service and template == "image" else None
    defaults = templates() / template / "cookiecutter.json"
    text = json.dumps(context(planned.repo, service, image), indent=2, ensure_ascii=False) + "\n"
    if regenerate:
        defaults.write_text(text)
    assert defaults.read_text() == text
    made = run_cookiecutter(template, tmp_path, "--no-input")
    assert made.items() <= {path: file.content for path, file in planned.rendered.items()}.items()


def test_templates_have_no_hooks() -> None:
    assert not list(templates().glob("*/hooks"))
