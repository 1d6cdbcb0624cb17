"""The questions: every flow in-process with piped keys, and once through a real pseudo-terminal."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from prompt_toolkit.output.plain_text import PlainTextOutput

from scaffold.answers import check, load
from scaffold.asking import ask, ask_service
from scaffold.errors import AnswersError
from scaffold.questions import QUESTIONS, Context
from scaffold.questions.choices import PRIVILEGES

from .upkeep import STATE, edit, files, made

ENTER, DOWN, UP, CLEAR = "\r", "\x1b[B", "\x1b[A", "\x15"
CTRL_C, CTRL_D = "\x03", "\x04"
NO, YES = "n", "y"
VENDOR, RELEASE, CI, WRITE = ENTER, ENTER, ENTER, ENTER
# of a service: image, what to install, module, privilege, command, launcher, step, roles
PLAIN = [ENTER, ENTER, ENTER, ENTER, ENTER, ENTER, ENTER, ENTER]


def typed(text: str) -> str:
    return text + ENTER


def down(count: int) -> str:
    return DOWN * count + ENTER


def service(name: str, **more: Any) -> dict[str, Any]:
    return {
        "integration": "service",
        "service_name": name,
        "base_image": "cinder-volume",
        "step": 4,
        "roles": ["Controller"],
        **more,
    }


def config(name: str, **more: Any) -> dict[str, Any]:
    return {"integration": "config", "service_name": name, "roles": ["Controller"], **more}


FLOWS: dict[str, tuple[list[str], list[dict[str, Any]]]] = {
    "service": (
        [ENTER, typed("acme-agent"), VENDOR, RELEASE, *PLAIN, CI, NO, WRITE],
        [service("acme-agent")],
    ),
    "what is installed and run": (
        [
            *(ENTER, typed("acme-agent"), VENDOR, RELEASE, ENTER),
            typed("acme-agent-2.1, acme-libs.rpm acme.repo, acme.whl"),
            *(ENTER, ENTER, typed("/usr/sbin/acmed --debug"), typed("run.sh"), ENTER, ENTER, CI, NO, WRITE),
        ],
        [
            service(
                "acme-agent",
                install={
                    "packages": ["acme-agent-2.1"],
                    "rpm_files": ["acme-libs.rpm"],
                    "repo_files": ["acme.repo"],
                    "pip": ["acme.whl"],
                },
                command="/usr/sbin/acmed --debug",
                launcher_script={"name": "run.sh"},
            )
        ],
    ),
    # of the privileges, those that load a module are left
    "loader": (
        [
            *(ENTER, typed("acme-agent"), VENDOR, RELEASE, typed("neutron-server"), ENTER),
            *(down(2), typed("acme_mod"), ENTER, down(1), ENTER, ENTER, ENTER),
            *(typed("Compute, Controller"), CI, NO, WRITE),
        ],
        [
            service(
                "acme-agent",
                base_image="neutron-server",
                privileged=True,
                kernel_module={
                    "delivery": "container",
                    "loader": "separate",
                    "name": "acme_mod",
                    "source": "host",
                },
                roles=["Compute", "Controller"],
            )
        ],
    ),
    # an image swap has no roles of its own
    "image": (
        [
            *(down(1), typed("acme-cinder"), VENDOR, RELEASE, ENTER, typed("acme-driver"), ENTER, CI),
            *(NO, WRITE),
        ],
        [
            {
                "integration": "image",
                "service_name": "acme-cinder",
                "base_image": "cinder-volume",
                "install": {"packages": ["acme-driver"]},
            }
        ],
    ),
    "image, and a module of the host": (
        [
            *(down(1), typed("acme-cinder"), VENDOR, RELEASE, ENTER, ENTER, down(1), typed("acme")),
            *(typed("Compute"), CI, NO, WRITE),
        ],
        [
            {
                "integration": "image",
                "service_name": "acme-cinder",
                "base_image": "cinder-volume",
                "kernel_module": {"delivery": "host", "name": "acme"},
                "roles": ["Compute"],
            }
        ],
    ),
    "config": (
        [down(2), typed("acme-config"), VENDOR, RELEASE, down(1), typed("acme"), ENTER, CI, NO, WRITE],
        [config("acme-config", kernel_module={"delivery": "host", "name": "acme"})],
    ),
    # the name of the first is refused for the second, and put right
    "two services": (
        [
            *(down(2), typed("acme-config"), VENDOR, RELEASE, ENTER, ENTER, CI, YES),
            *(down(2), typed("acme-config"), CLEAR + typed("acme-more"), ENTER, ENTER, NO, WRITE),
        ],
        [config("acme-config"), config("acme-more")],
    ),
    # at the review, the service becomes configuration only: what only a container has is forgotten
    "shape changed": (
        [
            *(ENTER, typed("acme-agent"), VENDOR, RELEASE, ENTER, ENTER, down(2), typed("acme"), ENTER),
            *(ENTER, ENTER, ENTER, ENTER, ENTER, CI, NO, down(1), down(2), ENTER, WRITE),
        ],
        [config("acme-agent")],
    ),
    # a full reference that no catalogue has: its user is asked for
    "full reference": (
        [
            *(ENTER, typed("acme-agent"), VENDOR, RELEASE, typed("quay.io/acme/thing:1"), typed("acme")),
            *(*PLAIN[1:], CI, NO, WRITE),
        ],
        [service("acme-agent", base_image="quay.io/acme/thing:1", base_user="acme")],
    ),
}


def replied(keys: list[str], *settings: str, output: Any = None) -> dict[str, Any]:
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=output or DummyOutput()):
        pipe.send_text("".join(keys) + CTRL_C * 3)  # a flow that asks more than expected fails, not hangs
        return ask(load("", "answers").with_settings(settings)).answers.values


@pytest.mark.parametrize("flow", FLOWS)
def test_flow(flow: str) -> None:
    keys, services = FLOWS[flow]
    values = replied(keys)
    assert values["services"] == services
    assert values["release"] == "wallaby"
    assert values["vendor"] == "Acme"


def test_what_is_given_is_not_asked() -> None:
    values = replied(
        [ENTER, NO, WRITE],
        *("service_name=acme-x", "vendor=ACME", "release=16.2", "ci=[]", "integration=config"),
        "kernel_module=acme",
        *("services.0.kernel_module.delivery=host",),
    )
    assert values["vendor"] == "ACME"
    assert values["services"][0]["kernel_module"] == {"name": "acme", "delivery": "host"}


def test_one_more_service_keeps_what_is_said_of_it() -> None:
    text = "services: [{service_name: acme-one}, {integration: config, roles: [Compute]}]"
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text("".join([typed("acme-two"), ENTER, WRITE]) + CTRL_C * 3)
        asked = ask_service(load(text, "answers"), 1)
    assert check(asked).values["services"] == [
        {"service_name": "acme-one"},
        {"service_name": "acme-two", "integration": "config", "roles": ["Compute"]},
    ]


def test_wrong_settings_are_refused_before_the_first_question() -> None:
    with pytest.raises(AnswersError, match="step"):
        replied([], "step=9")


def test_other_needs_no_repository() -> None:
    with pytest.raises(AnswersError, match="no vendor repository fits"):
        replied([down(4)])


def test_a_vendor_may_be_called_other() -> None:
    keys = [down(2), typed("acme-config"), typed("other"), RELEASE, ENTER, ENTER, CI, NO, WRITE]
    assert replied(keys)["vendor"] == "other"


@pytest.mark.parametrize(
    ("role", "note"),
    [
        ("Compute", ""),
        ("Controler", 'did you mean "Controller"?'),
        ("AcmeNode", "any roles file"),
    ],
)
def test_a_role_is_typed_over_the_default_and_an_unusual_one_is_noted(role: str, note: str) -> None:
    screen = io.StringIO()
    keys = [down(2), typed("acme-config"), VENDOR, RELEASE, ENTER, typed(role), CI, NO, WRITE]
    values = replied(keys, output=PlainTextOutput(screen))
    assert values["services"][0]["roles"] == [role]
    assert (note in screen.getvalue()) if note else ("note:" not in screen.getvalue())
    assert "[Controller]" in screen.getvalue()


def test_an_image_that_nothing_is_installed_in_is_noted() -> None:
    screen = io.StringIO()
    keys = [down(1), typed("acme-cinder"), VENDOR, RELEASE, ENTER, ENTER, ENTER, CI, NO, WRITE]
    assert "install" not in replied(keys, output=PlainTextOutput(screen))["services"][0]
    assert "note: an image that nothing is installed in adds nothing" in screen.getvalue()


def test_the_review_shows_answers_and_tree() -> None:
    screen = io.StringIO()
    replied(FLOWS["service"][0], output=PlainTextOutput(screen))
    assert "service_name: acme-agent" in screen.getvalue()
    assert "docker/services/acme-agent.yaml" in screen.getvalue()


def test_the_review_refuses_what_cannot_work() -> None:
    # given beforehand, and wrong for the shape that is chosen: nothing can be written until that is changed
    keys = [down(2), typed("acme-x"), VENDOR, RELEASE, ENTER, ENTER, CI, NO]
    screen = io.StringIO()
    with pytest.raises(KeyboardInterrupt):
        replied([*keys, UP + ENTER], "command=/bin/x", output=PlainTextOutput(screen))
    assert "integration: config has no container" in screen.getvalue()
    assert "write it" not in screen.getvalue()


@pytest.mark.parametrize(
    ("key", "reply", "words"),
    [
        (".service_name", "Acme!", "lower-case"),
        (".service_name", "cinder-volume", "choose another name"),
        (".base_image", "cinder-volum", 'did you mean "cinder-volume"'),
        (".kernel_module.name", "a/b", "not"),
        (".roles", "", "empty"),
        (".roles", "A, A", "already"),
        (".roles", "A]", ""),
        (".service_name", "", "lower-case"),
        (".command", "a; b", "plain words"),
        ("._install", "a b/c", "name of a package"),
        (".launcher_script.name", "a/b", "file name"),
    ],
)
def test_the_models_own_words_refuse_a_reply(key: str, reply: str, words: str) -> None:
    question = next(question for question in QUESTIONS if question.key == key)
    problem = Context(load("", "answers"), {}, 0).problem(question, reply)
    assert problem
    assert words in problem


def test_what_an_earlier_answer_rules_out() -> None:
    replies = {"release": "queens", "services.0._module": "separate"}
    context = Context(load("", "answers"), replies, 0)
    by_key = {question.key: question for question in QUESTIONS}
    assert "2 to 5" in context.problem(by_key[".step"], "1")
    assert not context.problem(by_key[".step"], "4")
    offered = by_key["._privilege"].choices
    assert offered
    assert [value for value, _ in offered(context)] == ["privileged"]
    assert ("none", PRIVILEGES[0][1]) in offered(Context(load("", "answers"), {}, 0))


@pytest.mark.parametrize("at", range(16))
@pytest.mark.parametrize(("key", "error"), [(CTRL_C, KeyboardInterrupt), (CTRL_D, EOFError)])
def test_leaving_at_any_prompt(at: int, key: str, error: type[BaseException]) -> None:
    keys = [ENTER, typed("acme-agent"), VENDOR, RELEASE, *PLAIN, CI, NO, DOWN, WRITE]
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text("".join(keys[:at]) + key)
        with pytest.raises(error):
            ask(load("", "answers"))


# --- through a pseudo-terminal


@contextlib.contextmanager
def terminal(place: Path, *args: str, command: str = "new") -> Iterator[pexpect.spawn]:
    program = [str(Path(sys.executable).with_name("vendor-scaffold")), command, "out", *args]
    child = pexpect.spawn(
        program[0],
        program[1:],
        cwd=str(place),
        env={**os.environ, "PROMPT_TOOLKIT_NO_CPR": "1", "TERM": "xterm"},
        encoding="utf-8",
        timeout=10,
        dimensions=(60, 160),
    )
    child.delaybeforesend = child.delayafterclose = child.delayafterterminate = None
    try:
        yield child
    finally:
        if child.child_fd >= 0:
            child.close(force=True)


def follow(child: pexpect.spawn, story: list[tuple[str, str]]) -> None:
    for words, keys in story:
        child.expect_exact(words)
        child.send(keys)


def left(child: pexpect.spawn) -> tuple[int, str]:
    child.expect(pexpect.EOF)
    child.wait()
    return child.exitstatus, child.before


SERVICE = [
    ("integrate?", ENTER),
    ("Service name", typed("acme-agent")),
    ("Vendor [Acme]", ENTER),
    ("Release", ENTER),
    ("Base image", ENTER),
    ("to install", ENTER),
    ("Kernel module", ENTER),
    ("Privilege", ENTER),
    ("container runs [/usr/bin/acme-agent]", ENTER),
    ("Launcher", ENTER),
    ("Deployment step", ENTER),
    ("Roles", ENTER),
    ("CI system", ENTER),
    ("Add another", NO),
    ("Is this right", WRITE),
]
CONFIG = [
    ("integrate?", down(2)),
    ("Service name", typed("acme-config")),
    ("Vendor", ENTER),
    ("Release", ENTER),
    ("Kernel module", ENTER),
    ("Roles", ENTER),
    ("CI system", ENTER),
]
END = [("Add another", NO), ("Is this right", WRITE)]
STORIES: dict[str, tuple[list[tuple[str, str]], str]] = {
    "service": (SERVICE, "docker/services/acme-agent.yaml"),
    "loader": (
        [
            *SERVICE[:6],
            ("Kernel module", down(2)),
            ("Name of", typed("acme")),
            ("file comes", ENTER),
            *SERVICE[7:9],
            ("[acme_agent_launcher.sh]", ENTER),
            *SERVICE[10:],
        ],
        "docker/services/acme-agent.yaml",
    ),
    "image": (
        [("integrate?", down(1)), *SERVICE[1:7], *SERVICE[12:]],
        "containers/acme-agent/Dockerfile",
    ),
    "config": ([*CONFIG, *END], "docker/services/acme-config.yaml"),
    "two services": (
        [
            *CONFIG,
            ("Add another", YES),
            ("integrate?", down(2)),
            ("Service name", typed("acme-more")),
            *CONFIG[4:6],
            *END,
        ],
        "docker/services/acme-more.yaml",
    ),
    "name changed": (
        [
            *CONFIG,
            ("Add another", NO),
            ("Is this right", down(2)),
            ("Service name, such as vendorx-agent [acme-config]", typed("acme-new")),
            ("Is this right", WRITE),
        ],
        "docker/services/acme-new.yaml",
    ),
}


@pytest.mark.parametrize("name", STORIES)
def test_story_on_a_terminal(name: str, tmp_path: Path) -> None:
    story, wanted = STORIES[name]
    with terminal(tmp_path) as child:
        follow(child, story)
        assert left(child)[0] == 0
    files = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*")}
    assert wanted in files


def test_messages_are_whole_on_a_narrow_terminal(tmp_path: Path) -> None:
    with terminal(tmp_path) as child:
        child.setwinsize(40, 60)
        follow(child, [*SERVICE[:4], ("Base image", typed("neutron-o"))])
        child.expect_exact("did you")
        child.expect_exact("neutron-openvswitch-agent")
        child.expect_exact("them)")
        child.send(CLEAR + ENTER)
        follow(child, [SERVICE[5], ("Kernel module", down(2)), ("Name of", typed("acme")), ("file", ENTER)])
        follow(child, SERVICE[7:9])
        follow(child, [("Launcher", ENTER), ("Deployment step", "")])
        child.expect_exact("kernel_module.loader: same")
        assert "bootstrap (" not in child.before
        child.expect_exact("2: core")
        assert ")" not in child.before


def test_other_on_a_terminal(tmp_path: Path) -> None:
    with terminal(tmp_path) as child:
        follow(child, [("integrate?", down(4))])
        status, said = left(child)
    assert status == 2
    assert "nothing is written" in said
    assert max(map(len, said.partition("error: ")[2].splitlines())) < 160
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("at", [0, 1, 5, 13, 14])
@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
def test_left_on_a_terminal(at: int, key: str, tmp_path: Path) -> None:
    with terminal(tmp_path) as child:
        follow(child, [*SERVICE[:at], (SERVICE[at][0], key)])
        status, said = left(child)
    assert status == 130
    assert "nothing was written" in said
    assert "Traceback" not in said
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("at", [0, 1, 5, 14])
@pytest.mark.parametrize("closed", [True, False], ids=["closed", "signal"])
def test_hung_up(at: int, closed: bool, tmp_path: Path) -> None:
    with terminal(tmp_path) as child:
        follow(child, SERVICE[:at])
        child.expect_exact(SERVICE[at][0])
        time.sleep(0.2)
        if closed:
            child.ptyproc.fileobj.close()
            child.child_fd = -1
            status = os.waitstatus_to_exitcode(os.waitpid(child.pid, 0)[1])
            child.ptyproc.closed = child.closed = child.ptyproc.terminated = child.terminated = True
        else:
            child.kill(signal.SIGHUP)
            status, said = left(child)
            assert "nothing was written" in said
    assert status == 130
    assert not any(tmp_path.iterdir())


# --- update on a terminal


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A repository of a version that did not ask for the step yet."""
    out = made(tmp_path, "services: [{service_name: acme-agent, roles: [Compute]}]\n").rename(
        tmp_path / "out"
    )
    state = json.loads((out / STATE / "state.json").read_text())
    state["questions"].remove(".step")
    (out / STATE / "state.json").write_text(json.dumps(state))
    return out


