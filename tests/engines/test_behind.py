"""The engines run the newest packages; what the branch has and they lack is no fault of a repository."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scaffold import catalogue

from ..upkeep import made
from .test_verify import verify

pytestmark = pytest.mark.engines

WRAPPING = """\
release: wallaby
services:
- service_name: acme-libvirt
  integration: config
  wraps: NovaLibvirt
  roles: [DesignateBind]
  environment: {parameter_defaults: {SETTING: true, NovaLibvirtOvercomit: 1}}
"""


def test_what_only_the_branch_has_is_not_judged(tmp_path: Path) -> None:
    (setting, *_) = sorted(name for name in catalogue.load("wallaby").added if name.startswith("Nova"))
    repo = made(tmp_path, WRAPPING.replace("SETTING", setting))
    report = json.loads(verify(repo, "--engine", "tht", "--engine", "heat", "--json").stdout)
    heat, tht = report["engines"]
    assert [finding["saw"] for finding in tht["findings"]] == [
        "Heat ignores NovaLibvirtOvercomit silently: no template declares NovaLibvirtOvercomit"
    ]
    assert heat["state"] == "not-run"
    assert heat["reason"].startswith(
        "tripleo-heat-templates 14.3.0 has no deployment/nova/nova-modular-libvirt-container-puppet.yaml yet"
    )
    assert "DesignateBind" not in json.dumps([*tht["findings"], *heat["findings"]])
