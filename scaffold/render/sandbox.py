"""The files of a cookiecutter template -> Tree: each rendered once, in memory, in a sandbox."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cache, lru_cache
from pathlib import Path
from traceback import walk_tb
from typing import Any

from cookiecutter.environment import ExtensionLoaderMixin
from jinja2 import Environment, FunctionLoader, Template, TemplateError
from jinja2.exceptions import SecurityError
from jinja2.loaders import split_template_path
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedEnvironment

from scaffold.errors import ScaffoldError
from scaffold.printable import visible
from scaffold.render.confine import confine
from scaffold.tree import File, Tree


class Sandbox(ExtensionLoaderMixin, ImmutableSandboxedEnvironment):  # type: ignore[misc]
    """cookiecutter's environment, with answers kept from running code."""


class LooseSandbox(ExtensionLoaderMixin, SandboxedEnvironment):  # type: ignore[misc]
    """The same for the templates of others, which may append to lists of their own."""


@dataclass(frozen=True)
class Source:
    """What is rendered: the project directory of a template, with names that are templates too.

    includes: what {% include %} finds besides. verbatim: the patterns of _copy_without_render.
    binary: the files that are copied. newline: the line ending of _new_lines; empty for each file's own.
    """

    files: Tree
    includes: Tree = field(default_factory=dict)
    verbatim: Sequence[str] = ()
    binary: frozenset[str] = frozenset()
    newline: str = ""


def read(directory: Path) -> dict[str, File]:
    """Every file and link below DIRECTORY; links are not followed. Raises ScaffoldError for devices."""
    return {path.relative_to(directory).as_posix(): _read(path) for path in _entries(directory)}


def _entries(directory: Path) -> Iterator[Path]:
    for path in sorted(directory.iterdir()):
        if path.is_dir() and not path.is_symlink():
            yield from _entries(path)
        else:
            yield path


def _read(path: Path) -> File:
    if any("\ud800" <= char <= "\udfff" for char in str(path)):
        raise ScaffoldError(f"{str(path)!r} is a name that is not UTF-8")
    if path.is_symlink():
        return File(str(path.readlink()).encode(errors="surrogateescape"), link=True)
    if not path.is_file():
        raise ScaffoldError(f"{path} is no file, directory or symbolic link")
    return File(path.read_bytes(), bool(path.stat().st_mode & 0o100))


def rendered(
    source: Source,
    environment: Environment,
    names: Mapping[str, Any],
    begin: Callable[[str], None] = lambda path: None,
) -> dict[str, File]:
    """Render SOURCE with NAMES, which are data, in an ENVIRONMENT whose loader is `loader(source)`.

    BEGIN is given each path of the template before its turn. Raises ScaffoldError for a template that fails,
    and for paths and links that leave the tree or collide.
    """
    render = cache(lambda part: text(environment, part, names))
    found: list[tuple[str, File]] = []
    for path, file in sorted(source.files.items()):
        begin(path)
        with _told(path):
            name, copied = _name(path, source.verbatim, render)
            if not name:  # as in cookiecutter: a name that renders to nothing is no file
                continue
            found.append((name, _file(source, environment, names, path, file, copied)))
    return confine(found)


def text(environment: Environment, template: str, names: Mapping[str, Any]) -> str:
    """Render TEMPLATE itself, as the name of a file."""
    return _compiled(environment, template).render(**names)


@lru_cache
def _compiled(environment: Environment, template: str) -> Template:
    return environment.from_string(template)


def loader(source: Source) -> FunctionLoader:
    """What finds the templates of SOURCE for an environment, by their paths."""

    def load(name: str) -> tuple[str, str, None] | None:
        path = "/".join(split_template_path(name))
        file = source.files.get(path) or source.includes.get(path)
        return (file.content.decode(), path, None) if file and not file.link else None

    return FunctionLoader(load)


def _name(path: str, verbatim: Sequence[str], render: Callable[[str], str]) -> tuple[str, bool]:
    """The rendered PATH, empty for none, and whether the file is copied without rendering.

    A directory that is copied keeps the names of what is in it.
    """
    parts = path.split("/")
    for end in range(1, len(parts) + 1):
        if any(fnmatch("/".join(parts[:end]), pattern) for pattern in verbatim):
            return _joined([*map(render, parts[:end]), *parts[end:]]), True
    return _joined(list(map(render, parts))), False


def _joined(parts: list[str]) -> str:
    return "/".join(parts) if all(parts) else ""


def _file(
    source: Source, environment: Environment, names: Mapping[str, Any], path: str, file: File, copied: bool
) -> File:
    if copied or path in source.binary:
        return file
    if file.link:
        return File(text(environment, file.content.decode(), names).encode(), link=True)
    made = environment.get_template(path).render(**names)
    newline = source.newline or _newline(file.content)
    if newline != "\n":
        made = re.sub("\r?\n", newline, made)
    return File(made.encode(), file.executable)


def _newline(content: bytes) -> str:
    """The line ending of a file, told as cookiecutter tells it: of several kinds, the first of Python's."""
    with io.TextIOWrapper(io.BytesIO(content), "utf-8") as stream:
        stream.readline()
        found = stream.newlines
    return (found[0] if isinstance(found, tuple) else found) or "\n"


@contextmanager
def _told(path: str) -> Iterator[None]:
    """Whatever a template can do wrong, as one line with its place."""
    try:
        yield
    except ScaffoldError:
        raise
    except Exception as error:
        raise failure(path, error) from error


def failure(place: str, error: Exception) -> ScaffoldError:
    """What went wrong in the template at PLACE."""
    lines = [line for frame, line in walk_tb(error.__traceback__) if frame.f_code.co_filename == place]
    line = getattr(error, "lineno", None) or (lines[-1] if lines else None)
    reason = f"the sandbox refuses it: {error}" if isinstance(error, SecurityError) else str(error)
    if not isinstance(error, TemplateError):
        reason = f"{type(error).__name__}: {reason}"
    where = f"{place}:{line}" if line else place
    return ScaffoldError(
        f"the template fails at {visible(where, 300)}: {visible(reason, 300)}", "nothing was written"
    )
