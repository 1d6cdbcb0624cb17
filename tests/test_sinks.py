"""Hostile answers, read by what reads the generated files: each comes back as it was, and nothing runs.

One law for each language. What cannot be written in a language is refused, with its place.
"""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from scaffold import answers, project
from scaffold.documents.dockerfile import instructions
from scaffold.errors import AnswersError
from scaffold.fields import places, values
from scaffold.filters import make, markdown, shell_command, yaml_flow
from scaffold.pipeline import Plan, plan
from scaffold.resolve import checked
from scaffold.tripleo import paths
from scaffold.verify import install

from .answers_strategies import texts
from .system import installed
from .test_hostile_sections import accepted, own

BIN = Path(sys.executable).parent
SERVICE = "docker/services/acme-agent.yaml"
FEW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def planned(service: dict[str, Any], **more: Any) -> Plan:
    document = {"services": [{"service_name": "acme-agent"} | service]} | more
    return plan(checked(answers.load(json.dumps(document, ensure_ascii=False), "answers.yaml")))


def written(service: dict[str, Any], **more: Any) -> dict[str, str]:
    return {name: file.content.decode() for name, file in planned(service, **more).rendered.items()}


def faults(service: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    with pytest.raises(AnswersError) as caught:
        planned(service, **more)
    return [(fault.path, fault.message) for fault in caught.value.faults]


def role_data(files: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = own(yaml.safe_load(files[SERVICE])["outputs"]["role_data"]["value"])
    return found


def program(place: Path, body: str) -> Path:
    """A script at PLACE that takes the part of a program."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"#!/bin/sh\n{body}\n")
    place.chmod(0o755)
    return place


SAY = "for word; do printf '%s\\0' \"$word\"; done"


def bash(script: str, cwd: Path, **more: str) -> list[str]:
    """What the last program of SCRIPT says, by SAY."""
    run = ["bash", "-c", script] if "\n" not in script else ["bash", "-s"]
    done = subprocess.run(
        run, input=script.encode(), cwd=cwd, env=os.environ | more, capture_output=True, check=True
    )
    return done.stdout.decode().split("\0")[:-1]


# --- bash

WORDS = ["#", "#ff0000", "{a,b}", "{1..3}", "~", "~root", "!", "!!", "-n", "^a^b", "%1", "a=~", "=", "é"]
WORDS += ["{{", "}}", "{%", "%{x}", "a#b", "time", "if", "coproc", "%", ":", "~+", "x{,}", "@", "+", ","]
ARGUMENTS = st.lists(
    st.sampled_from([word for word in WORDS if values.COMMAND.problem(f"/a {word}") is None])
    | st.text(max_size=8).filter(
        lambda text: " " not in text and values.COMMAND.problem(f"/a {text}") is None
    ),
    max_size=6,
)
KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "load_and_run": {"kernel_module": {"name": "kernel", "loader": "same"}, "cap_add": ["SYS_MODULE"]},
    "waiter": {"kernel_module": "kernel", "cap_add": ["SYS_MODULE"]},
}


@pytest.mark.parametrize("kind", KINDS)
@FEW
@given(arguments=ARGUMENTS)
def test_a_launcher_runs_the_words_of_the_command(
    kind: str, arguments: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("run")
    (place / "a").touch()  # what a pattern would match
    say = program(place / "bin/say", SAY)
    program(place / "bin/modprobe", 'case "$*" in *--show-depends*) echo builtin kernel ;; esac')
    command = " ".join([str(say), *arguments])
    data = role_data(written({"launcher_script": {"name": "run.sh", "exec": command}, **KINDS[kind]}))
    script = data["container_config_scripts"]["run.sh"]["content"]
    assert bash(script, place, PATH=f"{place}/bin:{os.environ['PATH']}", HOME=str(place)) == arguments
    assert sorted(path.name for path in place.iterdir()) == ["a", "bin"]


@FEW
@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" ")))
def test_a_command_comes_back_from_a_shell(command: str) -> None:
    assert shlex.split(shell_command(command)) == command.split()


def test_commands_that_a_reader_copies_are_words_to_a_shell() -> None:
    """What README.md prints to be run, in its code blocks."""
    for path in accepted(places.HOST_DIRECTORY):
        readme = written({"host_directories": [path]})["README.md"]
        blocks = [
            token.content for token in MarkdownIt("commonmark").parse(readme) if token.type == "code_block"
        ]
        (line,) = [line for text in blocks for line in text.splitlines() if line.startswith("sudo ls -l ")]
        shown = path if path.startswith("/var/log/containers/") else "/var/log/containers/acme_agent"
        assert shlex.split(line)[3:] == [shown]


REGISTRIES = ["[fd00::1]:5000", "[::1]", "a.example:1", "192.168.24.1:8787"]


@pytest.mark.parametrize("registry", REGISTRIES)
def test_make_hands_images_to_the_engine_as_one_word(registry: str, tmp_path: Path) -> None:
    made = planned({"image_tag": "1.0"}, registry=registry, single_node=True, base_registry="[fd00::2]:1")
    project.create(tmp_path / "made", made.rendered | made.state)
    log = tmp_path / "log"
    engine = program(tmp_path / "engine", f"{{ {SAY}; }} >> {log}")
    # what the brackets of a host would match as a pattern
    for letter in "f0d:1":
        (tmp_path / f"made/{letter}:5000/acme").mkdir(parents=True)
        (tmp_path / f"made/{letter}:5000/acme/acme-agent:1.0").touch()
    (tmp_path / "made/containers/acme-agent/acme-agent").touch()
    (tmp_path / "made/containers/acme-agent/licenses/LICENSE").write_text("Apache-2.0\n")
    for target in ("build", "push"):
        subprocess.run(
            [installed("make"), target, f"ENGINE={engine}"], cwd=tmp_path / "made", capture_output=True
        )
    image = made.repo.services[0].images[0].reference
    said = log.read_text().split("\0")
    assert said[:6] == ["build", "--format", "docker", "-t", image, "containers/acme-agent"]
    assert said[said.index("push") + 1] == image


# --- make, and the state that it reads


@FEW
@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1))
def test_a_recipe_comes_back_from_make(text: str) -> None:
    recipe = f".RECIPEPREFIX := >\nall:\n>@printf '%s' {make(shlex.quote(text))}\n"
    done = subprocess.run(
        [installed("make"), "-f", "-"], input=recipe.encode(), capture_output=True, check=True
    )
    assert done.stdout.decode() == text


VERSIONS = [
    "0.1.0$(touch pwned)",
    "0.1.0`touch pwned`",
    '0.1.0"; touch pwned; "',
    "0.1.0' 'x",
    "$(shell touch pwned)",
    "$(PATH)",
    "0.1.0 --index-url=http://evil.example",
    "--index-url=http://evil.example",
    "0.1.0\ntouch pwned",
    "0.1.0 @ file:///tmp/x",
    "",
    None,
    ["0.1.0"],
    {"a": 1},
    1.0,
]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_state_is_data_to_make_and_to_us(version: Any, tmp_path: Path) -> None:
    made = planned({}, ci=["github", "gitlab", "zuul"])
    repo = tmp_path / "made"
    project.create(repo, made.rendered | made.state)
    state = repo / ".vendor-scaffold/state.json"
    pip = f'[ "$1" != -m ] && exec {sys.executable} "$@"; {{ {SAY}; }} > {tmp_path}/log'
    path = f"{program(tmp_path / 'bin/python3', pip).parent}:{os.environ['PATH']}"
    recorded = json.loads(state.read_text())

    def tool(*more: str) -> subprocess.CompletedProcess[str]:
        command = [installed("make"), "tool", *more]
        return subprocess.run(
            command, cwd=repo, env=os.environ | {"PATH": path}, capture_output=True, text=True
        )

    assert tool().returncode == 0
    log = tmp_path / "log"
    assert log.read_text().split("\0")[3] == f"vendor-scaffold=={recorded['tool_version']}"
    log.unlink()
    state.write_text(json.dumps(recorded | {"tool_version": version}))
    done = tool()
    assert done.returncode == 2
    assert ".vendor-scaffold/state.json names no version" in done.stderr
    assert "Traceback" not in done.stderr
    assert not log.exists()
    assert tool("TOOL=x.whl").returncode == 0
    assert log.read_text().split("\0")[3] == "x.whl"
    for command in (["status"], ["update", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "scaffold", *command], cwd=repo, capture_output=True, text=True
        )
        assert (done.returncode, "tool_version" in done.stderr) == (1, True)
    assert not [*tmp_path.rglob("pwned")]


# --- YAML

KEYS = texts(values.FREE_KEY) | st.sampled_from(
    [
        "a, b",
        "c}",
        "]",
        "[",
        "{a: b}",
        "a: b",
        "#",
        "a #b",
        "*x",
        "&x",
        "!x",
        "- a",
        "? a",
        "no",
        "1",
        "~",
        '"',
        "'",
    ]
)


@FEW
@given(st.lists(KEYS, min_size=1, max_size=4, unique=True), st.booleans())
def test_keys_come_back_from_block_and_flow(keys: list[str], wrapped: bool) -> None:
    """What the settings of other services are called stands in a path of get_attr where a service wraps."""
    more = {"wraps": "CinderBackup"} if wrapped else {}
    found = role_data(written({"service_config_settings": {key: {"x": key} for key in keys}, **more}))
    assert found["service_config_settings"] == {key: {"x": key} for key in keys}
    if wrapped:
        text = written({"service_config_settings": {key: {"x": key} for key in keys}, **more})[SERVICE]
        data = yaml.safe_load(text)["outputs"]["role_data"]["value"]["map_merge"][1]
        settings = data["service_config_settings"]["map_merge"][1]
        assert {key: value["map_merge"][0]["get_attr"] for key, value in settings.items()} == {
            key: ["StockService", "role_data", "service_config_settings", key] for key in keys
        }


@FEW
@given(texts(values.FREE_TEXT) | st.text(st.characters(codec="utf-8", exclude_categories=["C"])))
def test_a_text_comes_back_from_flow_style(text: str) -> None:
    assert yaml.safe_load(f"{{k: [a, {yaml_flow(text)}, b]}}") == {"k": ["a", text, "b"]}


@pytest.mark.parametrize("more", [{}, {"wraps": "CinderBackup"}], ids=["plain", "wrapped"])
@pytest.mark.parametrize("tags", [["no"], ["a:"], ["a", "b:"], ["null"], ["_1"]], ids=str)
def test_puppet_tags_are_a_text(tags: list[str], more: dict[str, str]) -> None:
    config = {"step_config": "include ::acme", "puppet_tags": tags}
    found = role_data(written({"puppet_config": config, **more}))["puppet_config"]["puppet_tags"]
    assert (found["yaql"]["data"][1] if more else found) == ",".join(tags)


# --- Ansible

RUN = "{{ lookup('pipe', 'touch pwned') }}"
TEMPLATED = [
    RUN,
    "{{ '{{' }}",
    "a b",
    "\\n",
    "{%raw%}",
    "{#x#}",
    "{{",
    "}}",
    "{",
    "{{{",
    "{{%endraw%}}",
    "~",
    "$",
]
TEMPLATED += ["$$", "'\"", "%s", "a,b", "[x]", "!unsafe"]


def ansible() -> Path:
    """ansible-playbook of the engines."""
    try:
        return install.venv("ansible").with_name("ansible-playbook")
    except install.Unavailable as missing:
        pytest.skip(f"{missing}: vendor-scaffold verify --engine run REPOSITORY installs it")


@pytest.mark.engines
def test_ansible_makes_the_directories_that_were_asked_for(tmp_path: Path) -> None:
    """Dry, with the real module: it says which directory it would make."""
    asked = list(dict.fromkeys([*accepted(places.HOST_DIRECTORY), *(f"/a/{text}" for text in TEMPLATED)]))
    # not below /proc or /dev, where the module finds other things
    assert [path for path in asked if places.HOST_DIRECTORY.problem(path)] == []
    service = {"host_directories": ["/var/log/containers/acme_agent", *map("/not".__add__, asked)]}
    task = role_data(written(service))["host_prep_tasks"][0]
    said = [paths.normal(path) for path in service["host_directories"]]
    assert [result["path"] for result in played(task, tmp_path)] == said
    assert not [*tmp_path.rglob("pwned")]


def played(task: dict[str, Any], place: Path) -> list[dict[str, Any]]:
    """The results of the items of TASK, by ansible-playbook --check."""
    copy = {"content": "{{ made.results | to_json }}", "dest": f"{place}/results"}
    tasks = [task | {"register": "made", "ignore_errors": True}, {"copy": copy, "check_mode": False}]
    play = [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}]
    (place / "play.yaml").write_text(yaml.safe_dump(play, allow_unicode=True))
    more = {"LC_ALL": "C.UTF-8", "ANSIBLE_HOME": str(place / "home")}
    command = [ansible(), "--check", place / "play.yaml"]
    done = subprocess.run(command, cwd=place, env=os.environ | more, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    results: list[dict[str, Any]] = json.loads((place / "results").read_text())
    return results


@pytest.mark.parametrize("path", ["/a/$HOME", "/a/${HOME}", "/$a", "/a/x$1"])
def test_a_directory_with_a_variable_is_refused(path: str) -> None:
    """ansible.builtin.file puts the environment in, and nothing escapes it."""
    ((where, message),) = faults({"host_directories": ["/b", path]})
    assert (where, "must be without $NAME" in message) == ("services[0].host_directories[1]", True)


OF_FIREWALL = [
    ({"110 {{ lookup('pipe', 'touch pwned') }}": {"dport": 1}}, "services[0].firewall_rules."),
    ({"110 a": {"state": ["{% x %}"]}}, "services[0].firewall_rules"),
    ({"110 a": {"extras": {"{# y": 1}}}, "services[0].firewall_rules"),
]


@pytest.mark.parametrize(("rules", "where"), OF_FIREWALL)
def test_rules_of_the_firewall_are_no_templates(rules: dict[str, Any], where: str) -> None:
    """From Ussuri on they are variables of a role of Ansible's; before, they are hieradata."""
    ((found, message),) = faults({"firewall_rules": rules}, release="ussuri")
    assert found.startswith(where.rstrip("."))
    assert "Ansible would run" in message
    settings = role_data(written({"firewall_rules": rules}, release="train"))["config_settings"]
    assert settings["tripleo.acme_agent.firewall_rules"] == rules


# --- hiera

HIERADATA = ["%{x}", "100%{", "%%{a}", "%{hiera('a')}", "%{literal('%')}{", "%", "%(x)s", "${a}", "%{::b}"]


def test_hiera_gives_options_and_names_of_rules_back(tmp_path: Path) -> None:
    if not shutil.which("hiera"):
        pytest.skip("hiera is not installed: apt-get install hiera")
    options = {f"o{number}": text for number, text in enumerate(HIERADATA)} | {"volume_driver": "a.B"}
    rules = {f"1{number:02} {text}": {"dport": number} for number, text in enumerate(HIERADATA)}
    files = written({"cinder_backends": {"acme": options}, "firewall_rules": rules}, release="train")
    defaults = yaml.safe_load(files["environments/acme-tripleo.yaml"])["parameter_defaults"]
    named = role_data(files)["config_settings"]["tripleo.acme_agent.firewall_rules"]
    data = defaults["ControllerExtraConfig"] | {"rules": named}
    (tmp_path / "x.yaml").write_text(yaml.safe_dump(data))
    config = {":backends": "yaml", ":yaml": {":datadir": str(tmp_path)}, ":hierarchy": ["x"]}
    (tmp_path / "hiera.yaml").write_text(yaml.safe_dump(config))

    def read(key: str) -> Any:
        command = ["hiera", "-c", str(tmp_path / "hiera.yaml"), "-f", "json", key]
        return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)

    found = {
        name.removeprefix("acme/"): one["value"]
        for name, one in read("cinder::config::cinder_config").items()
    }
    assert found == options | {"volume_backend_name": "acme"}
    assert read("rules") == rules


# --- Dockerfiles

ENDS = {
    "backslash": (["RUN true", "RUN a \\"], 1),
    "backslash before a comment": (["RUN a \\", "# b"], 0),
    "backslash twice": (["RUN a \\", "  && b \\"], 0),
    "only a backslash": (["\\"], 0),
    "here-document": (["RUN <<EOF", "a"], 0),
    "here-document of a number": (["RUN cat 3<<EOF", "a"], 0),
    "here-document, quoted": (["COPY <<'E O' /x", "a"], 0),
    "second here-document": (["RUN cat <<A <<B", "A"], 0),
}
CLOSED = [
    ["RUN a \\", "  && b"],
    ["RUN <<EOF", "a \\", "EOF"],
    ["# a \\"],
    ["RUN echo $((1<<n))", "RUN cat <<<word", 'RUN echo "a <<EOF b"', "RUN echo 'a'\\''b <<C'"],
    ["# escape=`", "RUN a `"],
    ['LABEL a="x\\\\"'],
    ["USER root"],
]
BUILDS: dict[str, dict[str, Any]] = {
    "layer": {},
    "kolla": {"build": "kolla", "integration": "image", "release": "train"},
    "prepare": {"build": "prepare", "integration": "image", "release": "wallaby"},
}


def of(build: str, lines: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    more = dict(BUILDS[build])
    release = {"release": more.pop("release")} if "release" in more else {}
    return {"extra": {"dockerfile": lines}, **more}, release


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("name", ENDS)
def test_lines_that_would_swallow_what_follows_are_refused(name: str, build: str) -> None:
    lines, at = ENDS[name]
    service, release = of(build, lines)
    ((where, message),) = faults(service, **release)
    assert where == f"services[0].extra.dockerfile[{at}]"
    assert "swallow" in message


def test_the_same_for_each_of_several_images() -> None:
    images = [{"base_image": "cinder-volume"}, {"base_image": "cinder-backup", "dockerfile": ["RUN a \\"]}]
    ((where, _),) = faults({"integration": "image", "images": images})
    assert where == "services[0].images[1].dockerfile[0]"


@pytest.mark.parametrize("lines", CLOSED, ids=str)
def test_lines_that_end_are_followed_by_the_user(lines: list[str]) -> None:
    text = written({"extra": {"dockerfile": lines}})["containers/acme-agent/Dockerfile"]
    assert "\n".join(lines) in text
    last = list(instructions(text))[-1]
    assert (last.name, last.text) == ("USER", "cinder")


def test_nothing_follows_the_lines_of_an_image_that_runs_as_root() -> None:
    written({"base_user": "root", "extra": {"dockerfile": ["RUN a \\"]}})


# --- Markdown


@FEW
@given(texts(values.LONG_TEXT))
def test_a_summary_is_no_markup(text: str) -> None:
    readme = written({"labels": {"summary": text}})["README.md"]
    line = next(line for line in readme.splitlines() if line.startswith("- `acme-agent`: "))
    (inline,) = [token for token in MarkdownIt("commonmark").parse(line) if token.type == "inline"]
    words = inline.children or []
    assert {word.type for word in words} <= {"text", "text_special", "code_inline"}
    shown = "".join(word.content for word in words if word.type != "code_inline")
    assert shown.startswith(f": {text}, a service of its own")


@pytest.mark.parametrize(
    "text", ["see www.example.com", "WWW.a.b", "http://a.b", "a@b.c", "$x$", "@acme", "#1"]
)
def test_github_makes_no_link_of_a_text(text: str) -> None:
    assert not re.search(r"(?i)www\.|(?<!\\):|\w@|(?<!\\)[$@#]", markdown(text))


# --- the languages of CI


def test_no_answer_is_an_expression_of_a_job(tmp_path: Path) -> None:
    """Texts never get there, names hold nothing that GitHub, GitLab or Zuul would expand."""
    found = set()
    for vendor in [
        *accepted(values.TEXT)[:40],
        "${{ secrets.X }}",
        "$CI_JOB_TOKEN",
        "{{ lookup('pipe', 'id') }}",
    ]:
        files = written(
            {}, vendor=vendor, repo_name="acme-tripleo", namespace="acme", ci=["github", "gitlab", "zuul"]
        )
        found.add(
            tuple(files[name] for name in sorted(files) if name.startswith((".git", ".zuul", "playbooks")))
        )
    assert len(found) == 1
    for registry in REGISTRIES:
        made = planned({}, registry=registry, base_registry="[::1]:9", single_node=True, ci=["github"])
        place = tmp_path / re.sub(r"\W", "_", registry)
        project.create(place, made.rendered)
        done = subprocess.run(
            [BIN / "actionlint", "-shellcheck=", *place.glob(".github/workflows/*")],
            cwd=place,
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stdout) == (0, "")


# --- INI: the repository file of a host module


@FEW
@given(texts(values.TEXT))
def test_the_name_of_a_package_repository_comes_back(vendor: str) -> None:
    module = {"name": "acme", "delivery": "host", "rpm_files": ["a.rpm"]}
    module["repository"] = {"baseurl": "https://a.example/", "gpgkey": "https://a.example/key"}
    files = written({"integration": "config", "kernel_module": module}, vendor=vendor, repo_name="r")
    (name,) = [name for name in files if name.startswith("host/")]
    repository = configparser.ConfigParser(interpolation=None)
    repository.read_string(files[name])
    (section,) = repository.sections()
    assert repository[section]["name"] == vendor
    assert set(repository[section]) == {"name", "baseurl", "enabled", "gpgcheck", "gpgkey"}
