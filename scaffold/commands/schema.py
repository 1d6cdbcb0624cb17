"""The command `schema`: the JSON Schema of the answers file."""

from __future__ import annotations

import json

from scaffold.schema import json_schema


def schema() -> int:
    """Print the schema on stdout."""
    print(json.dumps(json_schema(), indent=2))
    return 0
