"""The committed examples are what the tool makes, and are clean in every release."""

from __future__ import annotations

import fnmatch
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from scaffold import answers, project, releases
from scaffold.pipeline import plan
from scaffold.render import purposes, templates
from scaffold.written import next_commands

from .conftest import EXAMPLES
from .engines.sample import linted


def made(example: Path, release: str | None = None) -> dict[str, Any]:
    document = answers.read(str(example / "answers.yaml"))
    if release:
        document = document.with_settings(
            [f"release={release}", "distribution=rdo", *fitting(example, release)]
        )
    planned = plan(answers.check(document))
    return {"name": planned.repo.repo_name, "tree": planned.rendered | planned.state}


def fitting(example: Path, release: str) -> list[str]:
    """What an example answers besides in a release that can do more or less than its own."""
    facts = releases.load(release)
    if example.name == "prepare-layer" and not facts.tripleo.prepare_tasks:
        return ["build=layer"]
    if example.name == "backup-agent" and release in ("queens", "rocky"):  # docker, which has no units
        return ["services.0.containers.1.depends_on=[]"]
    capable = example.name == "monitor-ussuri" and facts.tripleo.capabilities
    return ["cap_add=[NET_ADMIN]"] if capable else []


def on_disk(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_example_is_what_the_tool_makes(example: Path, regenerate: bool) -> None:
    result = made(example)
    golden = example / str(result["name"])
    if regenerate:
        shutil.rmtree(golden, ignore_errors=True)
        project.create(golden, result["tree"])
    committed = on_disk(golden)
    assert committed == {path: file.content for path, file in result["tree"].items()}
    executable = {path for path in committed if (golden / path).stat().st_mode & 0o100}
    assert executable == {path for path, file in result["tree"].items() if file.executable}


def test_every_release_has_an_example() -> None:
    shown = {plan(answers.check(answers.read(str(e / "answers.yaml")))).repo.release.name for e in EXAMPLES}
    assert shown == set(releases.NAMES)


@pytest.mark.parametrize("release", releases.NAMES)
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_example_is_clean_in_every_release(example: Path, release: str, tmp_path: Path) -> None:
    result = made(example, release)
    project.create(tmp_path / "made", result["tree"])
    assert linted(tmp_path / "made") == []


def test_every_file_has_its_purpose_told() -> None:
    trees = [made(example, release)["tree"] for example in EXAMPLES for release in (None, "wallaby")]
    written = {path for tree in trees for path in tree if not path.startswith(".vendor-scaffold/")}
    assert [path for path in written if not purposes.purpose(path)] == []
    told = json.loads((templates() / "purposes.json").read_text())
    assert [pattern for pattern in told if not fnmatch.filter(written, pattern)] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_the_next_commands_are_there(example: Path) -> None:
    planned = plan(answers.check(answers.read(str(example / "answers.yaml"))))
    targets = re.findall(r"^(\w+):", planned.rendered["Makefile"].content.decode(), re.MULTILINE)
    _, *commands = next_commands(planned, example)
    assert {command.removeprefix("make ") for command in commands} <= set(targets)
