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
from scaffold.lint.problems import Finding, did_you_mean
from scaffold.lint.repository import Repository

# those of one word, as `if`, `filter` or `repeat`, are near to too many others
FUNCTIONS = ("get_attr", "get_file", "get_param", "get_resource", "list_concat", "list_concat_unique",
             "list_join", "make_url", "map_merge", "map_replace", "str_replace", "str_replace_strict",
             "str_replace_vstrict", "str_split")  # fmt: skip


def check(template: HeatTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at each map of one key, where Heat looks for functions: not in the defaults of parameters."""
    parts = [part for key, part in template.root.pairs if key.text in ("resources", "outputs", "conditions")]
    for node in (node for part in parts for node in walk(part)):
        call = heat.function(node)
        if isinstance(node, Table) and call and call[0] not in FUNCTIONS and "_" in call[0]:
            hint = did_you_mean(call[0], FUNCTIONS, cutoff=0.85)
            if hint:
                yield Finding(node.keys[call[0]], f"Heat has no function {call[0]}", hint)


RULE = Rule(id="function-misspelt", page=__doc__, files=HeatTemplate, check=check)
