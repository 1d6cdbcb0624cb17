"""Services that change their names: whole names only, and no line of another service or of the vendor's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from scaffold.commands.restore import undo
from scaffold.commands.update import Request, updated
from scaffold.errors import AnswersError
from scaffold.updating.report import UpdateOutcome

from .upkeep import STATE, aged, edit, files, made

TWO = """\
vendor: Acme
release: train
services:
  - service_name: acme-agent
  - service_name: acme-agent-two
"""
AGENT, TWIN = "docker/services/acme-agent.yaml", "docker/services/acme-agent-two.yaml"
YOURS = "<<<<<<< yours\n"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("pair"), TWO)


@pytest.fixture
def repo(pair: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pair, tmp_path / "acme", symlinks=True))


def renamed(repo: Path, *changes: tuple[str, str], also: str = "", **settings: object) -> UpdateOutcome:
    """Update REPO with the services of CHANGES, old name -> new name, called so; each says its old one."""
    path = repo / STATE / "answers.yaml"
    answers = yaml.safe_load(path.read_text()) | settings
    for service in answers["services"]:
        name = service["service_name"]
        if name in dict(changes):
            service |= {"service_name": dict(changes)[name], "renamed_from": name}
    answers["services"] += [{"service_name": also}] if also else []
    path.write_text(yaml.safe_dump(answers, sort_keys=False))
    return updated(repo, Request())


def change(done: UpdateOutcome, path: str) -> dict[str, object]:
    return next(file for file in done.files if file["path"] == path)


def add(repo: Path, path: str, text: str) -> None:
    with (repo / path).open("a") as file:
        file.write(text)


def build_line(repo: Path, name: str) -> str:
    return next(
        line for line in (repo / "Makefile").read_text().splitlines() if line.endswith(f"containers/{name}")
    )


def test_a_longer_name_that_begins_alike_is_another(repo: Path) -> None:
    copy = build_line(repo, "acme-agent-two")
    add(repo, "Makefile", f"two:  ## only the second\n{copy}\n")
    add(repo, TWIN, "# ours, of acme-agent-two\n")
    twin = (repo / TWIN).read_bytes()
    assert renamed(repo, ("acme-agent", "acme-core")).state == "updated"
    text = (repo / "Makefile").read_text()
    assert f"two:  ## only the second\n{copy}\n" in text
    assert text.count("acme-core-two") == 0
    assert build_line(repo, "acme-core")
    assert (repo / TWIN).read_bytes() == twin


def test_a_name_that_is_the_namespace_too(tmp_path: Path) -> None:
    repo = made(tmp_path, "vendor: Acme\nrelease: train\nservices: [{service_name: acme}]\n")
    line = build_line(repo, "acme").replace("build ", "build --no-cache ", 1)
    edit(repo, "Makefile", build_line(repo, "acme"), line)
    assert renamed(repo, ("acme", "zed")).state == "updated"
    told = build_line(repo, "zed")
    assert "/acme/zed:" in told
    assert "--no-cache" in told, "an edit beside a name goes along with it"


@pytest.mark.parametrize("name", ["volume", "net", "config", "image", "step", "services", "api"])
def test_a_name_that_is_a_word_of_the_templates(name: str, tmp_path: Path) -> None:
    repo = made(tmp_path, f"vendor: Acme\nrelease: train\nservices: [{{service_name: acme-{name}}}]\n")
    own = f"  {name}: mine\n# {name}s, my{name}, {name}_x and acme_{name}s\n"
    service = f"docker/services/acme-{name}.yaml"
    add(repo, service, own)
    edit(repo, service, "net: host", "net: none")
    edit(repo, service, "volumes:\n", f"volumes:\n# acme-{name}-s, my own {name}\n")
    assert renamed(repo, (f"acme-{name}", name)).state == "updated"
    assert renamed(repo, (name, "zed")).state == "updated"
    text = (repo / "docker/services/zed.yaml").read_text()
    assert own in text
    assert f"volumes:\n# acme-{name}-s, my own {name}\n" in text
    fresh = made(tmp_path / "fresh", "vendor: Acme\nrelease: train\nservices: [{service_name: zed}]\n")
    template = (fresh / "docker/services/zed.yaml").read_text().replace("net: host", "net: none", 1)
    assert text == template.replace("volumes:\n", f"volumes:\n# acme-{name}-s, my own {name}\n", 1) + own


def test_a_swap_carries_the_edits_of_each(repo: Path) -> None:
    edit(repo, AGENT, "net: host", "net: none")
    edit(repo, TWIN, "restart: always", "restart: unless-stopped")
    edit(repo, "containers/acme-agent/Dockerfile", "USER root", "USER 0")
    before = files(repo)
    done = renamed(repo, ("acme-agent", "acme-agent-two"), ("acme-agent-two", "acme-agent"))
    assert done.state == "updated"
    assert change(done, TWIN)["old_path"] == AGENT
    assert ("net: none" in (repo / TWIN).read_text(), "net: none" in (repo / AGENT).read_text()) == (
        True,
        False,
    )
    assert "restart: unless-stopped" in (repo / AGENT).read_text()
    assert "USER 0" in (repo / "containers/acme-agent-two/Dockerfile").read_text()
    assert "acme_agent_two:" in (repo / TWIN).read_text()
    assert "acme_agent_two:" not in (repo / AGENT).read_text()
    after = files(repo)
    assert updated(repo, Request()).state == "up-to-date"
    assert files(repo) == after
    undo(repo, as_json=False)
    assert {path for path, file in files(repo).items() if file != before[path]} == {f"{STATE}/answers.yaml"}


def test_names_that_are_exchanged_again_are_refused(repo: Path) -> None:
    edit(repo, f"{STATE}/answers.yaml", "acme-agent\n", "acme-agent\n    step: 3\n")
    assert updated(repo, Request()).state == "updated"
    swap = ("acme-agent", "acme-agent-two"), ("acme-agent-two", "acme-agent")
    assert renamed(repo, *swap).state == "updated"
    before = files(repo)
    with pytest.raises(AnswersError, match=r"services\[0\].renamed_from: was followed before; take it out"):
        renamed(repo, *swap)
    assert {path for path, file in files(repo).items() if file != before[path]} == {f"{STATE}/answers.yaml"}


def test_a_chain_and_a_new_service_at_its_end(repo: Path) -> None:
    edit(repo, AGENT, "net: host", "net: none")
    edit(repo, TWIN, "net: host", "net: bridge")
    done = renamed(repo, ("acme-agent", "acme-agent-two"), ("acme-agent-two", "acme-core"), also="acme-agent")
    assert done.state == "updated"
    assert "net: none" in (repo / TWIN).read_text()
    assert "net: bridge" in (repo / "docker/services/acme-core.yaml").read_text()
    assert "net: host" in (repo / AGENT).read_text()
    assert "acme-agent-2" not in "".join(path.read_text() for path in repo.rglob("*") if path.is_file())
    assert updated(repo, Request()).state == "up-to-date"


def test_a_chain_that_grows_by_the_same_names_again(repo: Path) -> None:
    """Each year the agent becomes the second, and there is a new one."""
    edit(repo, f"{STATE}/answers.yaml", "acme-agent\n", "acme-agent\n    step: 3\n")
    chain = ("acme-agent", "acme-agent-two"), ("acme-agent-two", "acme-third")
    assert renamed(repo, *chain, also="acme-agent").state == "updated"
    edit(repo, AGENT, "net: host", "net: none")
    edit(repo, TWIN, "net: host", "net: bridge")
    third = "docker/services/acme-third.yaml"
    fourth = ("acme-third", "acme-fourth"), ("acme-agent-two", "acme-third"), ("acme-agent", "acme-agent-two")
    done = renamed(repo, *fourth, also="acme-agent")
    assert done.state == "updated"
    assert [change(done, path)["old_path"] for path in (TWIN, third)] == [AGENT, TWIN]
    assert "net: none" in (repo / TWIN).read_text()
    assert "net: bridge" in (repo / third).read_text()
    assert "net: host" in (repo / AGENT).read_text()
    assert updated(repo, Request()).state == "up-to-date"


def test_the_name_of_a_service_that_goes(repo: Path) -> None:
    edit(repo, AGENT, "net: host", "net: none")
    path = repo / STATE / "answers.yaml"
    answers = yaml.safe_load(path.read_text())
    answers["services"] = [
        answers["services"][0] | {"service_name": "acme-agent-two", "renamed_from": "acme-agent"}
    ]
    path.write_text(yaml.safe_dump(answers))
    assert updated(repo, Request()).state == "updated"
    assert "net: none" in (repo / TWIN).read_text()
    assert not (repo / AGENT).exists()


def test_each_file_that_goes_is_told_when_the_service_takes_the_place_of_another(repo: Path) -> None:
    path = repo / STATE / "answers.yaml"
    answers = yaml.safe_load(path.read_text())
    answers["services"] = [{"service_name": "acme-agent-two", "renamed_from": "acme-agent"}]
    path.write_text(yaml.safe_dump(answers))
    before = files(repo)
    done = updated(repo, Request())
    told = {str(file[key]) for file in done.files for key in ("path", "old_path")}
    assert AGENT in before.keys() - files(repo).keys()
    assert before.keys() - files(repo).keys() <= told
    assert change(done, TWIN)["old_path"] == AGENT


def test_the_name_of_a_service_that_goes_and_was_edited(repo: Path) -> None:
    edit(repo, AGENT, "net: host", "net: none")
    edit(repo, TWIN, "net: host", "net: bridge")
    path = repo / STATE / "answers.yaml"
    answers = yaml.safe_load(path.read_text())
    answers["services"] = [
        answers["services"][0] | {"service_name": "acme-agent-two", "renamed_from": "acme-agent"}
    ]
    path.write_text(yaml.safe_dump(answers))
    done = updated(repo, Request())
    assert done.state == "conflicts"
    assert change(done, TWIN)["change"] == "conflict"
    assert change(done, AGENT)["note"]
    assert "net: none" in (repo / AGENT).read_text()
    assert "net: bridge" in (repo / TWIN).read_text()


@pytest.mark.parametrize(
    ("services", "told"),
    [
        (
            "one renamed_from acme-agent, two renamed_from acme-agent",
            "acme-agent is one from now on; it cannot be two too",
        ),
        ("acme-agent, acme-agent-two renamed_from acme-agent", "and both stay"),
    ],
)
def test_a_name_that_leads_two_ways_is_refused(services: str, told: str, repo: Path) -> None:
    rows = [row.split() for row in services.split(",")]
    listed = "".join(
        f"  - service_name: {name}\n" + (f"    renamed_from: {old[1]}\n" if old else "")
        for name, *old in rows
    )
    (repo / STATE / "answers.yaml").write_text(f"vendor: Acme\nrelease: train\nservices:\n{listed}")
    before = files(repo)
    with pytest.raises(AnswersError, match=rf"answers.yaml:\d+:\d+: services\[1\].renamed_from: .*{told}"):
        updated(repo, Request())
    assert files(repo) == before


def test_what_the_vendor_says_of_another_service_in_a_line_of_this(repo: Path) -> None:
    line = build_line(repo, "acme-agent")
    edit(repo, "Makefile", line, f"{line} containers/acme-agent-two")
    done = renamed(repo, ("acme-agent", "acme-core"))
    assert done.state == "conflicts"
    text = (repo / "Makefile").read_text()
    assert f"{YOURS}{line} containers/acme-agent-two\n" in text
    assert build_line(repo, "acme-core") in text.partition(YOURS)[2]


def test_yours_is_what_the_vendor_wrote(repo: Path) -> None:
    """An older template, the same line changed by both, and a rename on top of it."""
    aged(repo, AGENT, "net: none", "net: host")
    edit(
        repo, AGENT, "            net: none", "            net: bridge\n            labels: {of: acme-agent}"
    )
    mine = set((repo / AGENT).read_text().splitlines())
    done = renamed(repo, ("acme-agent", "acme-core"))
    assert done.state == "conflicts"
    text = (repo / "docker/services/acme-core.yaml").read_text()
    yours = text.partition(YOURS)[2].partition("|||||||")[0].splitlines()
    assert yours == ["            net: bridge", "            labels: {of: acme-agent}"]
    assert set(yours) <= mine
    assert "acme_agent" not in text
    assert "acme_core:" in text


def test_an_older_template_and_a_rename_at_once(repo: Path) -> None:
    aged(repo, AGENT, "restart: 'no'", "restart: always")
    aged(repo, "Makefile", "# old head", '# "make')
    add(repo, AGENT, "# ours\n")
    assert renamed(repo, ("acme-agent", "acme-core"), release="wallaby").state == "updated"
    text = (repo / "docker/services/acme-core.yaml").read_text()
    assert ("# ours" in text, "restart: always" in text, "acme_agent:" in text) == (True, True, False)
    assert "heat_template_version: wallaby" in text
    assert build_line(repo, "acme-core")


@pytest.mark.parametrize("name", ["core", "agent-two-more", "agents"])
def test_a_sentence_about_the_service_goes_along_with_its_name(name: str, repo: Path) -> None:
    said = "Acme agent two, a service of its own on Controller."
    edit(repo, "README.md", said, f"{said} Ask Ann.")
    assert renamed(repo, ("acme-agent-two", f"acme-{name}")).state == "updated"
    told = f"- `acme-{name}`: Acme {name.replace('-', ' ')}, a service of its own on Controller. Ask Ann.\n"
    assert told in (repo / "README.md").read_text()


def test_a_sentence_of_the_vendor_about_the_service_stays(repo: Path) -> None:
    edit(repo, "README.md", "Acme agent two, a", "Our agent number two, a")
    assert renamed(repo, ("acme-agent-two", "acme-one-core")).state == "updated"
    assert "- `acme-one-core`: Our agent number two, a service" in (repo / "README.md").read_text()


def test_a_copied_line_stays_and_is_named(repo: Path) -> None:
    copy = build_line(repo, "acme-agent")
    add(repo, "Makefile", f"one:\n{copy}\n")
    done = renamed(repo, ("acme-agent", "acme-core"))
    rows = (repo / "Makefile").read_text().splitlines()
    assert rows[-1] == copy
    assert change(done, "Makefile")["note"] == f"an old name still stands in lines of yours: {len(rows)}"


def test_what_lies_beside_the_files_of_a_service_goes_along(repo: Path) -> None:
    (repo / "containers/acme-agent/agent.conf").write_text("acme-agent=1\n")
    (repo / "docs").mkdir()
    (repo / "docs/acme-agent.md").write_text("# acme-agent\n")
    done = renamed(repo, ("acme-agent", "acme-core"))
    assert (repo / "containers/acme-core/agent.conf").read_text() == "acme-agent=1\n"
    assert change(done, "containers/acme-core/agent.conf")["old_path"] == "containers/acme-agent/agent.conf"
    assert (repo / "docs/acme-agent.md").read_text() == "# acme-agent\n"
    assert not (repo / "containers/acme-agent").exists()


def test_a_template_that_the_vendor_moved_goes_along(repo: Path) -> None:
    (repo / "tht").mkdir()
    (repo / AGENT).rename(repo / "tht/acme-agent.yaml")
    edit(repo, "tht/acme-agent.yaml", "net: host", "net: none")
    renamed(repo, ("acme-agent", "acme-core"))
    text = (repo / "tht/acme-core.yaml").read_text()
    assert ("net: none" in text, "acme_core:" in text, "acme_agent" in text) == (True, True, False)
    assert not (repo / "tht/acme-agent.yaml").exists()
    assert not (repo / "docker/services/acme-core.yaml").exists()


def test_line_ends_are_those_of_the_vendor(repo: Path) -> None:
    path = repo / AGENT
    path.write_bytes(path.read_bytes().replace(b"net: host", b"net: none", 1).replace(b"\n", b"\r\n"))
    assert renamed(repo, ("acme-agent", "acme-core")).state == "updated"
    content = (repo / "docker/services/acme-core.yaml").read_bytes()
    assert b"net: none\r\n" in content
    assert b"acme_core:\r\n" in content
    assert content.count(b"\n") == content.count(b"\r\n")
