"""What scaffold/releases/ansible.json says is what Ansible itself says of its modules and keywords."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold.releases.ansible import ansible
from scaffold.verify import install

pytestmark = pytest.mark.engines
# of handlers, or of earlier versions, or what the parser takes apart
UNDESCRIBED = {"become_pass", "listen", "local_action", "static", "sudo", "sudo_user"}


@pytest.fixture(scope="module")
def package() -> Path:
    return next(Path(install.venv("ansible")).parent.parent.glob("lib/python3*/site-packages/ansible"))


def documented(package: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in package.glob("modules/[a-z]*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "DOCUMENTATION":
                yield path.stem, yaml.safe_load(ast.literal_eval(node.value)).get("options") or {}


def test_options_of_each_module(package: Path) -> None:
    found = dict(documented(package))
    assert len(found) > 60
    for module, options in found.items():
        known = ansible().options[module]
        assert {*options} <= {*known}, module
        for name, option in options.items():
            if option.get("choices") and option.get("type", "str") == "str":
                assert known[name] == [str(each) for each in option["choices"]], (module, name)


def test_modules_that_moved_into_collections_and_keywords(package: Path) -> None:
    moved = yaml.safe_load((package / "config/ansible_builtin_runtime.yml").read_text())["plugin_routing"]
    left_out = {name for name in moved["modules"] if name.startswith("win_")} | {"uses_redirected_action"}
    assert {*moved["modules"]} - left_out <= ansible().modules
    described = yaml.safe_load((package / "keyword_desc.yml").read_text())
    assert ansible().keywords - {*described} <= UNDESCRIBED
