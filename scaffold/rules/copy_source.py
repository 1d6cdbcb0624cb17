"""What COPY and ADD take from the build context lies there, and no .dockerignore hides it.

Why: the build stops: "file not found in build context or excluded by .dockerignore". What a vendor brings
before the build, as packages and archives, need not be in the repository, where another file names it.

Bad, where the directory is called licenses::

    COPY licences /licenses

Good::

    COPY licenses /licenses

Source: Dockerfile reference, COPY and ".dockerignore file". The context is the directory of the Dockerfile,
or one around it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from scaffold.documents import Dockerfile
from scaffold.documents.context import IGNORING, all_hidden, patterns
from scaffold.documents.dockerfile import Instruction
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Place, Severity
from scaffold.lint.repository import Repository
from scaffold.unknown import STRICT, meant, nearest

PACKED = re.compile(r".*\.(rpm|deb|whl|ko|gz|tgz|bz2|xz|zip|tar|jar|egg|bin|run|iso|so|img|exe|pem|crt|key)")
UNKNOWN = re.compile(r"[$*?\[<{]|://")


def check(dockerfile: Dockerfile, repository: Repository) -> Iterator[Finding]:
    """Look for every source that is written out, in the directories that may be the context."""
    if repository.alone:
        return
    for instruction in dockerfile.instructions:
        if instruction.name in ("COPY", "ADD") and "from" not in instruction.flags:
            for source in instruction.arguments[:-1]:
                path = posixpath.normpath(source).lstrip("/")
                if path not in ("", ".") and not path.startswith("..") and not UNKNOWN.search(source):
                    yield from _source(path, _place(instruction, source), dockerfile, repository)


def _place(instruction: Instruction, source: str) -> Place:
    return next((line for line, _ in instruction.find(re.escape(source))), instruction)


def _source(path: str, place: Place, dockerfile: Dockerfile, repository: Repository) -> Iterator[Finding]:
    contexts = _contexts(dockerfile)
    there = [context for context in contexts if repository.lies(f"{context}{path}")]
    if there:
        if all(_hides(context, path, repository) for context in there):
            yield Finding(place, f".dockerignore hides {path}", f"!{path} in .dockerignore")
        return
    if _is_named(path, dockerfile, repository):
        return
    near = _near(path, contexts[0], repository)
    if near:
        yield Finding(place, f"there is no {path} in the build context", meant(near))
    elif not PACKED.fullmatch(path) and repository.answers:
        yield Finding(place, f"there is no {path} in the build context", "", Severity.WARNING)


def _contexts(dockerfile: Dockerfile) -> list[str]:
    """The directory of the Dockerfile and those around it, each with its slash."""
    parts = dockerfile.path.split("/")[:-1]
    return ["".join(f"{part}/" for part in parts[:count]) for count in range(len(parts), -1, -1)]


def _near(path: str, context: str, repository: Repository) -> str:
    """What lies where PATH should, and is nearly called so, or is called so elsewhere in the repository."""
    directory, _, name = path.rpartition("/")
    beside = repository.paths.get(f"{context}{directory}".strip("/"), frozenset())
    near = nearest(name, beside, STRICT)
    if near:
        return posixpath.join(directory, near)
    if PACKED.fullmatch(name):
        return next((word for word in repository.packed if nearest(name, [word], 0.9)), "")
    return ""


def _is_named(path: str, dockerfile: Dockerfile, repository: Repository) -> bool:
    """Whether another file says that it is brought."""
    name = path.rpartition("/")[2]
    if PACKED.fullmatch(name):
        return name in repository.packed
    own = posixpath.join(posixpath.dirname(dockerfile.path), path)
    spelt = re.compile(rf"{re.escape(own)}(?![\w.-])|`{re.escape(path)}/?`")
    holding = repository.words.holding(path)
    return any(text is not dockerfile.text and spelt.search(text) for text in holding)


def _hides(context: str, path: str, repository: Repository) -> bool:
    ignoring = (repository.document(f"{context}{name}") for name in IGNORING)
    rules = next((patterns(each.text) for each in ignoring if each), [])
    if not rules:
        return False
    return all_hidden(_below(context, path, repository), rules)


def _below(context: str, path: str, repository: Repository) -> Iterator[str]:
    """The files of the context that PATH is or holds."""
    inside = repository.paths.get(f"{context}{path}")
    if inside is None:
        yield path
    for name in inside or ():
        yield from _below(context, f"{path}/{name}", repository)


RULE = Rule(id="copy-source", page=__doc__, files=Dockerfile, check=check)
