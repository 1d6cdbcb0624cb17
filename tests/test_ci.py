"""The jobs of a generated repository: what GitHub, GitLab and Zuul take, and what the scripts in them do."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2 import Template
from jinja2.nativetypes import NativeEnvironment

from scaffold import answers, project
from scaffold.pipeline import plan

from .system import installed

BIN = Path(sys.executable).parent
ALL = "ci=[github, gitlab, zuul]"
SERVICES = {
    "service": ["service_name=acme-agent"],
    "image": ["service_name=acme-cinder", "integration=image", "release=17.1"],
    "config": ["service_name=acme-conf", "integration=config"],
    "own registry": ["service_name=acme-agent", "registry=registry.acme.example"],
}
FILES = {
    "github": {".github/workflows/ci.yml", ".github/workflows/weekly.yml", "scripts/propose-update.sh"},
    "gitlab": {".gitlab-ci.yml", "scripts/propose-update.sh"},
    "zuul": {".zuul.yaml", "playbooks/make.yaml"},
}


def rendered(*settings: str) -> dict[str, Any]:
    document = answers.load("", "answers.yaml").with_settings(settings)
    planned = plan(answers.check(document))
    return planned.rendered | planned.state


@pytest.fixture(params=SERVICES)
def repo(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    project.create(tmp_path / "made", rendered(ALL, *SERVICES[request.param]))
    return tmp_path / "made"


def run(folder: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.parametrize("chosen", [[], ["github"], ["gitlab"], ["zuul"]], ids=str)
def test_only_the_chosen_are_written(chosen: list[str]) -> None:
    expected = set().union(*(FILES[name] for name in chosen), {"requirements-ci.txt"} if chosen else set())
    every = set().union(*FILES.values(), {"requirements-ci.txt"})
    assert set(rendered("service_name=acme-agent", f"ci={chosen}")) & every == expected


def zuul_schema() -> str:
    spec = importlib.util.find_spec("zuul_lint")
    assert spec
    assert spec.origin
    return str(Path(spec.origin).with_name("zuul-schema.json"))


SCHEMAS = {  # options of check-jsonschema, the files that it is for, and what breaks them
    "github": ("--builtin-schema vendor.github-workflows", FILES["github"], ("runs-on:", "runs-in:")),
    "timeouts": (
        "--builtin-schema custom.github-workflows-require-timeout",
        FILES["github"],
        ("timeout-minutes: 30", "x: 30"),
    ),
    "gitlab": (
        "--builtin-schema vendor.gitlab-ci --data-transform gitlab-ci",
        FILES["gitlab"],
        ("script:", "skript:"),
    ),
    "zuul": (f"--schemafile {zuul_schema()}", {".zuul.yaml"}, ("parent:", "parents:")),
}


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_schema_takes_it(schema: str, repo: Path) -> None:
    options, names, (right, wrong) = SCHEMAS[schema]
    files = sorted(name for name in names if not name.startswith("scripts/"))
    check = (f"{BIN}/check-jsonschema", *options.split())
    done = run(repo, *check, *files)
    assert done.returncode == 0, done.stdout
    for name in files:
        (repo / name).write_text((repo / name).read_text().replace(right, wrong))
    assert run(repo, *check, *files).returncode == 1


def test_an_auditor_finds_nothing_in_the_workflows(repo: Path) -> None:
    workflows = sorted(name for name in FILES["github"] if name.endswith(".yml"))
    done = run(repo, f"{BIN}/zizmor", "--offline", "--no-progress", *workflows)
    assert done.returncode == 0, done.stdout


def test_actions_are_pinned_and_least_is_permitted(repo: Path) -> None:
    for path in (repo / ".github/workflows").iterdir():
        workflow = yaml.safe_load(path.read_text())
        assert workflow["permissions"] == {"contents": "read"}
        used = re.findall(r"uses: (.*)", path.read_text())
        assert used
        assert all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", one) for one in used)


def test_the_version_of_the_tool_stands_in_one_place(repo: Path) -> None:
    """`make tool` installs what state.json records, and no rendered file names a version."""
    version = json.loads((repo / ".vendor-scaffold/state.json").read_text())["tool_version"]
    said = run(repo, installed("make"), "--dry-run", "tool").stdout
    assert f'"vendor-scaffold=={version}"' in said
    hidden = repo / ".vendor-scaffold"
    files = [path for path in repo.rglob("*") if path.is_file() and hidden not in path.parents]
    assert not [path for path in files if re.search(r"vendor-scaffold *[=~<>]= *\d", path.read_text())]


COPY = "git+https://git.acme.example/vendor-scaffold@v1"


@pytest.mark.parametrize("given", ["", COPY])
@pytest.mark.parametrize("repo", ["service"], indirect=True)
def test_the_tool_comes_from_where_a_variable_says(given: str, repo: Path) -> None:
    """A variable that is not set reaches a job as an empty one."""
    version = json.loads((repo / ".vendor-scaffold/state.json").read_text())["tool_version"]
    newest = re.findall(r"make (tool TOOL=.*)", (repo / ".gitlab-ci.yml").read_text())
    newest += re.findall(r"run: make (tool TOOL=.*)", (repo / ".github/workflows/weekly.yml").read_text())
    assert len(newest) == 2
    for words, default in [
        ("tool", f"vendor-scaffold=={version}"),
        *((one, "vendor-scaffold") for one in newest),
    ]:
        said = run(repo, "bash", "-c", f"{installed('make')} -n {words}", TOOL=given).stdout
        assert f'install "{given or default}"' in said
    for path in (repo / ".github/workflows").iterdir():
        assert yaml.safe_load(path.read_text())["env"]["TOOL"] == "${{ vars.TOOL }}"


@pytest.mark.parametrize("given", ["", COPY])
@pytest.mark.parametrize("repo", ["service"], indirect=True)
def test_a_job_of_zuul_takes_the_tool_from_where_its_variable_says(given: str, repo: Path) -> None:
    (play,) = yaml.safe_load((repo / "playbooks/make.yaml").read_text())
    (task,) = [task for task in play["tasks"] if task["name"] == "Install vendor-scaffold"]
    command = task["ansible.builtin.command"]["cmd"]
    version = json.loads((repo / ".vendor-scaffold/state.json").read_text())["tool_version"]
    for tool, default in {"recorded": f"vendor-scaffold=={version}", "newest": "vendor-scaffold"}.items():
        tools = NativeEnvironment().from_string(play["vars"]["tools"]).render(vendor_scaffold=given)
        words = Template(command).render(tools=tools, tool=tool)
        said = run(repo, installed("make"), "-n", *words.split()[1:]).stdout
        assert f'install "{given or default}"' in said


def test_the_pipelines_of_zuul_name_the_jobs_that_are_there(repo: Path) -> None:
    items = yaml.safe_load((repo / ".zuul.yaml").read_text())
    jobs = {item["job"]["name"]: item["job"] for item in items if "job" in item}
    (pipelines,) = [item["project"] for item in items if "project" in item]
    named = [job for pipeline in pipelines.values() for job in pipeline["jobs"]]
    assert {job if isinstance(job, str) else next(iter(job)) for job in named} == {
        name for name, job in jobs.items() if not job.get("abstract")
    }
    assert {job["parent"] for job in jobs.values() if "parent" in job} <= set(jobs)
    assert all((repo / job["run"]).is_file() for job in jobs.values() if "run" in job)


def scripts(repo: Path, name: str) -> list[str]:
    """The shell scripts of the job NAME, as the three systems run them."""
    github = yaml.safe_load((repo / ".github/workflows/ci.yml").read_text())["jobs"][name]["steps"]
    gitlab = yaml.safe_load((repo / ".gitlab-ci.yml").read_text())[name]["script"]
    zuul = yaml.safe_load((repo / ".zuul.yaml").read_text())
    (own,) = [job["job"] for job in zuul if job.get("job", {}).get("name", "").endswith(f"-{name}")]
    steps = [step["run"] for step in github if "run" in step and "if" not in step]
    return ["\n".join(steps), "\n".join(gitlab), own["vars"]["script"]]


@pytest.fixture
def linters(tmp_path: Path) -> str:
    """A PATH with a pip that has nothing to install: the linters are there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "pip").write_text("#!/bin/sh\n")
    (folder / "pip").chmod(0o755)
    return f"{folder}:{BIN}:{os.environ['PATH']}"


