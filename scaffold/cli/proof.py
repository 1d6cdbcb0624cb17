"""The commands that prove a vendor repository before anything is deployed."""

from __future__ import annotations

from pathlib import Path

import click

from scaffold.cli import completion
from scaffold.cli.options import JSON, REPO
from scaffold.verify.engines import NAMES


@click.command()
@REPO
@click.option(
    "--engine",
    "engines",
    multiple=True,
    metavar="NAME",
    shell_complete=completion.engines,
    help="Run this engine only. May be repeated.",
)
@click.option(
    "--require",
    "required",
    multiple=True,
    metavar="all|NAME,...",
    help="Fail where one of these engines does not run. May be repeated.",
)
@click.option("--strict", is_flag=True, help="The same as --require all.")
@click.option(
    "--allow-code",
    is_flag=True,
    help="Run the repository's own code unbounded: with the network, on stock images, as you.",
)
@JSON
def verify(
    repo: Path,
    engines: tuple[str, ...],
    required: tuple[str, ...],
    strict: bool,
    allow_code: bool,
    as_json: bool,
) -> int:
    """Rehearse a deployment with the real engines.

    \b
    Examples:
      vendor-scaffold verify
      vendor-scaffold verify --engine heat --engine kolla acme-tripleo
      vendor-scaffold verify --require heat,tht,kolla,command-line,linters
      vendor-scaffold verify --require all --json

    \b
    In the order of a deployment: {engines}.
    They are installed on first use into ~/.cache/vendor-scaffold/engines ($VENDOR_SCAFFOLD_ENGINES);
    what that takes is said first. image and run make containers: they need root, and programs of
    the distribution.

    \b
    The repository's own code is executed: Jinja by kolla-build and process-templates.py, Ansible by TCIB,
    Dockerfiles, scripts and containers. It runs in namespaces: without network, without your files, and
    with the repository read-only. Only where you trust it, --allow-code lets it loose.
    """
    from scaffold.commands.verify import verify as command

    return command(
        repo,
        engines,
        required=(*required, *(["all"] if strict else [])),
        allow_code=allow_code,
        as_json=as_json,
    )


verify.help = (verify.help or "").format(engines=", ".join(NAMES))


@click.command()
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option(
    "--release",
    "-r",
    multiple=True,
    metavar="[DIR=]RELEASE",
    shell_complete=completion.releases,
    help="A release of TripleO or RHOSP: train, 16.2. A generated repository knows its own. "
    "DIR=RELEASE is that of one directory, where several lie side by side; may be repeated.",
)
@click.option(
    "--format",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    show_default=True,
    help="How the problems are shown on standard output.",
)
@click.option(
    "--select",
    multiple=True,
    metavar="RULE",
    shell_complete=completion.rules,
    help="Run this rule only. May be repeated.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="RULE",
    shell_complete=completion.rules,
    help="Leave this rule out. May be repeated.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
@click.option(
    "--explain",
    metavar="RULE",
    shell_complete=completion.rules,
    help="Print the page of a rule: why, bad, good, source.",
)
def check(
    path: Path,
    release: tuple[str, ...],
    format: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    strict: bool,
    explain: str | None,
) -> int:
    """Find what would fail in a deployment, or be ignored.

    PATH is a vendor repository, or any directory or file with Dockerfiles, templates and environment files.

    \b
    Examples:
      vendor-scaffold check
      vendor-scaffold check --release 16.2 --format sarif templates/
      vendor-scaffold check --release rhosp13=13 --release rhosp16=16.2
      vendor-scaffold check --explain loader-order

    A problem that is meant is allowed on its line, or right above it:

    \b
      # vendor-scaffold: allow RULE because REASON
    """
    from scaffold.commands import check as command

    if explain:
        return command.explain(explain)
    return command.check(path, release, format=format, select=select, ignore=ignore, strict=strict)


COMMANDS = (check, verify)
