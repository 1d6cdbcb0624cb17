"""A file that the build downloads is compared with a checksum or signature, a clone with a commit.

Why: whoever changes the file on the server, or between it and the builder, runs code in the operator's
cloud; and a build of tomorrow is another image.

Bad::

    RUN curl -O https://downloads.example.com/vendorx-2.1.tar.gz && tar xf vendorx-2.1.tar.gz

Good::

    RUN curl -O https://downloads.example.com/vendorx-2.1.tar.gz \\
        && echo "9f86d081…  vendorx-2.1.tar.gz" | sha256sum -c - \\
        && tar xf vendorx-2.1.tar.gz

Source: 15 Dockerfiles of the 36 vendor integrations that were read download without a checksum, 6 run
get-pip.py, 3 clone without a commit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.documents import Dockerfile
from scaffold.documents.dockerfile import Instruction
from scaffold.documents.shell import Command, commands
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository

REMOTE = re.compile(r"(https?|ftp)://(?!localhost|127\.|\[::1\])", re.IGNORECASE)
CHECKING = re.compile(r"(sha|md5|b2)\d*sum|shasum|gpgv?2?|cosign|rpmkeys")
REPOSITORY = re.compile(r"/etc/yum\.repos\.d|/etc/pki/rpm-gpg|\.repo\b")
COMMIT = re.compile(r"[0-9a-f]{7,40}|v?\d+(\.\d+)+\S*|\$.+")


def check(dockerfile: Dockerfile, repository: Repository) -> Iterator[Finding]:
    """Look at each ADD of a URL, and at the commands of each RUN."""
    for instruction in dockerfile.instructions:
        if instruction.name == "ADD" and not instruction.flags.keys() & {"checksum"}:
            for source in instruction.arguments[:-1]:
                if REMOTE.match(source) and not source.endswith(".git") and ".git#" not in source:
                    yield Finding(
                        instruction, f"{source} is not checked", "ADD --checksum=sha256:… URL TARGET"
                    )
        yield from _run(instruction)


def _run(instruction: Instruction) -> Iterator[Finding]:
    found = list(commands(instruction))
    checked = any(CHECKING.fullmatch(each.program) or _verifies(each) for each in found)
    pinned = any(
        each.program == "git" and {"checkout", "reset"} & {*each.words} and COMMIT.fullmatch(each.words[-1])
        for each in found
    )
    for command in found:
        if command.program in ("curl", "wget") and not checked:
            url = next((word for word in command.words[1:] if REMOTE.match(word)), None)
            if url and not REPOSITORY.search(command.text):
                yield Finding(command, f"{url} is not checked", 'echo "CHECKSUM  FILE" | sha256sum -c -')
        elif command.program == "git" and "clone" in command.words and not pinned and not _tagged(command):
            yield Finding(command, "the clone is of no commit in particular", "git checkout COMMIT")


def _verifies(command: Command) -> bool:
    return command.program == "rpm" and bool({"-K", "--checksig", "--import"} & {*command.words})


def _tagged(command: Command) -> bool:
    """Whether a tag that looks like a version is cloned."""
    for before, word in zip(command.words, command.words[1:], strict=False):
        name = word if before in ("-b", "--branch", "--revision") else word.partition("--branch=")[2]
        if name and COMMIT.fullmatch(name):
            return True
    return False


RULE = Rule(id="download-checksum", page=__doc__, files=Dockerfile, check=check, severity=Severity.WARNING)
