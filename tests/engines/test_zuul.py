"""The jobs of Zuul, run by Ansible on this machine, which stands for a node of Zuul's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold import project
from scaffold.verify import install

from ..system import installed
from ..test_ci import rendered

pytestmark = pytest.mark.engines
PLAYBOOK = "src/playbooks/make.yaml"
CHECKOUT = Path(__file__).parents[2]
# as an ordinary user, on a machine without sudo: nothing is put on it
SUDO = '#!/bin/sh\nwhile case $1 in -u) shift ;; -*) ;; *) false ;; esac; do shift; done\nexec "$@"\n'
PACKAGES = """\
from ansible.module_utils.basic import AnsibleModule
AnsibleModule(argument_spec={"name": {"type": "list"}}).exit_json(changed=False)
"""


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """The home of Zuul's user, with a vendor repository in it as Zuul puts it there."""
    project.create(tmp_path / "src", rendered("ci=[zuul]", "service_name=acme-agent"))
    return tmp_path


def variables(node: Path, name: str) -> dict[str, Any]:
    """What Zuul hands to the playbook of a job: variables of its parents, of its own and of the node."""
    items = yaml.safe_load((node / "src/.zuul.yaml").read_text())
    jobs = {item["job"]["name"]: item["job"] for item in items if "job" in item}
    job, found = jobs[f"acme-tripleo-{name}"], {}
    while job:
        found = job.get("vars", {}) | found
        job = jobs.get(job.get("parent"), {})
    of_node = {"zuul": {"project": {"src_dir": "src"}}, "ansible_user_dir": str(node)}
    here = {"packages": [], "ansible_python_interpreter": sys.executable, "vendor_scaffold": str(CHECKOUT)}
    return found | of_node | here


def ansible(node: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    folder = install.venv("linters").parent
    here = {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "HOME": str(node),
        "ANSIBLE_BECOME_EXE": str(node / "sudo"),
        "ANSIBLE_LIBRARY": str(node / "library"),
    }
    (node / "sudo").write_text(SUDO)
    (node / "sudo").chmod(0o755)
    (node / "library").mkdir(exist_ok=True)
    for name in ("apt", "dnf", "yum"):
        (node / f"library/{name}.py").write_text(PACKAGES)
    command = [folder / program, *arguments]
    return subprocess.run(command, cwd=node, env=os.environ | here, capture_output=True, text=True)


def run(node: Path, name: str, **more: Any) -> subprocess.CompletedProcess[str]:
    installed("make")
    (node / "vars.json").write_text(json.dumps(variables(node, name) | more))
    return ansible(node, "ansible-playbook", "-c", "local", "-i", "localhost,", "-e", "@vars.json", PLAYBOOK)


def test_ansible_lint_finds_nothing(node: Path) -> None:
    done = ansible(node, "ansible-lint", "--offline", "--nocolor", "--profile", "production", PLAYBOOK)
    assert done.returncode == 0, done.stdout


def test_a_script_runs_with_what_it_needs_and_fails_with_its_fault(node: Path) -> None:
    done = run(node, "lint")
    assert done.returncode == 0, done.stdout
    (node / "src/scripts/odd.sh").write_text("#!/bin/bash\ncd $1\n")
    done = run(node, "lint")
    assert done.returncode == 2
    assert "SC2164" in done.stdout


@pytest.mark.matrix
def test_the_tool_is_installed_and_answers(node: Path) -> None:
    done = run(node, "answers")
    assert done.returncode == 0, done.stdout
    answers = node / "src/.vendor-scaffold/answers.yaml"
    answers.write_text(answers.read_text() + "    step: 5\n")
    assert '"rc": 4' in run(node, "answers").stdout  # an update waits


def test_what_cannot_be_told_is_no_failure(node: Path) -> None:
    assert run(node, "base").returncode == 0  # exit status 2
    assert run(node, "base", passes=[0]).returncode == 2
