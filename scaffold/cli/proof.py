"""The commands that prove a vendor repository before anything is deployed."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("repo", default=".", type=click.Path(path_type=Path))
@click.option(
    "--engine", "engines", multiple=True, metavar="NAME", help="Run this engine only. May be repeated."
)
@click.option("--strict", is_flag=True, help="Fail where an engine cannot run here.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(repo: Path, engines: tuple[str, ...], strict: bool, as_json: bool) -> int:
    """Rehearse the deployment of the vendor repository REPO with the real engines.

    \b
    In the order of a deployment: heat, tht, kolla, command-line.
    They are installed on first use into ~/.cache/vendor-scaffold/engines ($VENDOR_SCAFFOLD_ENGINES).
    """
    from scaffold.commands.verify import verify as command

    return command(repo, engines, strict=strict, as_json=as_json)


COMMANDS = (verify,)
