"""The command line: options in, one function call out; the only place of exit codes."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from scaffold import __version__
from scaffold.errors import ScaffoldError

EXIT_CODES = """\b
Exit codes:
  0    done
  1    failed, or problems found
  2    wrong usage, or answers wrong or missing
  130  interrupted; nothing was written
"""


class Program(click.Group):
    """Turns everything that a user can put right into a line and an exit code."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command and leave with its exit code."""
        try:
            sys.exit(super().invoke(ctx) or 0)
        except ScaffoldError as error:
            for line in error.message.splitlines():
                click.echo(line if line.startswith(" ") else f"error: {line}", err=True)
            if error.hint:
                click.echo(f"hint: {error.hint}", err=True)
            sys.exit(error.exit_code)
        except (KeyboardInterrupt, EOFError):
            click.echo("\nnothing was written", err=True)
            sys.exit(130)
        except BrokenPipeError:
            sys.stderr.close()
            sys.exit(1)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
@click.version_option(__version__, prog_name="vendor-scaffold")
def main() -> None:
    """Scaffold complete vendor repositories for containerised TripleO overclouds (RHOSP 13 to 17)."""


@main.command()
@click.argument("dest", required=False, type=click.Path(path_type=Path))
@click.option(
    "--answers", "-a", metavar="FILE", help="Read the answers from FILE, or from standard input with -."
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="Give one answer: registry=192.168.24.1:8787, services.0.step=3. May be repeated.",
)
@click.option("--defaults", is_flag=True, help="Ask nothing; take the default of what is not answered.")
@click.option(
    "--dry-run", "-n", is_flag=True, help="Show the files that would be written, and write nothing."
)
@click.option("--json", "as_json", is_flag=True, help="Report as one JSON object on standard output.")
def new(
    dest: Path | None,
    answers: str | None,
    settings: tuple[str, ...],
    defaults: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Write a new vendor repository to DEST (default: a directory named like the repository).

    \b
    Examples:
      vendor-scaffold new
      vendor-scaffold new --answers answers.yaml vendorx-tripleo
      vendor-scaffold new --set service_name=vendorx-agent --defaults
    """
    from scaffold.commands.new import new as command

    return command(dest, answers, settings, defaults=defaults, dry_run=dry_run, as_json=as_json)


@main.command()
@click.argument("text", default="")
@click.option(
    "--release",
    "-r",
    default="wallaby",
    show_default=True,
    help="A release of TripleO or RHOSP: train, 16.2.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def catalogue(text: str, release: str, as_json: bool) -> int:
    """List the stock images of a release that mention TEXT: parameters, user, roles, services."""
    from scaffold.commands.catalogue import catalogue as command

    return command(text, release, as_json)


@main.command()
def schema() -> int:
    """Print the JSON Schema of the answers file, for editors and CI."""
    from scaffold.commands.schema import schema as command

    return command()


@main.command()
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option(
    "--release",
    "-r",
    help="A release of TripleO or RHOSP: train, 16.2. A generated repository knows its own.",
)
@click.option(
    "--format",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    show_default=True,
    help="How the problems are shown on standard output.",
)
@click.option("--select", multiple=True, metavar="RULE", help="Run this rule only. May be repeated.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Leave this rule out. May be repeated.")
@click.option("--strict", is_flag=True, help="Leave with 1 for warnings too.")
@click.option("--explain", metavar="RULE", help="Print the page of a rule: why, bad, good, source.")
def check(
    path: Path,
    release: str | None,
    format: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    strict: bool,
    explain: str | None,
) -> int:
    """Find what would fail, or be silently ignored, in a deployment of the repository or directory at PATH.

    A problem that is meant is allowed on its line, or right above it:

    \b
      # vendor-scaffold: allow RULE because REASON
    """
    from scaffold.commands import check as command

    if explain:
        return command.explain(explain)
    return command.check(path, release, format=format, select=select, ignore=ignore, strict=strict)
