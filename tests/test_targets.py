"""What an answer becomes, its target takes as it is: else it is refused, with the way out."""

from __future__ import annotations

import pytest
import yaml

from scaffold import answers
from scaffold.errors import AnswersError
from scaffold.pipeline import plan
from scaffold.resolve import checked

from .test_answer_laws import errors

# case -> (release, answers of the service, what each fault says; nothing where they are taken)
CASES: dict[str, tuple[str, str, list[str]]] = {
    "wrong items of a list are not alike": (
        "train",
        "install: {packages: ['a b', 'c d']}",
        ["packages[0]: must be the name of a package", "packages[1]: must be the name of a package"],
    ),
    "a backend whose name begins with a digit": (
        "queens",
        "cinder_backends: {3pariscsi_1: {volume_driver: a.B}}",
        [],
    ),
    "variables are texts": (
        "train",
        "container: {environment: {DEBUG: yes, B: NO, C: null, D: 1.10, E: 0644, F: 12:30}}",
        [
            'environment.DEBUG: quote it: "yes"',
            'environment.B: quote it: "NO"',
            "environment.C: is empty",
            'environment.D: quote it: "1.10"',
            'environment.E: quote it: "0644"',
            'environment.F: quote it: "12:30"',
        ],
    ),
    "a number in hieradata that YAML changes": (
        "train",
        "config_settings: {'acme::version': 1.10, 'acme::mode': 0644, 'acme::port': 80, 'acme::a': 1.5e+3}",
        [
            'quote it: "1.10" (without quotes YAML reads a number; write 1.1 where that is meant)',
            "write 420 where that is meant",
        ],
    ),
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
    release, text, messages = CASES[case]
    found = faults(release, text)
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
        found = dict(each.split("=", 1) for each in found)
    assert found.items() >= {"PORT": "0", "RATIO": "1.5", "DEBUG": "true"}.items()
