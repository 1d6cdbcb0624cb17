"""Which vendor repository a command means, and which of its words: the same for every command."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.upkeep import SERVICE, edit, files, made, run

HERE = {
    "status": (),
    "update": ("--check",),
    "diff": (),
    "add": ("--set", "service_name=p-q", "-n"),
    "remove": ("acme-exporter", "-n"),
    "restore": ("Makefile",),
    "undo": (),
    "check": (),
    "verify": ("--engine", "tht"),
}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    repo = made(tmp_path_factory.mktemp("fresh"))
    edit(repo, "Makefile", "build", "brew")
    assert run("restore", "Makefile", cwd=repo).returncode == 0  # something to undo
    return repo


@pytest.fixture
def repo(fresh: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(fresh, tmp_path / "acme"))


@pytest.mark.parametrize("command", HERE)
@pytest.mark.parametrize("place", [".", "docker/services"])
def test_every_command_works_from_every_directory_of_a_repository(
    command: str, place: str, repo: Path
) -> None:
    done = run(command, *HERE[command], cwd=repo / place, VENDOR_SCAFFOLD_ENGINES="/proc/engines")
    assert "error" not in done.stderr
    assert done.stdout or command in ("diff", "check")
    assert done.returncode == 0 or command == "verify"  # which has no engines here


@pytest.mark.parametrize("command", sorted(HERE.keys() - {"remove", "restore"}))  # whose only word is a name
def test_a_path_that_does_not_exist_is_refused_alike(command: str, repo: Path) -> None:
    done = run(command, "nowhere", *HERE[command], cwd=repo)
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == "error: nowhere: there is no such file or directory"
    assert not done.stdout


@pytest.mark.parametrize("command", ["status", "update", "diff", "add", "undo", "verify"])
def test_a_file_is_no_repository(command: str, repo: Path) -> None:
    done = run(command, "Makefile", *HERE[command], cwd=repo)
    assert (done.returncode, done.stderr) == (2, "error: Makefile is a file, not a directory\n")


def test_one_of_many_that_does_not_exist(repo: Path, tmp_path: Path) -> None:
    done = run("update", repo, tmp_path / "nowhere", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: {tmp_path}/nowhere: there is no such file or directory\n"
    (tmp_path / "list").write_text("acme/docker\nnowhere\n")
    done = run("update", "--from-file", "list", cwd=tmp_path)
    assert done.returncode == 1
    assert "up-to-date        acme/docker" in done.stdout
    assert "failed            nowhere  nowhere: there is no such file or directory" in done.stdout
    done = run("update", "--from-file", "lists", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "error: lists: there is no such file or directory\n")


@pytest.mark.parametrize("command", ["status", "update", "diff", "undo", "verify"])
def test_another_directory_is_not_taken_for_the_repository_around_me(
    command: str, repo: Path, tmp_path: Path
) -> None:
    (tmp_path / "plain").mkdir()
    before = files(repo)
    done = run(command, "../plain", *HERE[command], cwd=repo)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ../plain is no vendor repository")
    assert files(repo) == before


def test_a_link_leads_to_the_repository_where_it_points(fresh: Path, repo: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(fresh, tmp_path / "other"))
    (repo / "elsewhere").symlink_to(other / "docker")
    assert run("status", "elsewhere", cwd=repo).stdout == f"up-to-date: {other}\n"


def test_check_in_a_directory_knows_the_repository_above(repo: Path) -> None:
    edit(repo, SERVICE, "docker_config:", "docker_config_scripts: {}\n      docker_config:")
    edit(repo, "Makefile", "build", "brew")
    done = run("check", cwd=repo / "docker")
    assert "the release is not known" not in done.stderr
    assert "services/acme-agent.yaml" in done.stdout
    assert "Wallaby does not read docker_config_scripts" in done.stdout
    assert done.returncode == 1
    for place in ("docker", "docker/services", SERVICE):
        assert "role-data-section" in run("check", place, cwd=repo).stdout
    assert run("check", "environments", cwd=repo).returncode == 0  # what is wrong is not in it


def test_check_still_finds_the_repositories_below(repo: Path, tmp_path: Path) -> None:
    edit(repo, SERVICE, "docker_config:", "docker_config_scripts: {}\n      docker_config:")
    assert "acme/docker/services/acme-agent.yaml" in run("check", cwd=tmp_path).stdout


# --- several names


def test_restore_takes_several_names(repo: Path) -> None:
    before = files(repo)
    edit(repo, "Makefile", "build", "brew")
    edit(repo, "README.md", "# Acme", "# Ours")
    (repo / SERVICE).unlink()
    edited = files(repo)
    done = run("restore", "../Makefile", "README.md", "./services/acme-agent.yaml", cwd=repo / "docker")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["restored: Makefile", "restored: README.md", f"restored: {SERVICE}"]
    assert files(repo) == before
    assert run("undo", cwd=repo).returncode == 0
    assert files(repo) == edited


def test_restore_names_the_file_in_this_directory_first(repo: Path) -> None:
    for path in ("README.md", "containers/acme-agent/Dockerfile", "Makefile"):
        edit(repo, path, "a", "b")
    before = (repo / "README.md").read_text()
    assert (
        "containers/acme-agent/Dockerfile"
        in run("restore", "Dockerfile", cwd=repo / "containers/acme-agent").stdout
    )
    assert "restored: Makefile" in run("restore", "Makefile", cwd=repo / "containers").stdout
    assert (repo / "README.md").read_text() == before


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (("restore", "nonexist", "Makefile"), 'there is no managed file "nonexist" here'),
        (("restore", "Makefile", "nonexist"), 'there is no managed file "nonexist" here'),
        (("restore", "docker", "Makefile"), 'there is no managed file "docker" here'),
        (("restore", ".", "nonexist", "Makefile"), 'there is no managed file "nonexist" here'),
        (("remove", "nonexist", "acme-exporter"), 'there is no service "nonexist" here'),
        (("remove", "acme-exporter", "nonexist"), 'there is no service "nonexist" here'),
        (("remove", "docker", "acme-exporter"), 'there is no service "docker" here'),
        (("remove", "acme-agent", "acme-exporter"), "these are all services of this repository"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_all_names_or_none(words: tuple[str, ...], wrong: str, repo: Path) -> None:
    edit(repo, "Makefile", "build", "brew")
    before = files(repo)
    done = run(*words, cwd=repo)
    assert done.returncode in (1, 2)
    assert done.stderr.splitlines()[0] == f"error: {wrong}"
    assert files(repo) == before


def test_every_name_that_is_not_understood_is_told(repo: Path) -> None:
    said = run("remove", "one", "acme-agent", "two", cwd=repo).stderr.splitlines()
    assert said[:2] == ['error: there is no service "one" here', 'error: there is no service "two" here']
    said = run("restore", "one", "Makefile", "two", cwd=repo).stderr.splitlines()
    assert [line.split('"')[1] for line in said[:2]] == ["one", "two"]


def test_remove_takes_several_names(repo: Path, tmp_path: Path) -> None:
    assert run("add", "--set", "service_name=acme-probe", "--defaults", cwd=repo).returncode == 0
    before = files(repo)
    done = run("remove", "acme", "acme-exporter", "acme-probe", cwd=tmp_path)
    assert done.returncode == 0
    left = {path.split("/")[1] for path in files(repo) if path.startswith("containers/")}
    assert left == {"acme-agent"}
    assert run("undo", cwd=repo).returncode == 0  # both at once
    assert files(repo) == before


# --- repositories of other templates


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    template = tmp_path / "cookiecutter-acme"
    (template / "{{cookiecutter.name}}").mkdir(parents=True)
    (template / "cookiecutter.json").write_text('{"name": "acme"}')
    (template / "{{cookiecutter.name}}/README.md").write_text("# {{cookiecutter.name}}\n")
    assert run("new", "--template", template, "one", cwd=tmp_path).returncode == 0
    return tmp_path / "one"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("verify", ("one",)),
        ("add", ("one", "--set", "service_name=acme-x")),
        ("add", ("one",)),
        ("remove", ("one", "acme-x")),
    ],
)
def test_commands_for_our_own_repositories_say_so(
    command: str, words: tuple[str, ...], foreign: Path
) -> None:
    before = files(foreign)
    done = run(command, *words, cwd=foreign.parent)
    assert (done.returncode, done.stderr.splitlines()) == (
        2,
        [
            "error: one was made from the template cookiecutter-acme",
            f"hint: {command} is for repositories that vendor-scaffold's own templates made",
        ],
    )
    assert files(foreign) == before


@pytest.mark.parametrize("command", ["status", "update", "diff", "check"])
def test_the_other_commands_know_them(command: str, foreign: Path) -> None:
    assert run(command, foreign.name, cwd=foreign.parent).returncode == 0
