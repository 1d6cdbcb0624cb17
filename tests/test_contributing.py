"""The recipes of CONTRIBUTING.md bring what they say: each is followed in a copy of the project."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent
NOT_OURS = (".git", ".venv", ".engines", ".hypothesis", ".*_cache", "__pycache__")
RECIPES = dict(
    section.split("\n", 1)
    for section in re.split(r"^## ", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), flags=re.M)[1:]
)


class Copy:
    """A copy of the project, in which a recipe is followed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(*NOT_OURS))

    def write(self, path: str, text: str) -> None:
        """Make a new file."""
        assert not (self.root / path).exists()
        (self.root / path).write_text(text, "utf-8")

    def edit(self, path: str, before: str, after: str) -> None:
        """Say AFTER in place of the first BEFORE."""
        text = (self.root / path).read_text("utf-8")
        assert before in text, (path, before)
        (self.root / path).write_text(text.replace(before, after, 1), "utf-8")

    def python(self, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run Python with the copy's modules."""
        return subprocess.run(
            [sys.executable, "-P", *words],
            cwd=cwd or self.root,
            env=os.environ | {"PYTHONPATH": str(self.root)},
            capture_output=True,
            text=True,
        )

    def follow(self, recipe: str) -> list[str]:
        """Run the commands of a recipe, but those that need the engines; what they say of a fault."""
        said = []
        commands = re.findall(r"`pytest ([^`]+)`", RECIPES[recipe].replace("\n", " "))
        assert commands, f"the recipe {recipe!r} names no test"
        for command in commands:
            if "tests/engines" not in command:
                done = self.pytest(*shlex.split(command))
                said += [] if done.returncode == 0 else [done.stdout]
        return said

    def pytest(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run tests of the copy."""
        return self.python("-m", "pytest", "-q", "-p", "no:cacheprovider", *words)


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path / "project")


RULE = '''"""A container keeps the name of its host.

Why: with a name of its own, what the service logs cannot be found by the node that it ran on.

Bad::

    vendorx_agent:
      hostname: vendorx

Good::

    vendorx_agent:
      net: host

Source: hostname(7).
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import ServiceTemplate
from scaffold.lint import Rule
from scaffold.lint.problems import Finding, Severity
from scaffold.lint.repository import Repository


def check(template: ServiceTemplate, repository: Repository) -> Iterator[Finding]:
    """Look at each container."""
    for container in template.containers:
        node = container.get("hostname")
        if node is not None:
            yield Finding(node, f"{container.name} has a name of its own", "leave it out")


RULE = Rule(
    id="host-name", page=__doc__, files=ServiceTemplate, check=check, severity=Severity.WARNING
)
'''
CASES = """== -: a name of its own
-- docker/services/x.yaml --
heat_template_version: rocky
outputs:
  role_data:
    value:
      service_name: x
      docker_config:
        step_4:
          x: {image: i, hostname: vendorx}
-- problems --
docker/services/x.yaml:8:35: host-name x has a name of its own (warning)
  hint: leave it out

== -: none
-- docker/services/x.yaml --
heat_template_version: rocky
outputs:
  role_data:
    value:
      service_name: x
      docker_config:
        step_4:
          x: {image: i}
"""


def test_a_rule_is_added(copy: Copy) -> None:
    copy.write("scaffold/rules/host_name.py", RULE)
    copy.edit("scaffold/rules/__init__.py", "    image_labels,\n", "    host_name,\n    image_labels,\n")
    copy.edit(
        "scaffold/rules/__init__.py", "        upgrade_step,\n", "        upgrade_step,\n        host_name,\n"
    )
    (fault,) = copy.follow("Add a rule")
    assert "AssertionError: host-name" in fault  # it has no cases
    copy.write("tests/rules/host-name.txtar", CASES)
    assert copy.follow("Add a rule") == []
    row = (
        "[`host-name`](scaffold/rules/pages/host-name.md) | warning | A container keeps the name of its host."
    )
    assert f"| {row} |\n" in readme(copy)
    explained = copy.python("-m", "scaffold", "check", "--explain", "host-name").stdout
    assert "Source: hostname(7)." in explained


def readme(copy: Copy) -> str:
    return (copy.root / "README.md").read_text("utf-8")


SUPPORT = "# Support\n\nWrite to {{ cookiecutter._repository.maintainer | md }}.\n"


def test_a_file_is_added(copy: Copy) -> None:
    copy.write("templates/repository/{{cookiecutter.repo_name}}/SUPPORT.md", SUPPORT)
    changes = json.loads((copy.root / "templates/changes.json").read_text("utf-8"))
    first = changes[next(iter(changes))][0]
    copy.edit("templates/changes.json", json.dumps(first), f'"whom to write to",\n    {json.dumps(first)}')
    lacking = copy.pytest("tests/test_examples.py", "-k", "purpose")
    assert "['SUPPORT.md']" in lacking.stdout  # nothing says what it is for
    copy.edit(
        "templates/purposes.json", '  "README.md":', '  "SUPPORT.md": "whom to write to",\n  "README.md":'
    )
    assert copy.follow("Change a template") == []
    assert all((copy.root / "examples").glob("*/*/SUPPORT.md"))
    assert "- whom to write to\n" in (copy.root / "CHANGELOG.md").read_text("utf-8")
    made = copy.python("-m", "scaffold", "new", "--set", "service_name=acme-agent", str(copy.root / "made"))
    assert made.returncode == 0, made.stderr
    assert "SUPPORT.md" in made.stdout
    assert "whom to write to" in made.stdout


ENGINE = '''"""Names: no two services begin alike."""

from __future__ import annotations

from scaffold.verify.findings import EngineFinding, Result
from scaffold.verify.needs import Needs
from scaffold.verify.rehearsal import Rehearsal


def needs(rehearsal: Rehearsal) -> Needs:
    """Nothing."""
    return Needs()


def prepare(rehearsal: Rehearsal) -> str:
    """Nothing to make ready."""
    return "names 1"


def run(rehearsal: Rehearsal) -> Result:
    """Look at the services of the answers."""
    names = [service.name.kebab for service in rehearsal.repo.services]
    if len({name[:4] for name in names}) < len(names):
        return Result([EngineFinding("two services begin alike", "README.md", 1)])
    return Result([], [f"{len(names)} services begin otherwise"])
'''
AS_WELL = '    "linters": "the linters'
ROWS = (
    ("| `linters` | hadolint", "| `service-names` | Python | no two services begin alike |\n"),
    ("| `linters` | 31 MB", "| `service-names` | nothing | nothing | |\n"),
)


def test_an_engine_is_added(copy: Copy) -> None:
    copy.write("scaffold/verify/engines/service_names.py", ENGINE)
    line = '    "service-names": "no two services begin alike",\n'
    copy.edit("scaffold/verify/engines/__init__.py", AS_WELL, line + AS_WELL)
    (fault,) = copy.follow("Add an engine to `verify`")
    assert "service-names" in fault  # README.md does not know it
    for before, row in ROWS:
        copy.edit("README.md", before, row + before)
    assert copy.follow("Add an engine to `verify`") == []
    offered = copy.python("-m", "scaffold", "verify", "--help").stdout
    assert "service-names, linters" in " ".join(offered.split())
    for example, alike in (("minimal", False), ("three-services", True)):
        (repo,) = (path for path in (copy.root / "examples" / example).iterdir() if path.is_dir())
        done = copy.python("-m", "scaffold", "verify", "--engine", "service-names", cwd=repo)
        assert done.returncode == alike, done.stdout + done.stderr
        assert ("two services begin alike" if alike else "services begin otherwise") in done.stdout


SHM_SIZE = """\
    shm_size: str | None = answer(
        Text(values.TEXT), "Size of /dev/shm in the container.", "that of the engine"
    )
"""


def test_an_answer_is_added(copy: Copy) -> None:
    """A key of a container that stands as it is asked: two places, and what the recipe makes anew."""
    copy.edit("scaffold/fields/container_parts.py", "    ulimit: OrHeat", f"{SHM_SIZE}    ulimit: OrHeat")
    assert any("shm_size" in fault for fault in copy.follow("Add an answer"))  # it has no effect
    copy.edit(
        "scaffold/tripleo/containers.py",
        '    "ulimit": Key(',
        '    "shm_size": Key("text", option="--shm-size"),\n    "ulimit": Key(',
    )
    assert copy.follow("Add an answer") == []
    assert "| `shm_size` |" in (copy.root / "ANSWERS.md").read_text("utf-8")
    made = copy.root / "made"
    settings = ("service_name=acme-agent", "container.shm_size=256m")
    done = copy.python("-m", "scaffold", "new", *(f"--set={one}" for one in settings), str(made))
    assert done.returncode == 0, done.stderr
    assert "shm_size: 256m" in (made / "docker/services/acme-agent.yaml").read_text("utf-8")
    refused = copy.python(
        "-m", "scaffold", "new", "--set=service_name=a-b", "--set=container.shm_sise=1", "x"
    )
    assert "shm_size" in refused.stderr
