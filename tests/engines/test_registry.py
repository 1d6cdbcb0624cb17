"""Hooks of a repository: Heat reads the template that is registered, and says where one is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scaffold import answers, project
from scaffold.pipeline import plan
from scaffold.verify.engines import engines
from scaffold.verify.rehearsal import Rehearsal
from scaffold.verify.rehearse import Act, rehearse
from scaffold.verify.session import Session

pytestmark = pytest.mark.engines
HOOK = "heat_template_version: wallaby\nresources: {}\noutputs: {OS::stack_id: {value: acme}}\n"
SERVICE = {
    "service_name": "acme-agent",
    "environment": {"resource_registry": {"OS::TripleO::NodeUserData": "firstboot/acme.yaml"}},
}


def heat(root: Path, session: Session) -> Act:
    found = answers.check(answers.load(json.dumps({"services": [SERVICE]}), "answers.yaml"))
    planned = plan(found)
    if not root.exists():
        project.create(root, planned.rendered | planned.state)
    rehearsal = Rehearsal(root, planned.repo, found.values["services"], session)
    (act,) = rehearse(rehearsal, engines(["heat"]), lambda words: None)
    return act


def test_a_hook_is_read_where_it_is_registered(tmp_path: Path, session: Session) -> None:
    (finding,) = heat(tmp_path / "made", session).result.findings
    assert "no such file: firstboot/acme.yaml, which OS::TripleO::NodeUserData names" in finding.saw
    assert (finding.path, finding.line) == ("environments/acme-tripleo.yaml", 4)
    (tmp_path / "made/firstboot").mkdir()
    (tmp_path / "made/firstboot/acme.yaml").write_text(HOOK)
    assert heat(tmp_path / "made", session).state == "passed"
