"""What a parameter is set to fits its type and its constraints.

Why: Heat refuses the stack, "Parameter ... is invalid", after the client has sent all of it. That holds for
the default of a declaration, and for what an environment file sets; of stock parameters the form is known
where all templates of the release declare them alike.

Bad::

    VendorxLevel:
      type: string
      default: warning
      constraints: [{allowed_values: [debug, info]}]

Good::

    VendorxLevel:
      type: string
      default: info
      constraints: [{allowed_values: [debug, info]}]

Source: heat/engine/parameters.py and constraints.py of openstack-heat; RELEASE.parameters.json of
scaffold/catalogue. Text that YAML takes for true or a number is text to Heat, and no finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.catalogue import parameter_forms
from scaffold.documents import EnvironmentFile, HeatTemplate, YamlDocument, heat
from scaffold.documents.nodes import Items, Node, Scalar, Table, plain, text_of, walk
from scaffold.lint import Rule, sums
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository
from scaffold.tripleo.heat import FUNCTIONS
from scaffold.tripleo.parameters import PARAMETER_TYPES, misfit

# what stands for a value that the reader is to fill in
PLACEHOLDER = re.compile(r"<.*>|\{\{|\$\{|__\w+__")


def check(document: YamlDocument, repository: Repository) -> Iterator[Finding]:
    """Look at the defaults of a template, and at what an environment file sets."""
    if isinstance(document, HeatTemplate):
        for name, declared in document.parameters.pairs:
            default = declared.get("default") if isinstance(declared, Table) else None
            kind = text_of(declared.get("type")) if isinstance(declared, Table) else None
            if default is not None and kind in PARAMETER_TYPES and isinstance(declared, Table):
                yield from _judged(name.text, default, kind, _constraints(declared))
    elif isinstance(document, EnvironmentFile):
        for name, value, _ in document.assignments():
            yield from _set(name.text, value, repository)


def _set(name: str, value: Node, repository: Repository) -> Iterator[Finding]:
    declared = sums.declarations(repository).get(name, ())
    for one in declared[:1] if len({_form(each) for each in declared}) == 1 else ():
        kind = text_of(one.get("type")) or ""
        if kind in PARAMETER_TYPES:
            yield from _judged(name, value, kind, _constraints(one))
    if not declared and repository.release_name:
        form = parameter_forms(repository.release_name).get(name)
        as_text = form and form.type == "string" and not isinstance(value, Scalar)
        if form and not as_text:  # TripleO's own environments give JSON as a map
            yield from _judged(name, value, form.type, list(form.constraints))


def _form(declared: Table) -> str:
    return repr((text_of(declared.get("type")), _constraints(declared)))


def _constraints(declared: Table) -> list[object]:
    told = plain(declared.get("constraints"))
    return told if isinstance(told, list) else []


def _judged(name: str, value: Node, kind: str, constraints: list[object]) -> Iterator[Finding]:
    if (isinstance(value, Scalar) and value.text in ("", "~", "null")) or _is_open(value):
        return  # what is not said yet
    given = plain(value)
    if kind == "string" and isinstance(value, Scalar):
        given = value.text  # Heat makes text of whatever stands there
    reason = misfit(kind, given, constraints)
    if reason:
        yield Finding(value, f"{name} {reason}", severity=_severity(kind, value))


def _severity(kind: str, value: Node) -> Severity | None:
    """A map or list for a text becomes JSON: it is taken, and most often not meant."""
    return Severity.WARNING if kind == "string" and isinstance(value, Table | Items) else None


def _is_open(value: Node) -> bool:
    """Whether a part of it is to be filled in, or worked out."""
    for node in walk(value):
        call = heat.function(node)
        if call and call[0] in FUNCTIONS:
            return True
        if isinstance(node, Scalar) and PLACEHOLDER.search(node.text):
            return True
    return False


RULE = Rule(id="parameter-value", page=__doc__, files=YamlDocument, check=check)