def test_lint_is_green_at_birth_and_red_for_a_fault(repo: Path, linters: str) -> None:
    installed("make")
    for script in scripts(repo, "lint"):
        done = run(repo, "bash", "-e", "-c", script, PATH=linters)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "not run" not in done.stderr
    (repo / "scripts/odd.sh").write_text("#!/bin/bash\ncd $1\n")
    assert [
        run(repo, "bash", "-e", "-c", script, PATH=linters).returncode for script in scripts(repo, "lint")
    ] == [2] * 3


@pytest.mark.parametrize("repo", ["image", "own registry"], indirect=True)
def test_a_build_without_its_files_says_so_and_is_left_out(repo: Path, tmp_path: Path) -> None:
    installed("make")
    for path in repo.glob("containers/*/licenses/LICENSE"):
        path.unlink()
    for script in scripts(repo, "build"):
        done = run(repo, "bash", "-e", "-c", script, ENGINE="false", GITHUB_OUTPUT=f"{tmp_path}/output")
        assert done.returncode == 0
        assert "missing: containers/" in done.stderr
        assert "Not built" in done.stdout
    assert not (tmp_path / "output").exists()


@pytest.mark.parametrize("repo", ["image"], indirect=True)
def test_a_build_without_credentials_for_the_base_says_so(repo: Path, tmp_path: Path) -> None:
    installed("make")
    for path in repo.glob("containers/*/licenses/LICENSE"):
        path.write_text("Apache-2.0\n")
    for script in scripts(repo, "build")[:2]:
        done = run(repo, "bash", "-e", "-c", script, ENGINE="false", BASE_REGISTRY_USER="")
        assert done.returncode == 0, done.stderr
        assert "registry.redhat.io needs the" in done.stdout
    assert "is not logged in to registry.redhat.io" in scripts(repo, "build")[2]


