"""Templates of others: any cookiecutter template in a directory or a zip.

template = load(Path("template.zip"))
made = plan_foreign(template, {"project_name": "Acme"})
made.rendered["README.md"]
"""

from __future__ import annotations

from scaffold.foreign.answered import Given, given, is_foreign
from scaffold.foreign.bounded import open_variables, plan_foreign
from scaffold.foreign.loading import load
from scaffold.foreign.meeting import refuse_repository
from scaffold.foreign.planning import ForeignPlan
from scaffold.foreign.template import ForeignTemplate
from scaffold.foreign.variables import CHOICE, Variable, obsolete

__all__ = [
    "CHOICE",
    "ForeignPlan",
    "ForeignTemplate",
    "Given",
    "Variable",
    "given",
    "is_foreign",
    "load",
    "obsolete",
    "open_variables",
    "plan_foreign",
    "refuse_repository",
]
