"""What get_param names is a declared parameter.

Why: Heat refuses the template: "The Parameter (X) was not defined in template". In a condition that nothing
uses it does no harm yet: a warning.

Bad::

    parameters: {}
    outputs:
      role_data:
        value:
          service_name: {get_param: VendorxName}

Good::

    parameters:
      VendorxName: {type: string, default: vendorx}

Source: heat/engine/hot/functions.py (GetParam) of openstack-heat; a shipped template of PowerMax for Manila
does so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from scaffold.documents import HeatTemplate, heat
from scaffold.documents.nodes import Scalar, walk
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.unknown import STRICT, did_you_mean

PSEUDO = ("OS::stack_name", "OS::stack_id", "OS::project_id")  # heat/engine/parameters.py


def check(template: HeatTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at every get_param outside of the declarations."""
    unused = _in_unused_conditions(template)
    declared = {*template.parameters.entries, *PSEUDO}
    for key, part in template.root.pairs:
        if key.text != "parameters":
            for _, arguments in heat.calls(part, "get_param"):
                name = heat.first_argument(arguments)
                if name and name.text not in declared:
                    hint = did_you_mean(name.text, declared, STRICT)
                    severity = Severity.WARNING if id(name) in unused else None
                    yield Finding(name, f"the parameter {name.text} is not declared", hint, severity)


def _in_unused_conditions(template: HeatTemplate) -> set[int]:
    """What stands in conditions that nothing names: Heat resolves a condition where it is used."""
    words = Counter(node.text for node in walk(template.root) if isinstance(node, Scalar))
    unused = (value for key, value in template.conditions.pairs if not words[key.text])
    return {id(node) for value in unused for node in walk(value)}


RULE = Rule(id="parameter-undeclared", page=__doc__, files=HeatTemplate, check=check)
