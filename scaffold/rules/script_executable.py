"""A script that is run by its name may be executed.

Why: `scripts/x.sh` in a Makefile, or as the program of an image, ends with "Permission denied" where the file
has lost its mode: in a zip, on a file system of Windows, or because it was written anew.

Bad, where the file has the mode 0644::

    build: ; scripts/check-base.sh record

Good::

    chmod +x scripts/check-base.sh && git update-index --chmod=+x scripts/check-base.sh

Source: execve(2), EACCES; COPY keeps the mode of the file (Dockerfile reference).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from scaffold.documents import Dockerfile, Document
from scaffold.documents.shell import commands
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Place, Spot
from scaffold.lint.repository import Repository

MAKEFILE = re.compile(r"(GNUm|M|m)akefile|.*\.mk")
RUN = re.compile(r"\t[@+-]*(?:[A-Z_]+=\S* )*(?P<path>(?:\./)?[\w.-]+(?:/[\w.-]+)*)(?=\s|$)")
HINT = "chmod +x {0} && git update-index --chmod=+x {0}"


def check(document: Document, repository: Repository) -> Iterator[Finding]:
    """Look at the recipes of makefiles, and at what an image runs of its own."""
    found: Iterator[tuple[str, Place]] = iter(())
    if isinstance(document, Dockerfile):
        found = _of_image(document, repository)
    elif MAKEFILE.fullmatch(document.name):
        found = _of_recipes(document)
    for path, place in found:
        script = repository.document(path)
        if script and script.text.startswith("#!") and not script.executable:
            yield Finding(place, f"{path} may not be executed", HINT.format(path))


def _of_recipes(makefile: Document) -> Iterator[tuple[str, Place]]:
    for number, line in enumerate(makefile.lines, 1):
        match = RUN.match(line)
        if match and "/" in match["path"]:
            yield makefile.resolve(match["path"]), Spot(number, match.start("path") + 1)


def _of_image(dockerfile: Dockerfile, repository: Repository) -> Iterator[tuple[str, Place]]:
    """The files that the image runs, as far as COPY brings them one by one and no chmod is there."""
    if "chmod" in dockerfile.text:
        return
    brought: dict[str, str] = {}
    for instruction in dockerfile.built:
        words = instruction.arguments
        if instruction.name in ("COPY", "ADD") and "from" not in instruction.flags:
            for source in words[:-1]:
                inside = posixpath.basename(source) if words[-1].endswith("/") else ""
                target = posixpath.join(words[-1], inside) if inside else words[-1]
                brought[target] = dockerfile.resolve(source)
        programs = [(each.words[0], each) for each in commands(instruction)]
        if instruction.name in ("CMD", "ENTRYPOINT") and words:
            programs = [(words[0], instruction)]  # type: ignore[list-item]
        yield from ((brought[name], place) for name, place in programs if name in brought)


RULE = Rule(id="script-executable", page=__doc__, files=Document, check=check)
