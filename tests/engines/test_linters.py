"""The linters: a clean repository passes, and each of them finds what is planted for it."""

from __future__ import annotations

import pytest

from . import sample
from .sample import edit, linted

TEMPLATE = "docker/services/acme-loader.yaml"
DOCKERFILE = "containers/acme-loader/Dockerfile"
SCRIPT = "containers/acme-loader/acme-loader.sh"


@pytest.fixture
def repo(tmp_path):
    return sample.write(tmp_path, "wallaby")


def test_a_clean_repository(repo):
    assert linted(repo) == []


PLANTED = [
    (DOCKERFILE, "base:1", "base", f"{DOCKERFILE}:1: hadolint: DL3006"),
    (SCRIPT, "exec sleep", "exec sleep $1", f"{SCRIPT}:3:"),
    (TEMPLATE, "set -eu", "set -eu; echo $1", "shellcheck: acme_loader.sh: note: Double quote"),
    (TEMPLATE, "            str_replace:\n", "            get_attr:\n", "in a form that cannot be checked"),
    (TEMPLATE, "service_name: acme_loader", "service_name:  acme_loader", "too many spaces after colon"),
    (TEMPLATE, "net: host", "net: host\n            net: none", "duplicate key 'net'"),
    ("environments/acme-loader.yaml", "resource_registry:", "resource_registry: {", "a flow mapping"),
]


@pytest.mark.parametrize(("name", "old", "new", "finding"), PLANTED)
def test_planted(repo, name, old, new, finding):
    edit(repo, name, old, new)
    assert any(finding in line for line in linted(repo)), linted(repo)


def test_a_script_is_known_by_its_first_line(repo):
    (repo / "build").write_text("#!/usr/bin/env bash\ncd $1\n")
    assert {line.split(":")[0] for line in linted(repo)} == {"build"}


def test_the_repository_has_to_configure_yamllinted(repo):
    (repo / ".yamllint").unlink()
    assert linted(repo) == [".yamllint: the repository has none"]


def test_only_the_repository_can_ignore_a_rule_of_hadolinted(repo):
    edit(repo, DOCKERFILE, "base:1", "base")
    (repo / ".hadolint.yaml").write_text("---\nignored: [DL3006]\n")
    assert linted(repo) == []


def test_merges_are_no_duplicate_keys(repo):
    merged = "---\nc: &c {x: 1}\nb: &b\n  <<: *c\n  x: 2\na:\n  <<: *b\n  x: 3\n"
    (repo / "merged.yaml").write_text(merged)
    assert linted(repo) == []


def test_the_scripts_of_a_workflow_are_checked(repo):
    workflow = repo / ".github/workflows/ci.yml"
    workflow.parent.mkdir(parents=True)
    job = "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: cd $HOME/$1\n"
    workflow.write_text(job)
    assert any("SC2086" in line for line in linted(repo)), linted(repo)
