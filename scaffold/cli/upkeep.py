"""The commands that keep a vendor repository current."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from scaffold.cli import completion
from scaffold.cli.options import JSON, REPO
from scaffold.locate import is_top

SET = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    shell_complete=completion.settings,
    help="Change one answer: release=wallaby, services.acme-agent.step=3. May be repeated.",
)
DEFAULTS = click.option("--defaults", is_flag=True, help="Ask nothing; take the default of what is new.")
DRY_RUN = click.option("--dry-run", "-n", is_flag=True, help="Show what would change, and write nothing.")
ON_CONFLICT = click.option(
    "--on-conflict",
    type=click.Choice(["mark", "abort"]),
    default="mark",
    show_default=True,
    help="Mark what both sides changed in the files, or leave the repository as it is.",
)


@click.command()
@click.argument("repos", nargs=-1, type=click.Path(path_type=Path), shell_complete=completion.repositories)
@click.option(
    "--from-file",
    metavar="LIST",
    type=click.Path(path_type=Path),
    help="Update the repositories that LIST names too, one a line.",
)
@click.option(
    "--jobs",
    "-j",
    metavar="N",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="How many at a time.",
)
@click.option(
    "--answers",
    "-a",
    metavar="FILE",
    shell_complete=completion.files,
    help="Replace all answers by those of FILE.",
)
@SET
@DEFAULTS
@click.option(
    "--template",
    metavar="DIR|ZIP",
    type=click.Path(path_type=Path),
    help="The cookiecutter template that made the repository, as it is now.",
)
@ON_CONFLICT
@click.option(
    "--allow-downgrade", is_flag=True, help="Go back to an older release, tool or template as well."
)
@DRY_RUN
@click.option("--check", is_flag=True, help="Write nothing; exit 4 where an update waits.")
@JSON
def update(
    repos: tuple[Path, ...], from_file: Path | None, jobs: int, defaults: bool, as_json: bool, **asked: Any
) -> int:
    """Bring vendor repositories up to date.

    They follow the templates of this version and their answers; no edit of yours is lost.

    \b
    Examples:
      vendor-scaffold update
      vendor-scaffold update --set release=wallaby --dry-run
      vendor-scaffold update --from-file repositories.txt --jobs 4 --json
    """
    from scaffold.commands.update import Request
    from scaffold.commands.update import update as command

    request = Request(**asked, ask=not defaults)
    if from_file is None and len(repos) < 2:
        return command(repos[0] if repos else Path(), request, as_json=as_json)
    from scaffold.commands.many import update_all

    return update_all(repos, from_file, request, jobs, _bar, as_json=as_json)


def _bar(outcomes: Any, length: int) -> Any:
    hidden = not sys.stderr.isatty()
    return click.progressbar(outcomes, length, label="updating", file=sys.stderr, hidden=hidden)


@click.command()
@REPO
@click.option(
    "--answers",
    "-a",
    metavar="FILE",
    shell_complete=completion.files,
    help="Read the answers of the service from FILE, or from - .",
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    shell_complete=completion.settings,
    help="Give one answer of the service: service_name=acme-exporter, step=5. May be repeated.",
)
@click.option("--defaults", is_flag=True, help="Ask nothing; take the default of what is not answered.")
@ON_CONFLICT
@DRY_RUN
@JSON
def add(
    repo: Path, answers: str | None, settings: tuple[str, ...], defaults: bool, as_json: bool, **asked: Any
) -> int:
    """Add a service to a vendor repository.

    What is an answer of the whole repository, such as its registry, is changed by update.

    \b
    Examples:
      vendor-scaffold add
      vendor-scaffold add --set service_name=acme-exporter --set step=5
      vendor-scaffold add --answers acme-exporter.yaml acme-tripleo
    """
    from scaffold.commands.services import add as command
    from scaffold.commands.update import Request

    return command(repo, answers, settings, Request(**asked, ask=not defaults), as_json=as_json)


@click.command()
@click.argument(
    "arguments", nargs=-1, required=True, metavar="[REPO] SERVICE...", shell_complete=completion.services
)
@ON_CONFLICT
@DRY_RUN
@JSON
def remove(arguments: tuple[str, ...], as_json: bool, **asked: Any) -> int:
    """Take services out of a vendor repository.

    Files that you edited stay, and are listed.

    \b
    Examples:
      vendor-scaffold remove acme-exporter
      vendor-scaffold remove acme-exporter acme-probe
      vendor-scaffold remove acme-tripleo acme-exporter --dry-run
    """
    from scaffold.commands.services import remove as command
    from scaffold.commands.update import Request

    repo, services = _repo_and(arguments)
    return command(repo, services, Request(**asked), as_json=as_json)


@click.command()
@REPO
@JSON
def status(repo: Path, as_json: bool) -> int:
    """Show what waits, and which files were changed.

    \b
    Examples:
      vendor-scaffold status
      vendor-scaffold status --json acme-tripleo

    Exits 0 where all is up to date, 4 where an update waits, 3 where conflicts are unresolved.
    """
    from scaffold.commands.status import status as command

    return command(repo, as_json=as_json)


@click.command()
@REPO
@click.option("--update", is_flag=True, help="Show what an update would change instead.")
@JSON
def diff(repo: Path, update: bool, as_json: bool) -> int:
    """Show your changes to the generated files.

    \b
    Examples:
      vendor-scaffold diff
      vendor-scaffold diff --update | less
    """
    from scaffold.commands.status import diff as command

    return command(repo, update=update, as_json=as_json)


@click.command()
@click.argument(
    "arguments", nargs=-1, required=True, metavar="[REPO] PATH...", shell_complete=completion.managed
)
@click.option("--newest", is_flag=True, help="As the templates have it now, not as the last update left it.")
@JSON
def restore(arguments: tuple[str, ...], newest: bool, as_json: bool) -> int:
    """Bring files back as the template has them.

    Deleted or edited ones, all that are named or none; undo takes that back.

    \b
    Examples:
      vendor-scaffold restore Makefile README.md
      vendor-scaffold restore acme-tripleo docker/services/acme-agent.yaml --newest
    """
    from scaffold.commands.restore import restore as command

    repo, paths = _repo_and(arguments)
    return command(repo, paths, newest=newest, as_json=as_json)


@click.command()
@REPO
@JSON
def undo(repo: Path, as_json: bool) -> int:
    """Take the last change back, byte for byte.

    That is the last update, add, remove or restore of REPO.

    \b
    Examples:
      vendor-scaffold undo
      vendor-scaffold undo acme-tripleo
    """
    from scaffold.commands.restore import undo as command

    return command(repo, as_json=as_json)


def _repo_and(arguments: tuple[str, ...]) -> tuple[Path, tuple[str, ...]]:
    """REPO, where the first of several words is the top of a vendor repository, and the names."""
    if len(arguments) > 1 and is_top(Path(arguments[0])):
        return Path(arguments[0]), arguments[1:]
    return Path(), arguments


COMMANDS = (update, add, remove, status, diff, restore, undo)