# what the programs around it say; their exit codes are those of the README of vendor-scaffold
TOOL = """#!/bin/sh
case "$*" in
  "update --check .") exit {waits} ;;
  "update --defaults .") echo new > Makefile; echo "M  Makefile"; exit {updated} ;;
  --version) echo vendor-scaffold, version 9 ;;
esac
"""
GH = """#!/bin/sh
echo "$*" >> "$CALLS"
case "$*" in pr\\ list*) echo {open} ;; esac
"""


GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@b")


def programs(place: Path, waits: int, updated: int) -> dict[str, str]:
    """The environment of a job, with a vendor-scaffold that ends with these codes."""
    (place / "bin").mkdir()
    for name, text in {
        "vendor-scaffold": TOOL.format(waits=waits, updated=updated),
        "gh": GH.format(open=0),
    }.items():
        (place / "bin" / name).write_text(text)
        (place / "bin" / name).chmod(0o755)
    return {
        "PATH": f"{place}/bin:{os.environ['PATH']}",
        "CALLS": f"{place}/calls",
        "CI_PROJECT_URL": f"file://{place}/made",
        "CI_DEFAULT_BRANCH": "main",
        "UPDATE_TOKEN": "secret",
    }


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A vendor's repository in git, and the bare one that it is pushed to."""
    project.create(tmp_path / "made", rendered(ALL, "service_name=acme-agent"))
    for command in (("init", "-qb", "main"), ("add", "-A"), ("commit", "-qm", "start")):
        assert run(tmp_path / "made", *GIT, *command).returncode == 0
    run(tmp_path, "git", "clone", "-q", "--bare", "made", "made.git")
    run(tmp_path / "made.git", "git", "config", "receive.advertisePushOptions", "true")
    run(tmp_path / "made", "git", "remote", "add", "origin", f"{tmp_path}/made.git")
    return tmp_path / "made.git"


@pytest.mark.parametrize(
    ("waits", "updated", "status", "title"),
    [
        (0, 0, 0, ""),
        (4, 0, 0, "Update to the templates of vendor-scaffold, version 9"),
        (4, 3, 0, "Update to the templates of vendor-scaffold, version 9: conflicts to resolve"),
        (4, 1, 1, ""),
        (1, 0, 1, ""),
    ],
)
@pytest.mark.parametrize("host", ["github", "gitlab"])
def test_an_update_becomes_a_change_request(
    host: str, waits: int, updated: int, status: int, title: str, remote: Path, tmp_path: Path
) -> None:
    variables = programs(tmp_path, waits, updated)
    for _ in range(2):  # the second renews the branch of the first
        done = run(tmp_path / "made", "scripts/propose-update.sh", host, **variables)
        assert done.returncode == status, done.stderr
        assert "secret" not in done.stdout + done.stderr
        run(tmp_path / "made", "git", "switch", "-q", "main", "--force")
    pushed = run(remote, "git", "log", "--format=%s", "main..vendor-scaffold-update").stdout.strip()
    assert pushed == title
    if title:
        assert (
            "M  Makefile" in run(remote, "git", "log", "-1", "--format=%b", "vendor-scaffold-update").stdout
        )
    calls = (tmp_path / "calls").read_text() if (tmp_path / "calls").exists() else ""
    assert ("pr create --head vendor-scaffold-update" in calls) == (host == "github" and bool(title))


@pytest.mark.parametrize("host", ["github", "gitlab"])
def test_a_branch_that_somebody_has_worked_on_stays(host: str, remote: Path, tmp_path: Path) -> None:
    variables = programs(tmp_path, waits=4, updated=3)
    made = tmp_path / "made"
    assert run(made, "scripts/propose-update.sh", host, **variables).returncode == 0
    (made / "Makefile").write_text("resolved\n")
    run(made, *GIT, "commit", "-qam", "Resolve the conflicts")
    run(made, "git", "push", "-q", "origin", "HEAD:vendor-scaffold-update")
    run(made, "git", "switch", "-q", "main", "--force")
    done = run(made, "scripts/propose-update.sh", host, **variables)
    assert (done.returncode, "left alone: a@b has worked on" in done.stdout) == (0, True)
    assert run(remote, "git", "show", "vendor-scaffold-update:Makefile").stdout == "resolved\n"
