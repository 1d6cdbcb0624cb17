"""What a service that wraps a stock one may change of it, and what counts as lost."""

from __future__ import annotations

from typing import Any

import pytest

from scaffold.verify.wrapping import lost

STOCK = {"config_settings": {"a": 1, "b": {"c": "x"}}, "tags": "one,two", "tasks": [{"name": "t"}]}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {  # what arrives, what the answers say
    "all": (STOCK, {}, []),
    "more": (STOCK | {"tags": "one,two,three", "tasks": [{"name": "u"}, {"name": "t"}], "new": 1}, {}, []),
    "section": ({**STOCK, "config_settings": {}}, {}, ["config_settings.a", "config_settings.b"]),
    "key": ({**STOCK, "config_settings": {"a": 1, "b": {}}}, {}, ["config_settings.b.c"]),
    "task": ({**STOCK, "tasks": [{"name": "u"}]}, {}, ["tasks"]),
    "word": ({**STOCK, "tags": "three"}, {}, ["tags"]),
    "value": ({**STOCK, "config_settings": STOCK["config_settings"] | {"a": 2}}, {}, ["config_settings.a"]),
    "value of the answers": (
        {**STOCK, "config_settings": {"a": 2, "b": {"c": "x"}}},
        {"config_settings": {"a": 2}},
        [],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_lost(case: str) -> None:
    arrives, said, expected = CASES[case]
    assert [".".join(path) for path in lost(STOCK, arrives, said)] == expected
