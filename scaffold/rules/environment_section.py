"""The sections of an environment file are those that Heat takes.

Why: Heat refuses an environment with any other: "environment has wrong section". Where the client merges it
with others before, the section is lost without a word.

Bad::

    parameters_default:
      VendorxServer: vendorx.example.com

Good::

    parameter_defaults:
      VendorxServer: vendorx.example.com

Source: SECTIONS of heat/common/environment_format.py of openstack-heat.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import ENVIRONMENT_SECTIONS, Environment
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, did_you_mean
from scaffold.lint.repository import Repository


def check(environment: Environment, repository: Repository) -> Iterator[Finding]:
    """Look at the keys at the top."""
    for key, _ in environment.root.pairs:
        if key.text not in ENVIRONMENT_SECTIONS:
            hint = did_you_mean(key.text, sorted(ENVIRONMENT_SECTIONS))
            yield Finding(key, f"an environment file has no section {key.text}", hint)


RULE = Rule(id="environment-section", page=__doc__, files=Environment, check=check)
