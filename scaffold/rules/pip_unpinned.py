"""What pip installs is pinned to a version.

Why: the image of tomorrow gets another driver than the one that was tested, and its dependencies may replace
those of the service.

Bad::

    RUN pip3 install purestorage

Good::

    RUN pip3 install --no-cache-dir purestorage==1.19.0

Source: 7 Dockerfiles of the 36 vendor integrations that were read are unpinned, two pin; hadolint DL3013.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import Dockerfile
from scaffold.documents.shell import Command, commands
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository

PIP = re.compile(r"pip[\d.]*(-[\d.]+)?")
PYTHON = re.compile(r"(platform-)?python[\d.]*")
WITH_VALUE = {"-i", "--index-url", "--extra-index-url", "-t", "--target", "-f", "--find-links", "--prefix",
              "--root", "--proxy", "--trusted-host", "--cert", "--timeout", "--retries", "--src", "-e",
              "--editable", "--cache-dir", "--log", "--platform", "--no-binary", "--only-binary"}  # fmt: skip
FILES = {"-r", "--requirement", "-c", "--constraint"}  # what they hold is pinned there
LOCAL = re.compile(r"[./~$]|.*/|.*\.(whl|zip|tgz|tar\.\w+)$|.*\$")
COMMIT = re.compile(r"@[0-9A-Za-z][\w./-]*(#.*)?$")


def check(dockerfile: Dockerfile, repository: Repository) -> Iterator[Finding]:
    """Look at the requirements of each pip install."""
    for instruction in dockerfile.built:
        for command in commands(instruction):
            for requirement in _requirements(command):
                if "==" not in requirement and not LOCAL.match(requirement):
                    yield Finding(command, f"{requirement} is not pinned", f"{_name(requirement)}==VERSION")
                elif requirement.startswith("git+") and not COMMIT.search(requirement.partition("://")[2]):
                    yield Finding(command, f"{requirement} names no commit", f"{requirement}@COMMIT")


def _name(requirement: str) -> str:
    return re.split(r"[<>~!=;]", requirement)[0]


def _requirements(command: Command) -> Iterator[str]:
    words = list(command.words)
    if PYTHON.fullmatch(command.program) and words[1:2] == ["-m"]:
        words = words[2:]
    if not PIP.fullmatch(words[0].rpartition("/")[2] if words else "") or "install" not in words:
        return
    rest = words[words.index("install") + 1 :]
    if any(word.split("=")[0] in FILES for word in rest):
        return
    for before, word in zip(["", *rest], rest, strict=False):
        if before not in WITH_VALUE and not word.startswith("-") and not re.match(r"\d?[<>]", word):
            yield word


RULE = Rule(id="pip-unpinned", page=__doc__, files=Dockerfile, check=check, severity=Severity.WARNING)
