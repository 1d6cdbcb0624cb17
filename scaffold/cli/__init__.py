"""The command line: options in, one function call out; the only place of exit codes."""

from __future__ import annotations

from scaffold.cli.main import main

__all__ = ["main"]
