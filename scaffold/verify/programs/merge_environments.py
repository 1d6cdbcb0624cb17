"""The environment that a deployment gets of several files, by the real mergers: jobs in, environments out.

Runs under the interpreter of `install.venv("heat")`, which has heat and heatclient. Standard input is a list
of jobs: {"by": "client" or "heat", "files": [PATH, ...], "types": {PARAMETER: TYPE}}. Standard output is a
line of JSON: an answer each, {"ok": true, "environment": {...}} or {"ok": false, "error": "..."}. Heat knows
the parameters of TYPES alone.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from heat.common import environment_util
from heat.engine.hot.parameters import HOTParamSchema
from heatclient.common import environment_format, template_utils

SECTIONS = ("parameters", "parameter_defaults", "resource_registry")


def by_client(files: list[str], _types: dict[str, str]) -> dict[str, Any]:
    """As heatclient merges them; templates that a registry names are not fetched."""
    merged: dict[str, Any] = {}
    for path in files:
        merged = template_utils.deep_update(merged, environment_format.parse(Path(path).read_text()))
    return merged


def by_heat(files: list[str], types: dict[str, str]) -> dict[str, Any]:
    """As Heat merges the environment_files of a stack."""
    contents = {path: Path(path).read_text() for path in files}
    schemata = {name: HOTParamSchema(type_) for name, type_ in types.items()}
    merged: dict[str, Any] = {name: {} for name in (*SECTIONS, "encrypted_param_names", "event_sinks")}
    environment_util.merge_environments(files, contents, merged, schemata)
    return merged


def main() -> None:
    """Answer the jobs."""
    answers = []
    for job in json.load(sys.stdin):
        merge = by_client if job["by"] == "client" else by_heat
        try:
            answers.append({"ok": True, "environment": merge(job["files"], job["types"])})
        except Exception as error:  # what a merger refuses, whatever it is
            answers.append({"ok": False, "error": f"{type(error).__name__}: {error}"})
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
