"""preflight joins environment files as the client and Heat do, whatever they hold."""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold import answers
from scaffold.pipeline import plan
from scaffold.verify import install
from scaffold.verify.engines import engines
from scaffold.verify.rehearse import rehearse
from scaffold.verify.session import Session

from ..conftest import EXAMPLES
from .sample import edit
from .test_broken import rehearsal_of

pytestmark = pytest.mark.engines
TYPES = {
    "ControllerExtraConfig": "json",
    "ComputeParameters": "json",
    "Volumes": "comma_delimited_list",
    "Debug": "boolean",
    "Count": "number",
}
STOCK = {
    "parameter_merge_strategies": {"ControllerExtraConfig": "merge", "ComputeParameters": "merge"},
    "parameter_defaults": {"ControllerExtraConfig": {}, "ComputeParameters": {}},
}
HIERA = {  # a key keeps its type: the client fails at a map over a text, Heat at a text behind a number
    "a": ("w", "x", None),
    "b": ({"k": 1}, {"k": 2, "l": ["m"]}, {"n": {"o": "p"}}, {}, None),
    "c": (["a"], ["b", "c"], []),
}


def preflight(release: str) -> dict[str, Any]:
    """What the preflight of a repository of RELEASE defines."""
    text = f"release: {release}\nvendor: Acme\nservices: [{{service_name: acme-agent}}]"
    source = plan(answers.check(answers.load(text, "a.yaml"))).rendered["scripts/preflight.py"]
    defined: dict[str, Any] = {"__name__": "preflight"}
    exec(source.content, defined)
    return defined


def environment(chance: random.Random, strategies: bool) -> dict[str, Any]:
    """Some environment file."""
    value = {
        "ControllerExtraConfig": lambda: {key: chance.choice(HIERA[key]) for key in chance.sample("abc", 2)},
        "ComputeParameters": lambda: {key: chance.choice(HIERA[key]) for key in chance.sample("abc", 2)},
        "Volumes": lambda: chance.sample(["/a:/a", "/b:/b", "/c:/c"], 2),
        "Debug": lambda: chance.choice([True, False]),
        "Count": lambda: chance.randrange(5),
    }
    made: dict[str, Any] = {
        "parameter_defaults": {name: value[name]() for name in chance.sample(sorted(TYPES), 3)},
        "resource_registry": {
            f"OS::{name}": f"OS::Heat::{chance.choice('XY')}" for name in chance.sample("ab", 1)
        },
    }
    if strategies and chance.random() < 0.5:
        names = ("ControllerExtraConfig", "ComputeParameters", "Volumes")
        made["parameter_merge_strategies"] = {
            name: chance.choice(["overwrite", "merge", "deep_merge"]) for name in chance.sample(names, 1)
        }
    return made


@pytest.mark.parametrize(
    ("release", "stock", "strategies"),
    [("train", False, True), ("wallaby", False, False), ("wallaby", True, False), ("wallaby", True, True)],
)
def test_files_are_joined_as_the_engines_do(
    release: str, stock: bool, strategies: bool, tmp_path: Path
) -> None:
    chance, jobs, ours = random.Random(14), [], []
    defined = preflight(release)
    registry = tmp_path / "overcloud-resource-registry-puppet.yaml"
    if stock:
        registry.write_text(yaml.safe_dump(STOCK))
    for number in range(150):
        files = []
        for at in range(chance.randrange(1, 4)):
            files.append(tmp_path / f"{number}-{at}.yaml")
            files[-1].write_text(yaml.safe_dump(environment(chance, strategies)))
        order = [str(path) for path in files]
        outcome, wrong = defined["combined"](argparse.Namespace(order=order, templates=str(tmp_path)))
        ours.append(None if wrong else outcome)
        first = [str(registry)] if stock else []
        by = "heat" if release == "wallaby" else "client"
        jobs.append({"by": by, "files": first + order, "types": TYPES})
    theirs = merged(jobs)
    assert any(theirs)
    assert not strategies or release == "train" or None in theirs
    for job, one, other in zip(jobs, ours, theirs, strict=True):
        assert plain(one) == plain(other), [Path(path).read_text() for path in job["files"]]


