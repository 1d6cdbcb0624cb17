r"""A deploy command that goes over several lines is continued at the end of each.

Why: without the backslash, or with a blank behind it, the shell runs the first lines alone: the overcloud
is deployed, or updated, without the environment files of the vendor. A line of dots, or of Jinja, is no end.

Bad::

    openstack overcloud deploy --templates
      -e environments/vendorx.yaml

Good::

    openstack overcloud deploy --templates \
      -e environments/vendorx.yaml

Source: 7 READMEs of 4 of the 36 vendor integrations that were read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import Document
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity, Spot
from scaffold.lint.repository import Repository

TEXTS = (".md", ".rst", ".adoc", ".txt", ".sh")
COMMAND = re.compile(r"^[\s$#>`]*(?:time\s+|sudo\s+)?openstack\s+overcloud\s+deploy\b")
# what stands for lines that are not shown, or that Jinja takes out
LEFT_OUT = re.compile(r"\s*(?:[.…]+\s*(?:\w[\w ]*)?\s*[.…]*|[\[<(](?:[.…]+|\w[\w ]*)[\])>]|\{%.*%\})\s*\\?")
OPTION = re.compile(r"\s*-(?:-[a-z]|[a-z]\s)")


def check(document: Document, repository: Repository) -> Iterator[Finding]:
    """Look at each line behind a command, as long as it holds an option."""
    if not document.name.lower().endswith(TEXTS):
        return
    inside = False
    lines = document.lines
    for number, (line, following) in enumerate(zip(lines, [*lines[1:], ""], strict=False), 1):
        inside = inside or bool(COMMAND.match(line))
        if inside and not line.endswith("\\") and not LEFT_OUT.fullmatch(line):
            if OPTION.match(following):
                end = len(line.rstrip())
                message = "the command ends here, and the next line is not part of it"
                yield Finding(
                    Spot(number, max(end, 1)), message, "end the line with \\ and nothing behind it"
                )
            inside = bool(OPTION.match(following))


RULE = Rule(id="deploy-command", page=__doc__, files=Document, check=check, severity=Severity.WARNING)
