"""Functions of Heat in place of texts: what they become on the command line of the host."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scaffold import answers, project
from scaffold.pipeline import plan
from scaffold.verify.engines import engines
from scaffold.verify.engines.command_line import options
from scaffold.verify.rehearsal import Rehearsal
from scaffold.verify.rehearse import rehearse
from scaffold.verify.session import Session

from ..test_templated import ALL, SERVICE

pytestmark = pytest.mark.engines


@pytest.mark.parametrize("release", ["stein", "wallaby"])
def test_heat_works_them_out(release: str, tmp_path: Path, session: Session) -> None:
    text = json.dumps({"release": release, "services": [SERVICE]})
    found = answers.check(answers.load(text, "answers.yaml"))
    planned = plan(found)
    project.create(tmp_path / "made", planned.rendered | planned.state)
    rehearsal = Rehearsal(tmp_path / "made", planned.repo, found.values["services"], session)
    wanted = engines(["heat", "kolla", "command-line"])
    heat, kolla, command_line = rehearse(rehearsal, wanted, lambda words: None)
    assert [finding.saw for act in (heat, kolla, command_line) for finding in act.result.findings] == []
    assert any("/run_command, /usr/bin/acme-agent --host acme.example" in fact for fact in kolla.result.facts)
    argv = command_line.result.data["commands"]["acme_agent"]
    said = " ".join(argv).replace("--env=", "--env ").replace("--volume=", "--volume ")
    for option in (
        "--env ACME_PORT=9080",
        "--env ACME_URL=http:acme.example",
        "--volume /dev/null:/etc/pki/acme/none",
    ):
        assert option in said
    assert command_line.result.data["commands"]["acme_once"][-2:] == ["acme-init", "acme.example"]


def test_all_that_may_be_worked_out_arrives(tmp_path: Path, session: Session) -> None:
    text = json.dumps({"release": "wallaby", "services": [SERVICE | ALL]})
    found = answers.check(answers.load(text, "answers.yaml"))
    planned = plan(found)
    project.create(tmp_path / "made", planned.rendered | planned.state)
    rehearsal = Rehearsal(tmp_path / "made", planned.repo, found.values["services"], session)
    acts = list(rehearse(rehearsal, engines(["heat", "kolla", "command-line"]), lambda words: None))
    assert [finding.saw for act in acts for finding in act.result.findings] == []
    commands = acts[-1].result.data["commands"]
    main, side = (options(commands[name]) for name in ("acme_agent", "acme_side"))
    assert main["--user"] == ["neutron"]
    assert main["--security-opt"] == ["label=type:acme_t"]
    assert main["--cpuset-cpus"] == ["0,1"]
    assert "/srv/acme:/srv/acme:ro" in main["--volume"]
    assert "/srv/acme:/srv/acme:ro" in side["--volume"]
    assert side["--cap-add"] == ["NET_ADMIN"]
    assert "--ulimit" not in main  # of its two lists Heat chose the empty one


def test_an_image_without_kolla_start_runs_its_own_command(tmp_path: Path, session: Session) -> None:
    image, line = "quay.io/prometheus/node-exporter:v1.3.1", "/bin/node_exporter --path.rootfs /host"
    sidecars = [
        {"name": "acme_exporter", "image": image, "command": line},
        {"name": "acme_plain", "image": image},
    ]
    service = {"service_name": "acme-agent", "install": {"packages": ["a"]}, "containers": sidecars}
    found = answers.check(answers.load(json.dumps({"services": [service]}), "answers.yaml"))
    planned = plan(found)
    project.create(tmp_path / "made", planned.rendered | planned.state)
    rehearsal = Rehearsal(tmp_path / "made", planned.repo, found.values["services"], session)
    wanted = engines(["heat", "kolla", "command-line"])
    acts = list(rehearse(rehearsal, wanted, lambda words: None))
    assert [finding.saw for act in acts for finding in act.result.findings] == []
    argv = acts[-1].result.data["commands"]
    assert argv["acme_exporter"][-4:] == [image, *line.split()]
    assert argv["acme_plain"][-1] == image
    assert not [word for word in argv["acme_exporter"] if "KOLLA" in word or "kolla" in word]