def test_update_asks_only_what_is_new(old: Path) -> None:
    with terminal(old.parent, command="update") as child:
        follow(child, [("Deployment step", down(1))])
        status, text = left(child)
    assert status == 0
    assert "Service name" not in text
    assert "services.acme-agent.step: 5 (new)" in text
    assert "step: 5" in (old / STATE / "answers.yaml").read_text()


def test_update_asks_again_for_an_answer_that_it_refuses(old: Path) -> None:
    edit(old, f"{STATE}/answers.yaml", "roles:", "step: 9\n    roles:")
    with terminal(old.parent, command="update") as child:
        follow(child, [("services[0].step: must be 1 to 5, not 9", ""), ("Deployment step", UP + ENTER)])
        status, _ = left(child)
    assert status == 0
    assert "step: 3" in (old / STATE / "answers.yaml").read_text()


def test_update_left_at_its_question(old: Path) -> None:
    before = files(old)
    with terminal(old.parent, command="update") as child:
        follow(child, [("Deployment step", CTRL_C)])
        status, text = left(child)
    assert (status, "nothing was written" in text) == (130, True)
    assert files(old) == before


def test_update_refuses_what_no_question_is_about(old: Path) -> None:
    edit(old, f"{STATE}/answers.yaml", "roles:", "tty: 9\n    roles:")
    with terminal(old.parent, command="update") as child:
        status, text = left(child)
    assert (status, "services[0].tty" in text) == (2, True)


def test_add_asks_about_the_new_service_alone(old: Path) -> None:
    story = [("integrate?", ENTER), ("Service name", typed("acme-probe")), ("Base image", ENTER)]
    story += [("to install", ENTER), ("Kernel module", ENTER), ("Privilege", ENTER)]
    story += [("container runs", ENTER), ("Launcher", ENTER)]
    story += [("Deployment step", ENTER), ("Roles", ENTER), ("Is this right", WRITE)]
    with terminal(old.parent, command="add") as child:
        follow(child, story)
        status, text = left(child)
    assert (status, "Vendor" in text) == (0, False)
    assert (old / "docker/services/acme-probe.yaml").exists()
    assert "roles:\n      - Compute" in (old / STATE / "answers.yaml").read_text()


def test_add_left_at_the_review(old: Path) -> None:
    before = files(old)
    with terminal(old.parent, command="add") as child:
        follow(child, [("integrate?", ENTER), ("Service name", typed("acme-probe")), ("Base image", CTRL_C)])
        status, text = left(child)
    assert (status, "nothing was written" in text) == (130, True)
    assert files(old) == before
