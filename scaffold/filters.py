"""The escaping filters: a value reaches a generated file only through the filter of its language.

Installed in a template by `"_extensions": ["scaffold.filters.Filters"]` in its cookiecutter.json, so that
plain cookiecutter renders the same bytes.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from jinja2 import Environment
from jinja2.ext import Extension

from scaffold.tripleo.heat import REFERENCES

SHORT = {*REFERENCES, "equals"}


def argument(args: Iterable[str]) -> str:
    """The pattern of $NAME or ${NAME} of one of ARGS, whose first group is the dollar; none without ARGS."""
    names = "|".join(map(re.escape, args)) or "(?!)"
    return rf"(\$)(?:\{{(?:{names})\}}|(?:{names})(?![A-Za-z0-9_]))"


class _Dumper(yaml.SafeDumper):
    """Block style, list items indented under their key, no aliases, Heat's short functions in flow style."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _mapping(dumper: _Dumper, data: dict[str, Any]) -> yaml.Node:
    short = len(data) == 1 and next(iter(data)) in SHORT
    return dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=short or not data)


def _text(dumper: _Dumper, data: str) -> yaml.Node:
    lines = data.split("\n")
    block = len(lines) > 1 and all(line == line.rstrip() for line in lines)
    # a space first would need an indentation indicator, which moving the text right makes wrong
    block = block and all(line.isprintable() for line in lines) and not data.lstrip("\n").startswith(" ")
    style = "|" if block and data.strip("\n") else '"' if block else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Dumper.add_representer(dict, _mapping)
_Dumper.add_multi_representer(dict, _mapping)  # cookiecutter reads its JSON as OrderedDict
_Dumper.add_representer(str, _text)


class _Entries(dict[str, Any]):
    """Entries that stand among others of a map, so never in flow style."""


_Dumper.add_representer(
    _Entries,
    lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=False),
)


def yaml_block(value: Any, indent: int = 0) -> str:
    """Write VALUE as block YAML, every line but the first moved right by INDENT columns."""
    text = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1_000_000).rstrip("\n")
    text = text.removesuffix("\n...")
    if isinstance(value, str) and text.startswith("|"):
        indent = max(0, indent - 2)  # the lines of a block scalar are moved right already
    return moved(text, indent)


def moved(text: str, columns: int) -> str:
    """Write TEXT with every line but the first moved right by COLUMNS; an empty line stays empty."""
    return re.sub(r"\n(?=[^\n])", "\n" + " " * columns, text)


def yaml_entries(value: dict[str, Any], indent: int = 0) -> str:
    """Write the entries of VALUE, for a map that has others too, as `yaml_block` does."""
    return yaml_block(_Entries(value), indent)


def yaml_entry(value: Any, indent: int) -> str:
    """Write VALUE with what stands between its key and it: a space, or a new line and INDENT columns."""
    text = yaml_block(value, indent)
    return ("\n" + " " * indent if isinstance(value, dict) and not text.startswith("{") else " ") + text


def yaml_value(value: Any) -> str:
    """Write a scalar, or a value in flow style, in one line of YAML in block style."""
    if isinstance(value, dict | list):
        return _flow(value)
    several = isinstance(value, str) and "\n" in value
    return yaml_flow(value) if several else yaml_block([value])[2:]


def yaml_flow(value: Any) -> str:
    """Write VALUE between the brackets of flow style, where commas and brackets end a plain scalar."""
    return _flow([value])[1:-1]


class _FlowDumper(yaml.SafeDumper):
    """Everything in one line."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_FlowDumper.add_multi_representer(
    dict, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data.items())
)
_FlowDumper.add_representer(  # any other style would break the line
    str,
    lambda dumper, data: dumper.represent_scalar(
        "tag:yaml.org,2002:str", data, style='"' if "\n" in data else None
    ),
)


def _flow(value: Any) -> str:
    text: str = yaml.dump(
        value,
        Dumper=_FlowDumper,
        default_flow_style=True,
        sort_keys=False,
        allow_unicode=True,
        width=1_000_000,
    )
    return text.strip()


def docker_string(value: str, args: Iterable[str] = ()) -> str:
    r"""Write VALUE between double quotes for a Dockerfile: `\`, `"` and `$` are escaped.

    But $NAME and ${NAME} stay, where it is one of ARGS.
    """
    special = rf'{argument(args)}|[\\"$]'
    return '"' + re.sub(special, lambda one: one[0] if one[1] else f"\\{one[0]}", value) + '"'


def substituted(value: str, args: Mapping[str, str]) -> str:
    """VALUE with the default of each of ARGS in place of its name."""
    return re.sub(argument(args), lambda one: args[one[0].strip("${}")], value)


def markdown(value: str) -> str:
    """Write VALUE as plain text of a Markdown paragraph: nothing in it is markup, nor a link of GitHub's."""
    return re.sub(r"(?i)([\\`*_\[\]<>&#|~$:@]|(?<=www)\.)", r"\\\1", value)


def shell(value: str) -> str:
    """Write VALUE as one word of a shell command."""
    return shlex.quote(value)


def shell_pattern(value: str) -> str:
    """Write VALUE as one word of a shell command, in which * still stands for any text."""
    return "*".join(shlex.quote(part) if part else "" for part in value.split("*"))


def shell_command(value: str) -> str:
    """Write VALUE, words between spaces as kolla takes them, so that a shell takes the same words."""
    return " ".join(map(shlex.quote, value.split()))


def make(value: str) -> str:
    """Write VALUE for the recipe of a makefile: make takes $ there, and leaves # to the shell."""
    return value.replace("$", "$$")


def jinja(value: Any) -> Any:
    """Write VALUE for what is a Jinja template itself: kolla's overrides, TCIB's files, Ansible's tasks.

    What Heat works out stays as it is.
    """
    if not isinstance(value, str):
        return value
    return re.sub(r"\{[{%#]", lambda opening: "{{ '" + opening[0] + "' }}", value)


class Filters(Extension):
    """The Jinja2 extension that adds the filters."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.filters |= {
            "yaml": yaml_block,
            "yamlvalue": yaml_value,
            "yamlentries": yaml_entries,
            "yamlentry": yaml_entry,
            "yamlflow": yaml_flow,
            "moved": moved,
            "docker": docker_string,
            "md": markdown,
            "sh": shell,
            "glob": shell_pattern,
            "command": shell_command,
            "make": make,
            "jinja": jinja,
        }
