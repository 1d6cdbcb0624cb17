"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

from scaffold.cli import completion

AS_JSON = "scaffold.as_json"  # in the meta of every context: whether a failure is an object too


def _remember(context: click.Context, option: click.Parameter, value: bool) -> bool:
    context.meta[AS_JSON] = value
    return value


JSON = click.option(
    "--json",
    "as_json",
    is_flag=True,
    callback=_remember,
    help="Report as one JSON object on standard output.",
)

REPO = click.argument(
    "repo", default=".", type=click.Path(path_type=Path), shell_complete=completion.repositories
)
