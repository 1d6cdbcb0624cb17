"""Beside an environment file of the operator's: what the release keeps of both, by its real mergers."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from scaffold.verify import install, processes
from scaffold.verify.findings import Crashed, EngineFinding, Result
from scaffold.verify.locating import line_of
from scaffold.verify.rehearsal import Rehearsal

THEIRS = "of-the-operator"  # what stands for a value of the operator's
REGISTRY = "overcloud-resource-registry-puppet.yaml"  # the first file of every deployment


def result(rehearsal: Rehearsal) -> Result:
    """What becomes of maps and lists that the operator sets too: facts; a finding where no README says so."""
    shared = _shared(rehearsal)
    if not shared:
        return Result()
    sample = {name: _sample(value) for name, value in shared.items()}
    joined = {name: _joined(value, sample[name]) for name, value in shared.items()}
    beside, last = _merged(rehearsal, shared, sample, joined)
    if not beside["ok"]:
        saw = f"openstack overcloud deploy: the environment files do not become one: {beside['error']}"
        return Result([EngineFinding(saw, rehearsal.environment)])
    gone = {name: [*_gone(value, _outcome(beside).get(name))] for name, value in sample.items()}
    facts = [_fact(name, sample[name], parts) for name, parts in gone.items()]
    if last["ok"] and not any(True for name in shared for _ in _gone(joined[name], _outcome(last).get(name))):
        facts.append("joined in a file that is given after it, all of both arrives")
    return Result([*_unsaid(rehearsal, [name for name, parts in gone.items() if parts])], facts)


def _shared(rehearsal: Rehearsal) -> dict[str, Any]:
    """The maps and lists of the environment file as it lies on disk."""
    try:
        content = yaml.safe_load((rehearsal.root / rehearsal.environment).read_text())
        defaults = dict(content["parameter_defaults"])
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError):
        return {}  # a broken file is another finding
    known = {each.name for each in rehearsal.repo.beside.shared}
    return {
        name: value
        for name, value in defaults.items()
        if (isinstance(value, dict | list) and value) or (isinstance(value, str) and name in known)
    }


def _sample(value: Any) -> Any:
    """A value of the operator's beside VALUE: another key, another item of every list."""
    if isinstance(value, dict):
        lists = {key: _sample(item) for key, item in value.items() if isinstance(item, list)}
        return {THEIRS: True} | lists
    if isinstance(value, list):
        return [{THEIRS: True} if value and isinstance(value[0], dict) else THEIRS]
    return THEIRS


def _joined(value: Any, sample: Any) -> Any:
    """VALUE and the operator's SAMPLE in one."""
    if isinstance(value, dict):
        return value | {
            key: _joined(value[key], item) if key in value else item for key, item in sample.items()
        }
    return value + sample if isinstance(value, list) else f"{value},{sample}"


def _gone(value: Any, outcome: Any) -> Iterator[str]:
    """The keys, or items, of VALUE that the OUTCOME has not."""
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(outcome, dict) or key not in outcome or any(_gone(item, outcome[key])):
                yield str(key)
    else:
        yield from (str(item) for item in _items(value) if item not in _items(outcome))


def _items(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return value.split(",") if isinstance(value, str) else [value]


def _fact(name: str, sample: Any, parts: list[str]) -> str:
    said = f"where the operator's files set {name} too"
    if not parts:
        return f"{said}, both arrive"
    if isinstance(sample, dict) and THEIRS not in parts:
        return f"{said}, maps are merged, but of the list {', '.join(parts)} only this repository's arrives"
    return f"{said}, only this repository's arrives"


def _unsaid(rehearsal: Rehearsal, names: list[str]) -> Iterator[EngineFinding]:
    """Parameters whose loss no README tells of."""
    try:
        readme = (rehearsal.root / "README.md").read_text("utf-8", "replace")
    except OSError:
        readme = ""
    for name in names:
        if name not in readme:
            line = line_of(rehearsal.root / rehearsal.environment, "parameter_defaults", name)
            saw = f"{name} of the operator's files is lost behind this one, and README.md does not name it"
            yield EngineFinding(saw, rehearsal.environment, line, severity="warning")


def _outcome(answer: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = answer["environment"].get("parameter_defaults") or {}
    return found


def _merged(
    rehearsal: Rehearsal, shared: Mapping[str, Any], sample: Mapping[str, Any], joined: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Two environments: the operator's file and this repository's; and with a third that joins them."""
    work, by = rehearsal.scratch("beside"), rehearsal.repo.beside.merged_by
    files = [rehearsal.overlay() / REGISTRY] if by == "heat" else []
    for name, content in {"before": sample, "after": joined}.items():
        (work / f"{name}.yaml").write_text(yaml.safe_dump({"parameter_defaults": content}))
    files += [work / "before.yaml", rehearsal.root / rehearsal.environment]
    job = {"by": by, "types": {name: _type(value) for name, value in shared.items()}}
    jobs = [job | {"files": [str(file) for file in each]} for each in (files, [*files, work / "after.yaml"])]
    done = processes.run(
        [install.venv("heat"), install.PROGRAMS / "merge_environments.py"],
        env=processes.environment(work),
        stdin=json.dumps(jobs),
        stderr=subprocess.PIPE,
    )
    if done.returncode:
        raise Crashed("the mergers of environment files failed", done.stderr[-4000:])
    answers: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return answers


def _type(value: Any) -> str:
    texts = isinstance(value, str) or (
        isinstance(value, list) and all(isinstance(item, str) for item in value)
    )
    return "comma_delimited_list" if texts else "json"
