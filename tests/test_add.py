"""`vendor-scaffold add`: what is said of the new service, and what is no answer of a service."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.upkeep import files, made, run

WHOLE = "is an answer of the whole repository: vendor-scaffold update --set"


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("made"))


def refused(repo: Path, *args: object) -> list[str]:
    before = files(repo)
    done = run("add", *args, cwd=repo)
    assert done.returncode == 2, done.stdout
    assert files(repo) == before
    return done.stderr.splitlines()


@pytest.mark.parametrize("key", ["release", "vendor", "registry", "ci"])
@pytest.mark.parametrize("dry", [(), ("-n",)])
def test_answers_of_the_repository_are_refused(repo: Path, key: str, dry: tuple[str, ...]) -> None:
    said = refused(repo, *dry, "--set", "service_name=p-q", "--set", f"{key}=nonsense")
    assert said == [f"error: --set {key}: {WHOLE} {key}=VALUE"]


def test_answers_of_the_repository_in_a_file_are_refused_with_all_else(repo: Path, tmp_path: Path) -> None:
    answers = tmp_path / "more.yaml"
    answers.write_text("release: train\nservces: 1\nservices:\n  - {service_name: p-q, step: 9}\n")
    assert refused(repo, "-a", answers) == [
        f"error: {answers}:1:1: release: {WHOLE} release=VALUE",
        f'error: {answers}:2:1: servces: there is no answer "servces"; did you mean "services"?',
        f"error: {answers}:4:31: services[2].step: must be 1 to 5, not 9",
    ]


def test_answers_of_the_repository_beside_a_service_without_a_list(repo: Path, tmp_path: Path) -> None:
    answers = tmp_path / "one.yaml"
    answers.write_text("service_name: p-q\nrelease: train\n")
    assert refused(repo, "-a", answers) == [f"error: {answers}:2:1: release: {WHOLE} release=VALUE"]


def test_a_name_that_is_taken_is_one_error(repo: Path) -> None:
    assert refused(repo, "--set", "service_name=acme-agent") == [
        "error: there is a service acme-agent already",
        "hint: vendor-scaffold update --set services.acme-agent.KEY=VALUE changes it",
    ]


@pytest.mark.parametrize("sets", [(), ("--set", "step=5")])
def test_a_service_without_a_name(repo: Path, sets: tuple[str, ...]) -> None:
    assert refused(repo, *sets) == [
        "error: service_name: missing: which service is to be added?",
        "hint: give --answers FILE or --set service_name=NAME",
    ]


def test_the_help_has_examples_of_a_service(repo: Path) -> None:
    said = run("add", "--help", cwd=repo).stdout
    assert "release" not in said
    assert "service_name=acme-exporter" in said
