"""Ansible: --syntax-check, and more, of the tasks of role_data, in playbooks as in config-download."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaffold import releases
from scaffold.documents.tasks import OTHERS
from scaffold.model import Service
from scaffold.unknown import STRICT, meant, nearest
from scaffold.verify import controls, host, install, processes, trees
from scaffold.verify.engines import heat
from scaffold.verify.findings import Blocked, EngineFinding, Result
from scaffold.verify.install import Piece
from scaffold.verify.locating import line_of, lines
from scaffold.verify.needs import Needs
from scaffold.verify.rehearsal import ROLE_DATA, Rehearsal, template

PLUGINS = "{0}-{1}.data/data/share/ansible/plugins"
STEPS_MAX = re.compile(r"{% set (\w+)_steps_max = (\d+) -%}")
# what nodes have beside ansible-core and tripleo-ansible: modules of ansible-pacemaker, and of Ansible 2.4
# to 2.6 the module docker and the tests that were filters
MODULES = ("pacemaker_resource", "pacemaker_cluster", "pacemaker_is_active", "docker", "docker_container")
FILTERS = ("succeeded", "success", "failed", "changed", "skipped", "version_compare", "search", "match")
CONTROL = ({"name": "right", "file": {"path": "{{ item }}", "state": "directory"}, "with_items": ["/"]}, [1])
QUOTED = re.compile(r"'([^']+)'|has no option ([\w-]+)|^(\w+) of|filter or test (\w+)|statements: \w+, (\w+)")
MISSPELT = 0.6  # for the name of a loop that the task does not use otherwise


@dataclass(frozen=True)
class Asked:
    """A task of a service: its section of role_data, its place there, and the steps that the section has."""

    service: Service
    section: str
    index: int
    task: Mapping[str, Any]
    steps: tuple[int, ...]


def needs(rehearsal: Rehearsal) -> Needs:
    """What resolves the templates, Ansible, and TripleO's own modules."""
    return heat.needs(rehearsal) + Needs((install.venv_piece("ansible"), _of_tripleo()))


def prepare(rehearsal: Rehearsal) -> str:
    """Lay the repository over the templates."""
    rehearsal.overlay()
    pins = (install.PINS / "ansible.txt").read_text().splitlines()
    return next(line.replace("==", " ") for line in pins if line.startswith("ansible-core=="))


def run(rehearsal: Rehearsal) -> Result:
    """Judge every task that stands in a template of the repository."""
    asked: list[Asked] = []
    for service in rehearsal.services:
        try:
            asked += _asked(rehearsal, service)
        except Blocked:
            continue  # Heat's to say
    if not asked:
        return Result(facts=["no task of its own"])
    said = _judge(rehearsal, [(one.task, one.steps) for one in asked])
    findings = [
        finding
        for one, answer in zip(asked, said, strict=True)
        for finding in _findings(rehearsal, one, answer, _defined(one.service, asked, said))
    ]
    names = dict.fromkeys(f"{one.section} of {one.service.name.kebab}" for one in asked)
    facts = [f"ansible-playbook --syntax-check takes the {name}" for name in names]
    return Result(findings, [] if findings else facts)


def _of_tripleo() -> Piece:
    version = releases.engine_versions(releases.NAMES[-1])["host"]["tripleo-ansible"]
    return install.wheel_piece("tripleo-ansible", version)


def _asked(rehearsal: Rehearsal, service: Service) -> Iterator[Asked]:
    """The tasks of SERVICE, but for those that it has of stock templates."""
    data = rehearsal.role_data(service, "service")
    known = [name for name in releases.role_data() if name.endswith("_tasks") and not name.endswith(OTHERS)]
    text = "\n".join(lines(rehearsal.root / template(service)))
    for section in known:
        found = data.get(section) or []
        for index, task in enumerate(found if isinstance(found, list) else []):
            if isinstance(task, dict) and (not task.get("name") or str(task["name"]) in text):
                yield Asked(service, section, index, task, steps(trees.source(rehearsal.release), section))


