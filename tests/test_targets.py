"""What an answer becomes, its target takes as it is: else it is refused, with the way out."""

from __future__ import annotations

import pytest

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