def merged(jobs: list[dict[str, Any]]) -> list[dict[str, Any] | None]:
    """What the real mergers make of JOBS; None where they refuse."""
    done = subprocess.run(
        [str(install.venv("heat")), str(install.PROGRAMS / "merge_environments.py")],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    return [answer["environment"] if answer["ok"] else None for answer in found]


def plain(environment: dict[str, Any] | None) -> Any:
    """What a deployment reads of an environment; one that is null or empty is none."""
    if environment is None:
        return None
    return {
        name: {key: value for key, value in environment.get(name, {}).items() if value not in (None, {})}
        for name in ("parameter_defaults", "resource_registry")
    }


STRATEGY = "parameter_merge_strategies: {ControllerExtraConfig: merge}"
DRIVER = """
vendor: Stora
services:
  - service_name: stora-driver
    integration: image
    base_image: cinder-volume
    roles: [Controller, BlockStorage]
    cinder_backends:
      stora: {volume_driver: stora.Driver, secrets: [san_password]}
"""


@pytest.mark.parametrize("stock", [False, True])
@pytest.mark.parametrize("release", ["queens", "victoria", "wallaby"])
def test_a_secret_arrives_beside_its_backend(release: str, stock: bool, tmp_path: Path) -> None:
    """As the README has it: the form is filled in, and given after the environment file."""
    asked = answers.load(DRIVER, "a.yaml").with_settings([f"release={release}"])
    planned = plan(answers.check(asked))
    names = ["environments/stora-tripleo.yaml", "environments/stora-tripleo-credentials.example.yaml"]
    contents = [yaml.safe_dump(STOCK)] if stock else []
    contents += [planned.rendered[name].content.decode().replace("null", "s3cr3t") for name in names]
    for number, content in enumerate(contents):
        (tmp_path / f"{number}.yaml").write_text(content)
    files = [str(tmp_path / f"{number}.yaml") for number in range(len(contents))]
    types = dict.fromkeys(("ControllerExtraConfig", "BlockStorageExtraConfig"), "json")
    (found,) = merged([{"by": planned.repo.beside.merged_by, "files": files, "types": types}])
    assert found
    for role in types:
        options = found["parameter_defaults"][role]["cinder::config::cinder_config"]
        assert options["stora/san_password"] == {"value": "s3cr3t"}
        assert options["stora/volume_driver"] == {"value": "stora.Driver"}


def test_verify_tells_what_of_the_operators_is_lost(tmp_path: Path, session: Session) -> None:
    example = next(path for path in EXAMPLES if path.name == "three-services")
    (made,) = (path for path in example.iterdir() if path.is_dir())
    shutil.copytree(made, tmp_path / made.name)
    root = tmp_path / made.name
    (heat,) = engines(["heat"])
    (act,) = rehearse(rehearsal_of(root, session), [heat], lambda words: None)
    assert not act.result.findings
    said = "where the operator's files set %s too, only this repository's arrives"
    assert {said % "ControllerExtraConfig", said % "ComputeParameters"} < set(act.result.facts)
    assert "joined in a file that is given after it, all of both arrives" in act.result.facts
    name = "environments/stora-tripleo.yaml"
    edit(
        root, name, "  CinderVolumeOptVolumes:", "  NovaComputeOptVolumes: [/a:/a]\n  CinderVolumeOptVolumes:"
    )
    (act,) = rehearse(rehearsal_of(root, session), [heat], lambda words: None)
    (finding,) = act.result.findings
    assert "NovaComputeOptVolumes of the operator's files is lost" in finding.saw
    assert (root / name).read_text().splitlines()[finding.line - 1] == "  NovaComputeOptVolumes: [/a:/a]"
    assert act.state == "passed"
    edit(root, name, "parameter_defaults:", f"{STRATEGY}\nparameter_defaults:")
    (act,) = rehearse(rehearsal_of(root, session), [heat], lambda words: None)
    assert act.state == "failed"
    assert "ConflictingMergeStrategyForParam" in act.result.findings[-1].saw