def steps(tree: Path, section: str) -> tuple[int, ...]:
    """The steps at which the playbooks of the templates in TREE run SECTION; none where it has no steps."""
    found: dict[str, str] = dict(STEPS_MAX.findall((tree / "common/deploy-steps.j2").read_text()))
    name = section.removesuffix("_tasks").removesuffix("_steps")
    if name == "host_prep":
        return ()
    own = found.get(name.removeprefix("external_") if "deploy" in name else name, found["deploy"])
    return tuple(range(int(own) + (name == "scale")))


def _judge(
    rehearsal: Rehearsal, tasks: Iterable[tuple[Mapping[str, Any], Iterable[int]]]
) -> list[dict[str, Any]]:
    """What the program says of TASKS, each with its steps; raises Crashed where it breaks on a right one."""
    work = rehearsal.scratch("ansible")
    done = _program(work, tasks)
    if done.returncode:
        controls.acquit(rehearsal, "ansible", lambda: _program(work, [CONTROL]).stderr)
        raise RuntimeError(done.stderr[-2000:])
    found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _program(
    work: Path, tasks: Iterable[tuple[Mapping[str, Any], Iterable[int]]]
) -> subprocess.CompletedProcess[str]:
    plugins = next(_of_tripleo().path().glob(PLUGINS.format("tripleo_ansible", "*")))
    modules = [file.stem for kind in ("modules", "action") for file in (plugins / kind).glob("*.py")]
    filters = [
        name
        for file in (plugins / "filter").glob("*.py")
        for name in re.findall(r"'(\w+)': self\.", file.read_text())
    ]
    job = {
        "tasks": [{"task": task, "steps": list(steps)} for task, steps in tasks],
        "modules": [*modules, *MODULES],
        "filters": [*filters, *FILTERS],
    }
    return processes.run(
        [install.venv("ansible"), install.PROGRAMS / "ansible_tasks.py"],
        stdin=json.dumps(job),
        env=processes.environment(work) | host.ansible_environment(work),
        cwd=work,
        stderr=subprocess.PIPE,
    )


def _defined(service: Service, asked: Iterable[Asked], said: Iterable[Mapping[str, Any]]) -> set[str]:
    """The variables that the tasks of SERVICE make for each other."""
    answers = zip(asked, said, strict=True)
    return {name for one, answer in answers if one.service is service for name in answer["defines"]}


def _findings(
    rehearsal: Rehearsal, one: Asked, answer: Mapping[str, Any], defined: set[str]
) -> Iterator[EngineFinding]:
    named = str(one.task.get("name") or f"task {one.index + 1}")
    for error in answer["errors"]:
        words = [word for match in QUOTED.finditer(error) for word in match.groups() if word]
        yield _finding(rehearsal, one, f"{named}: {error}", words)
    if answer["never"]:
        first, last = one.steps[0], one.steps[-1]
        saw = f"{named}: runs at no step: {answer['never']} holds at none from {first} to {last}"
        if re.search(r"\bstep\b(?!\s*\|)", answer["never"]):
            saw += "; a step is text without |int"
        yield _finding(rehearsal, one, saw, [answer["never"]])
    for name in answer["undefined"]:
        unused = [loop for loop in answer["loops"] if loop not in answer["reads"]]
        near = nearest(name, unused, MISSPELT) or nearest(name, defined - {name}, STRICT)
        if name == "item":
            yield _finding(rehearsal, one, f"{named}: 'item' is undefined: the task has no loop", ["item"])
        elif near and name not in defined:
            yield _finding(rehearsal, one, f"{named}: '{name}' is undefined; {meant(near)}", [name])


def _finding(rehearsal: Rehearsal, one: Asked, saw: str, words: Iterable[str]) -> EngineFinding:
    """The finding, at the first line of the task that has one of WORDS."""
    path = template(one.service)
    file = rehearsal.root / path
    keys = (*ROLE_DATA, one.section)
    text = lines(file)
    start = line_of(file, *keys, one.index)
    named = str(one.task.get("name") or "")
    if start <= line_of(file, *keys) and named:  # a function of Heat puts the tasks together
        start = next((n for n, line in enumerate(text, 1) if named in line), start)
    following = line_of(file, *keys, one.index + 1)
    end = following if following > start else start + 40
    inside = range(start, min(end, len(text) + 1))
    found = (
        n for word in words for n in inside if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text[n - 1])
    )
    return EngineFinding(f"Ansible: {saw}", path, next(found, start))
