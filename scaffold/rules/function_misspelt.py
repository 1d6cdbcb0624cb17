"""A function of Heat is spelt as Heat knows it.

Why: a map with one key is a function only where Heat knows the name. Any other is plain data, and the
service gets the map itself in the place of its value.

Bad::

    vendorx::server: {get_parm: VendorxServer}

Good::

    vendorx::server: {get_param: VendorxServer}

Source: the functions of heat/engine/hot/template.py of openstack-heat. Only what is nearly one is judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import HeatTemplate, heat
from scaffold.documents.nodes import Table, walk
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository
from scaffold.tripleo.heat import FUNCTIONS, WITH_FUNCTIONS
from scaffold.unknown import did_you_mean

# those of one word, as `if`, `filter` or `repeat`, are near to too many others
LONG = tuple(name for name in FUNCTIONS if "_" in name)


def check(template: HeatTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at each map of one key, where Heat looks for functions."""
    parts = [part for key, part in template.root.pairs if key.text in WITH_FUNCTIONS]
    for node in (node for part in parts for node in walk(part)):
        call = heat.function(node)
        if isinstance(node, Table) and call and call[0] not in LONG and "_" in call[0]:
            hint = did_you_mean(call[0], LONG, cutoff=0.85)
            if hint:
                yield Finding(node.keys[call[0]], f"Heat has no function {call[0]}", hint)


RULE = Rule(id="function-misspelt", page=__doc__, files=HeatTemplate, check=check)
