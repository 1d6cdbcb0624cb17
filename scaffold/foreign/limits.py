"""What a template of others may take: time and memory, with environment variables for larger honest ones."""

from __future__ import annotations

import os

from scaffold.errors import ScaffoldError, WrongUse
from scaffold.printable import shown

SECONDS, MEGABYTES = "VENDOR_SCAFFOLD_TEMPLATE_SECONDS", "VENDOR_SCAFFOLD_TEMPLATE_MEGABYTES"
DEFAULTS = {SECONDS: 60, MEGABYTES: 1024}
BYTES = 1024 * 1024  # of a megabyte


def bound(name: str) -> int:
    """The bound NAME, SECONDS or MEGABYTES. Raises WrongUse for what is no whole number above 0."""
    given = os.environ.get(name) or str(DEFAULTS[name])
    if not given.isascii() or not given.isdigit() or not 0 < len(given.lstrip("0")) < 8:
        raise WrongUse(f"{name} must be a whole number above 0, not {shown(given)}")
    return int(given)


def beyond(template: str, name: str, problem: str) -> ScaffoldError:
    """The error for a TEMPLATE that does PROBLEM, in which {} stands for the bound NAME."""
    return ScaffoldError(
        f"--template {template}: {problem.format(bound(name))}",
        f"nothing was written; if the template is to be trusted, set {name} to a higher bound",
    )
