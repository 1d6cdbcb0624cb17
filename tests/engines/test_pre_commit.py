"""The hook that the project ships: installed by pre-commit from a repository, run over a generated one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.verify import install

pytestmark = pytest.mark.engines

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples/agent-loader/acme-tripleo"
SHIPPED = (
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    ".pre-commit-hooks.yaml",
    "scaffold",
    "templates",
)
COMMITTING = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "x")


def pre_commit() -> Path:
    """The program that runs git hooks, kept in the cache of the engines."""
    package = "pre-commit==4.7.0"
    python = Path(sys.executable).resolve()

    def build(target: Path) -> None:
        install.run([python, "-m", "venv", target])
        install.run([target / "bin/pip", "install", "--quiet", "--disable-pip-version-check", package])

    return install.once("env-pre-commit", f"{python}\n{package}", build) / "bin/pre-commit"


def committed(directory: Path) -> str:
    for command in (("git", "init", "-q"), ("git", "add", "-A"), COMMITTING):
        subprocess.run(command, cwd=directory, check=True)
    return install.run(["git", "rev-parse", "HEAD"], cwd=directory).strip()


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The project as a repository of hooks, with the files as they are now; and its commit."""
    directory = tmp_path_factory.mktemp("hooks")
    for name in SHIPPED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, directory / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, directory)
    return directory, committed(directory)


def test_hook(
    hooks: tuple[Path, str],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path_factory.mktemp("pre-commit")))
    repo = Path(shutil.copytree(EXAMPLE, tmp_path / "repo"))
    project, revision = hooks
    (repo / ".pre-commit-config.yaml").write_text(
        f"repos:\n- repo: {project}\n  rev: {revision}\n  hooks:\n  - id: vendor-scaffold-check\n"
    )
    committed(repo)
    program = pre_commit()

    def hook(*arguments: str) -> tuple[int, str]:
        done = subprocess.run([program, "run", *arguments], cwd=repo, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    assert hook("--all-files")[0] == 0
    environment = next((repo / "environments").glob("*.yaml"))
    environment.write_text(environment.read_text().replace("acme-agent.yaml", "acme-agnet.yaml"))
    subprocess.run(["git", "add", "-A"], cwd=repo, check=True)
    status, output = hook()
    assert status == 1
    assert 'registry-path there is no file "docker/services/acme-agnet.yaml"' in output
    # no file that is left has changed, and yet the repository is broken
    subprocess.run(["git", "reset", "-q", "--hard"], cwd=repo, check=True)
    subprocess.run(["git", "rm", "-q", "docker/services/acme-agent.yaml"], cwd=repo, check=True)
    assert hook()[0] == 1
