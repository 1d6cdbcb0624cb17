"""A parameter that an environment file sets is spelt as a template of the repository declares it.

Why: Heat silently ignores a default of a parameter that no template declares, and the service runs
with its own default. Names that look like none of the repository's may be stock ones, and are not judged.

Bad::

    parameter_defaults:
      VendorxSrever: vendorx.example.com

Good::

    parameter_defaults:
      VendorxServer: vendorx.example.com

Source: heat/engine/environment.py of openstack-heat (parameter_defaults); a stock environment of Train sets
CeilometerQdrPublisMetrics, those of Dell EMC SC set CinderScStorageProtocol.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import EnvironmentFile
from scaffold.documents.nodes import Table
from scaffold.documents.reference import IMAGE_PARAMETER
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository
from scaffold.unknown import meant, nearest

CUTOFF = 0.88


def check(environment: EnvironmentFile, repository: Repository) -> Iterator[Finding]:
    """Compare the names that are not declared with those that are, and are not set beside them."""
    given = {key.text for key, _, _ in environment.assignments()}
    unset = repository.parameters - given
    for key, value, _ in environment.assignments():
        if key.text in repository.parameters:
            continue
        if key.text.endswith("Parameter") and isinstance(value, Table) and value.pairs:
            message = f"no role's parameters are called {key.text}"
            yield Finding(key, message, meant(f"{key.text}s"))
        elif not IMAGE_PARAMETER.fullmatch(key.text):
            near = nearest(key.text, unset, CUTOFF)
            if near and _alike(key.text, near):
                yield Finding(key, f"no template declares {key.text}", meant(near))


def _alike(name: str, other: str) -> bool:
    """Whether letters differ: not a word more, nor the number of one in a series, as Vendorx2Server."""
    return abs(len(name) - len(other)) <= 2 and re.sub(r"\d+", "", name) != re.sub(r"\d+", "", other)


RULE = Rule(id="parameter-misspelt", page=__doc__, files=EnvironmentFile, check=check)
