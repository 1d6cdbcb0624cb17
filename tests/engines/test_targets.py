"""What `new` takes and refuses, held to what reads it: Heat, paunch, tripleo_container_manage."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from scaffold.releases import container_keys
from scaffold.tripleo.containers import fits
from scaffold.tripleo.parameters import PARAMETER_TYPES, faults_of_constraints, misfit
from scaffold.verify import host, install

pytestmark = pytest.mark.engines

VALUES: list[Any] = [
    *("abc", "5", "1.5", "", "yes", " on ", "TRUE", "a,b", "[1]", '{"a": 1}', "nan"),
    *(0, 1, 5, 1.5, True, False),
    *([], ["a"], ["b"], ["1"], [5], ["a", 1, True], [{"a": 1}], {}, {"a": 1}),
]
CONSTRAINTS: list[list[dict[str, Any]]] = [
    [],
    [{"allowed_values": ["a", "b"]}],
    [{"allowed_values": [1, "5", 1.5]}],
    [{"length": {"min": 2}}],
    [{"length": {"max": 1}, "description": "x"}],
    [{"length": {}}],
    [{"length": {"mni": 1}}],
    [{"range": {"min": 2, "max": 6}}],
    [{"range": {"min": "a"}}],
    [{"modulo": {"step": 2, "offset": 1}}],
    [{"modulo": {"step": 2}}],
    [{"allowed_pattern": "[a-z]+"}],
    [{"allowed_pattern": "a|abc"}],
    [{"allowed_pattern": "["}],
    [{"length": {"min": 1}}, {"length": {"max": 2}}],
]
ASK = """
import json, sys
from heat.common import identifier
from heat.engine import template
found = []
for kind, value, constraints in json.load(sys.stdin):
    declared = {"type": kind, "constraints": constraints}
    whole = {"heat_template_version": "rocky", "parameters": {"P": declared}, "resources": {}}
    try:
        stack = identifier.HeatIdentifier("tenant", "stack", "1")
        parameters = template.Template(whole).parameters(stack, {"P": value})
        parameters.validate(validate_value=True)
        found.append([parameters["P"]])
    except Exception as error:
        found.append(str(error))
json.dump(found, open(sys.argv[1], "w"))
"""


def test_heat_takes_the_parameters_that_are_taken(tmp_path: Path) -> None:
    """And what is refused it refuses too, or makes another text of it: True of true, [1] of a list."""
    asked = [(kind, value, one) for kind in PARAMETER_TYPES for value in VALUES for one in CONSTRAINTS]
    python = install.cache_directory() / "env-heat" / "bin" / "python"
    subprocess.run(
        [python, "-W", "ignore", "-c", ASK, tmp_path / "found"],
        input=json.dumps(asked),
        text=True,
        check=True,
        capture_output=True,
    )
    answered = json.loads((tmp_path / "found").read_text())
    for (kind, value, constraints), found in zip(asked, answered, strict=True):
        refused = any(faults_of_constraints(kind, constraints)) or bool(misfit(kind, value, constraints))
        case = (kind, value, constraints, found)
        if isinstance(found, str):
            assert refused, case
        elif refused:
            (read,) = found
            assert _changed(kind, value, read), case


def _changed(kind: str, value: Any, read: Any) -> bool:
    """Whether a parameter is not what was written: no text as that text, no number as a number."""
    if kind == "comma_delimited_list":
        return any(isinstance(one, bool | dict) for one in value)
    return isinstance(value, bool | list | dict) and kind in ("string", "number")


KEYS: list[tuple[str, str, Any]] = [
    ("wallaby", "stop_grace_period", "1m30s"),
    ("wallaby", "stop_grace_period", "40"),
    ("wallaby", "label", ["a=b"]),
    ("wallaby", "label", {"a": "b"}),
    ("wallaby", "cap_drop", "ALL"),
    ("wallaby", "cap_drop", {"a": "b"}),
    ("wallaby", "memory", "512m"),
    ("wallaby", "memory", ["a"]),
    ("wallaby", "memory", 1.5),
    ("wallaby", "cpu_shares", "many"),
    ("wallaby", "cpu_shares", 4),
    ("wallaby", "sysctl", "a=b"),
    ("train", "stop_grace_period", "1m30s"),
    ("train", "stop_grace_period", "abc"),
    ("train", "cap_drop", "ALL"),
    ("train", "cap_drop", ["ALL"]),
    ("train", "extra_hosts", ["a:1.2.3.4"]),
    ("train", "extra_hosts", "a:1.2.3.4"),
    ("train", "mem_limit", "512m"),
    ("train", "env_file", "/etc/environment"),
]


@pytest.mark.parametrize(("release", "key", "value"), KEYS, ids=str)
def test_what_starts_containers_takes_the_keys_that_are_taken(
    release: str, key: str, value: Any, tmp_path: Path
) -> None:
    container = {"image": "localhost/x:1", "net": "host", "command": "true", key: value}
    data = host.CONTROL | {"docker_config": {"step_1": {"acme": container}}}
    try:
        line = host.commands(release, "podman", data, tmp_path).get("acme", [])
    except host.StartRefused:
        line = []
    letters = [each for each in line if each.endswith(("=L", "=:"))]  # a text, letter by letter
    assert fits(container_keys(release).forms[key], value) is (bool(line) and not letters), line
