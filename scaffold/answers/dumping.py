"""Values to the text of an answers file, for `new` to store."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# words and numbers of YAML 1.1 and 1.2 that PyYAML leaves bare, but other readers take for no text
_AMBIGUOUS = re.compile(r"(?i)y|n|~|[-+]?[0-9][0-9._:ex+-]*|0o[0-7]+")


def dump(values: Mapping[str, Any]) -> str:
    """An answers file that says VALUES: loaded and checked, it gives them again."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Lists are indented under their keys, nothing is an alias, and doubtful texts are quoted."""

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

        def ignore_aliases(self, data: object) -> bool:
            return True

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        style = '"' if _AMBIGUOUS.fullmatch(value) else "|" if "\n" in value else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style)

    Dumper.add_representer(str, text)
    return yaml.dump(
        dict(values),
        Dumper=Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=10**6,
    )
