"""The config scripts that a service template carries, as text: for those who read scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from scaffold.tripleo.services import SCRIPT_SECTIONS


def in_template(template: Path) -> Iterator[tuple[str, str | None]]:
    """(name, text) of the config scripts in a service template; None where the text is not in the template.

    A str_replace gives its template: the placeholders are bare words to the shell. A get_file names a file of
    the repository, which is checked as a script of its own.
    """
    try:
        document = yaml.safe_load(template.read_text())
    except yaml.YAMLError:  # a linter of YAML tells
        return
    for section in _sections(document):
        for name, script in section.items():
            content = script.get("content") if isinstance(script, dict) else script
            if not (isinstance(content, dict) and list(content) == ["get_file"]):
                yield str(name), _text(content)


def _sections(node: Any) -> Iterator[dict[str, Any]]:
    """The config script sections anywhere below a node, their map_merges taken apart."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        if key not in SCRIPT_SECTIONS:
            yield from _sections(value)
        elif isinstance(value, dict):
            parts = value["map_merge"] if list(value) == ["map_merge"] else [value]
            yield from (part for part in parts if list(part) != ["get_attr"])


def _text(content: Any) -> str | None:
    match content:
        case str():
            return content
        case {"str_replace": {"template": inner}} | {"str_replace_strict": {"template": inner}}:
            return _text(inner)
        case {"list_join": [str(separator), list(parts)]}:
            texts = [_text(part) for part in parts]
            return None if None in texts else separator.join(text for text in texts if text is not None)
    return None
