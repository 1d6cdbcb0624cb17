"""A shell script can be read by the shell: its ifs, loops, cases and quotes end, and so do its lines.

Why: a shell that comes to the end in the middle of an `if` stops there, and a container or a node with it.
With the line ends of Windows, or a byte order mark, the kernel does not find the interpreter.

Bad::

    for role in "$@"; do
      echo "$role"

Good::

    for role in "$@"; do
      echo "$role"
    done

Source: POSIX 2.10, "Shell Grammar", and `bash -n`; execve(2), interpreter scripts.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import Document, ServiceTemplate, heat
from scaffold.documents.nodes import Scalar
from scaffold.documents.script import SHEBANG, slips
from scaffold.documents.wiring import scripts
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Spot
from scaffold.lint.repository import Repository

NAMES = (".sh", ".bash")
JINJA = "{%"


def check(document: Document, repository: Repository) -> Iterator[Finding]:
    """Look at scripts of their own, and at those in service templates."""
    if isinstance(document, ServiceTemplate):
        yield from _in_template(document)
    elif document.name.endswith(NAMES) or document.text.startswith("#!"):
        first = document.text.partition("\n")[0]
        if first.endswith("\r"):
            message = "lines end as on Windows: the interpreter is not found"
            yield Finding(Spot(), message, "convert it: sed -i 's/\\r$//'")
        elif document.marked and first.startswith("#!"):
            message = "it begins with a byte order mark: the kernel does not see the #!"
            yield Finding(Spot(), message, "save it as UTF-8 without a mark")
        elif _is_shell(document) and JINJA not in document.text:
            for slip in slips(document.text):
                yield Finding(Spot(slip.line), f"the shell stops here: {slip.message}")


def _is_shell(document: Document) -> bool:
    if document.text.startswith("#!"):
        return bool(SHEBANG.match(document.text))
    return document.name.endswith(NAMES)


def _in_template(template: ServiceTemplate) -> Iterator[Finding]:
    for script in scripts(template):
        content = heat.entry(script.options, "content")
        if isinstance(content, Scalar) and SHEBANG.match(content.text):
            block = template.lines[content.line - 1].rstrip().endswith(("|", "|-", "|+"))
            for slip in slips(content.text):
                place = Spot(content.line + slip.line) if block else content
                yield Finding(place, f"the shell stops here: {slip.message}")


RULE = Rule(id="script-syntax", page=__doc__, files=Document, check=check)
