"""`--help`, and the words of wrong usage."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from scaffold.cli import main
from tests.upkeep import run


def test_the_list_of_commands_cuts_no_sentence(tmp_path: Path) -> None:
    said = run("--help", cwd=tmp_path, COLUMNS="80").stdout
    assert "..." not in said.partition("Commands:")[2]


@pytest.mark.parametrize("name", sorted(main.commands))
def test_each_command_shows_how_it_is_called(name: str, tmp_path: Path) -> None:
    said = run(name, "--help", cwd=tmp_path, COLUMNS="80").stdout
    assert f"  Examples:\n    vendor-scaffold {name}" in said
    assert "INTEGER" not in said
    assert all(one.help for one in main.commands[name].params if isinstance(one, click.Option))


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("--nothing", "No such option"),
        ("statu", "No such command 'statu'"),
        ("new --nothing", "No such option"),
        ("remove", "Missing argument '[REPO] SERVICE...'"),
    ],
)
def test_wrong_usage_is_an_error_like_any_other(words: str, wrong: str, tmp_path: Path) -> None:
    done = run(*words.split(), cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines()[0].startswith(f"error: {wrong}")
    assert done.stderr.splitlines()[1].startswith("hint: vendor-scaffold ")
    assert not done.stdout


@pytest.mark.parametrize("command", ["catalogue", "check"])
def test_an_unknown_release_lists_those_of_rhosp_too(command: str, tmp_path: Path) -> None:
    done = run(command, "--release", "17", cwd=tmp_path)
    assert (done.returncode, done.stderr.splitlines()) == (
        2,
        [
            'error: there is no release "17"',
            'hint: did you mean "17.1"? one of queens, rocky, stein, train, ussuri, victoria, '
            "wallaby, 13, 16.0, 16.1, 16.2, 17.0, 17.1",
        ],
    )
