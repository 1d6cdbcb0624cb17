"""A template of others as a value, and the environment that its settings ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import StrictUndefined

from scaffold.errors import ScaffoldError
from scaffold.render.sandbox import LooseSandbox, Source

# cookiecutter loads its own five in any case; jinja2's are documented under "Extensions" (3.1)
EXTENSIONS = {
    *(
        f"cookiecutter.extensions.{name}Extension"
        for name in ("Jsonify", "RandomString", "Slugify", "Time", "UUID")
    ),
    *(f"jinja2.ext.{name}" for name in ("debug", "do", "i18n", "loopcontrols")),
    *(f"jinja2.ext.{name}Extension" for name in ("Debug", "ExprStmt", "Internationalization", "LoopControl")),
}
# the arguments of jinja2.Environment that are plain values, with what each may be
OPTIONS: dict[str, type] = {
    **dict.fromkeys(
        ("trim_blocks", "lstrip_blocks", "keep_trailing_newline", "autoescape", "optimized"), bool
    ),
    **{f"{kind}_{end}_string": str for kind in ("block", "variable", "comment") for end in ("start", "end")},
    **dict.fromkeys(("line_statement_prefix", "line_comment_prefix", "newline_sequence"), str),
}
NEWLINES = ("\n", "\r\n", "\r")


@dataclass(frozen=True)
class ForeignTemplate:
    """A cookiecutter template that was read whole.

    name: of its directory or archive, without the path. digest: SHA-256 of what is rendered from.
    variables: cookiecutter.json. project: the name of the project directory, not rendered.
    notes: what is not done, for the user to know. nested: the templates to choose one of, by name,
    and labels: their words; then there is no project of its own. choice: the variable that chooses.
    """

    name: str
    digest: str
    variables: Mapping[str, Any]
    project: str = ""
    source: Source = field(default_factory=lambda: Source({}))
    notes: tuple[str, ...] = ()
    nested: Mapping[str, ForeignTemplate] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


def environment(variables: Mapping[str, Any]) -> LooseSandbox:
    """The sandbox with the extensions and options of VARIABLES. Raises ScaffoldError for unsafe ones."""
    given = variables.get("_jinja2_env_vars", {})
    problems = [*_extensions(variables.get("_extensions", [])), *_options(given)]
    if problems:
        raise ScaffoldError("\n".join(problems), "nothing was written")
    options = {"keep_trailing_newline": True, "undefined": StrictUndefined} | dict(given)
    try:
        return LooseSandbox(context={"cookiecutter": variables}, **options)
    except (AssertionError, TypeError) as error:
        raise ScaffoldError(f"cookiecutter.json: _jinja2_env_vars: {error}") from error


def _extensions(extensions: object) -> Iterator[str]:
    if not isinstance(extensions, list):
        yield "cookiecutter.json: _extensions must be a list"
        return
    for name in extensions:
        if name not in EXTENSIONS:
            yield (
                f"cookiecutter.json: _extensions: {name!r} would run code: only the extensions of "
                "cookiecutter and Jinja itself are loaded"
            )


def _options(options: object) -> Iterator[str]:
    if not isinstance(options, dict):
        yield "cookiecutter.json: _jinja2_env_vars must be a map"
        return
    for name, value in options.items():
        kind = OPTIONS.get(name)
        if kind is None:
            yield f"cookiecutter.json: _jinja2_env_vars: {name!r} is no plain option of Jinja"
        elif not isinstance(value, kind) or (name == "newline_sequence" and value not in NEWLINES):
            yield f"cookiecutter.json: _jinja2_env_vars: {name} cannot be {value!r}"
