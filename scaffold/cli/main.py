"""The command line: options in, one function call out; the only place of exit codes."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from scaffold import __version__, releases
from scaffold.cli import completion, proof, upkeep
from scaffold.cli.options import AS_JSON, JSON
from scaffold.errors import AnswersError, ScaffoldError
from scaffold.printable import printable
from scaffold.releases import DEFAULT

PROGRAM = "vendor-scaffold"
EXIT_CODES = """\b
Exit codes:
  0    done
  1    failed, problems found, or a state that is missing, locked or damaged; or no command was given
  2    wrong usage, or answers wrong or missing
  3    conflicts are unresolved in the vendor repository
  4    an update waits, or would conflict
  130  interrupted; nothing is half written
"""


class Program(click.Group):
    """Turns everything that a user can put right into a line and an exit code."""

    def main(self, *args: Any, **more: Any) -> Any:
        """Run the program; click's own words for wrong usage are an error and a hint like all others."""
        try:
            _open_streams()
            if os.environ.get(completion.VARIABLE) == completion.WORDS:
                return _complete(self)
            code = super().main(*args, **more | {"standalone_mode": False, "prog_name": PROGRAM})
            sys.stdout.flush()
            sys.exit(code)
        except click.ClickException as error:
            hint = (
                f"{error.ctx.command_path} --help"
                if isinstance(error, click.UsageError) and error.ctx
                else ""
            )
            _tell(ScaffoldError(error.format_message(), hint))
            sys.exit(error.exit_code)
        except ScaffoldError as error:
            _tell(error)
            sys.exit(error.exit_code)
        except click.Abort:
            sys.exit(130)
        except OSError as error:
            if not isinstance(error, BrokenPipeError):  # the reader has seen enough
                place = error.filename or "the output cannot be written"
                done = "; ".join(getattr(error, "__notes__", []))
                _tell(
                    ScaffoldError(f"{place}: {error.strerror}", done and f"it is done all the same: {done}")
                )
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or Python would try again at its end
            sys.exit(1)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; its exit code."""
        try:
            code = super().invoke(ctx) or 0
            sys.stdout.flush()
            return code
        except ScaffoldError as error:
            if ctx.meta.get(AS_JSON):
                click.echo(_failure(error))
            raise
        except (KeyboardInterrupt, EOFError) as error:
            told = str(error) if isinstance(error, KeyboardInterrupt) else ""
            click.echo(f"\n{told or 'nothing was written'}", err=True)
            sys.exit(130)


def _complete(program: click.Command) -> None:
    with suppress(Exception):  # somebody is typing: what is wrong is reported when the command is run
        click.echo(completion.answer(program, sys.argv[1:]), nl=False)


def _open_streams() -> None:
    """Let standard output and error take all that is printed, in any locale.

    A closed stream is opened on nothing, or the next file that is opened would be in its place. Raises
    ScaffoldError for a closed standard output: nobody would see what was done.
    """
    closed = sys.stdout is None
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115
            setattr(sys, name, stream)
        elif name != "stdin" and hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if closed:
        raise ScaffoldError("standard output is closed, so nothing was done", "open it, or say > /dev/null")


def _tell(error: ScaffoldError) -> None:
    lines = [line if line.startswith(" ") else f"error: {line}" for line in error.message.splitlines()]
    try:
        for line in [*lines, *([f"hint: {error.hint}"] if error.hint else [])]:
            click.echo(printable(line), err=True)
    except OSError:  # standard error cannot be written either, and Python would try again at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _failure(error: ScaffoldError) -> str:
    import json
    from dataclasses import asdict

    told = {
        "schema": 1,
        "state": "failed",
        "version": __version__,
        "error": error.message,
        "hint": error.hint,
        "faults": [asdict(fault) for fault in error.faults] if isinstance(error, AnswersError) else [],
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


@click.group(
    cls=Program,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EXIT_CODES,
)
@click.version_option(__version__, prog_name=PROGRAM)
@click.pass_context
def main(context: click.Context) -> int:
    """Scaffold complete vendor repositories for containerised TripleO overclouds.

    {releases}.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
        return 1  # as git does
    return 0


main.help = (main.help or "").format(releases=releases.scope())


@main.command()
@click.argument("dest", required=False, type=click.Path(path_type=Path))
@click.option(
    "--answers",
    "-a",
    metavar="FILE",
    shell_complete=completion.files,
    help="Read the answers from FILE, or from standard input with -.",
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    shell_complete=completion.settings,
    help="Give one answer: registry=192.168.24.1:8787, services.0.step=3. May be repeated.",
)
@click.option(
    "--template",
    metavar="DIR|ZIP",
    type=click.Path(path_type=Path),
    help="Write another cookiecutter template, of a directory or zip; none of its code is run.",
)
@click.option("--defaults", is_flag=True, help="Ask nothing; take the default of what is not answered.")
@click.option("--adopt", is_flag=True, help="Take over DEST, made by hand: its files stay as they are.")
@click.option(
    "--dry-run", "-n", is_flag=True, help="Show the files that would be written, and write nothing."
)
@JSON
def new(
    dest: Path | None,
    answers: str | None,
    settings: tuple[str, ...],
    template: Path | None,
    defaults: bool,
    adopt: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Write a new vendor repository.

    It is written to DEST, or to a directory named like the repository.

    \b
    Examples:
      vendor-scaffold new
      vendor-scaffold new --answers answers.yaml vendorx-tripleo
      vendor-scaffold new --set service_name=vendorx-agent --defaults
      vendor-scaffold new --template cookiecutter-pypackage.zip --set project_name=acme
    """
    from scaffold.commands.new import new as command

    return command(
        dest,
        answers,
        settings,
        template=template,
        defaults=defaults,
        adopt=adopt,
        dry_run=dry_run,
        as_json=as_json,
    )


@main.command()
@click.argument("text", default="", shell_complete=completion.images)
@click.option(
    "--release",
    "-r",
    default=DEFAULT,
    show_default=True,
    shell_complete=completion.releases,
    help="A release of TripleO or RHOSP: train, 16.2.",
)
@JSON
def catalogue(text: str, release: str, as_json: bool) -> int:
    """List the stock images of a release.

    Those that mention TEXT, or all, with their parameters, user, roles and services.

    \b
    Examples:
      vendor-scaffold catalogue cinder --release train
      vendor-scaffold catalogue ContainerHorizonImage --json
    """
    from scaffold.commands.catalogue import catalogue as command

    return command(text, release, as_json)


@main.command()
def schema() -> int:
    """Print the JSON Schema of the answers file.

    \b
    Examples:
      vendor-scaffold schema > answers.schema.json
    """
    from scaffold.commands.schema import schema as command

    return command()


for command in (*upkeep.COMMANDS, *proof.COMMANDS, completion.completion):
    main.add_command(command)
