"""What an answer becomes, its target takes as it is: else it is refused, with the way out."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from scaffold import answers
from scaffold.errors import AnswersError
from scaffold.pipeline import plan
from scaffold.resolve import checked

from .test_answer_laws import errors

CASES = {
    one["case"]: one
    for one in yaml.safe_load((Path(__file__).parent / "cases" / "targets.yaml").read_text("utf-8"))
}


def faults(release: str, text: str) -> list[str]:
    """What is refused of a service in RELEASE; what is taken passes `check`."""
    document = f"vendor: Acme\nrelease: '{release}'\nservices:\n  - {{service_name: acme-agent, {text}}}\n"
    try:
        made = plan(checked(answers.load(document, "answers.yaml")))
    except AnswersError as error:
        return [f"{fault.place}: {fault}" for fault in error.faults if fault.place]
    assert errors(made) == []
    return []


@pytest.mark.parametrize("case", CASES)
def test_what_the_target_takes_is_taken_and_nothing_else(case: str) -> None:
    messages = CASES[case]["refused"]
    found = faults(CASES[case]["release"], CASES[case]["answers"])
    assert [message for message, fault in zip(messages, found, strict=False) if message not in fault] == []
    assert len(found) == len(messages), found


@pytest.mark.parametrize("release", ["queens", "train", "wallaby"])
def test_a_variable_is_written_as_a_text(release: str) -> None:
    """paunch leaves out a 0 that is a number, and what stands for true is True to it."""
    text = "{service_name: acme-agent, container: {environment: {PORT: 0, RATIO: 1.5, DEBUG: 'true'}}}"
    document = f"vendor: Acme\nrelease: {release}\nservices: [{text}]\n"
    made = plan(checked(answers.load(document, "answers.yaml"))).rendered
    written = yaml.safe_load(made["docker/services/acme-agent.yaml"].content)
    (container,) = written["outputs"]["role_data"]["value"]["docker_config"]["step_4"].values()
    found = container["environment"]
    if isinstance(found, list):
        found = dict(each.split("=", 1) for each in found if isinstance(each, str))
    assert found.items() >= {"PORT": "0", "RATIO": "1.5", "DEBUG": "true"}.items()
