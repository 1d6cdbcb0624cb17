"""Every accepted value comes back unchanged when a generated file is read by its own language's parser."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Template
from markdown_it import MarkdownIt

from scaffold import answers
from scaffold.errors import AnswersError
from scaffold.filters import docker_string, jinja, markdown, shell, yaml_block, yaml_value
from scaffold.pipeline import Plan, plan

from .test_hostile import CORPUS, document, value

TEXTS = [
    pytest.param(path, case, id=f"{path}-{number}")
    for path in ("vendor", "services.0.labels.description")
    for number, case in enumerate(CORPUS[path])
    if case["expected"] == "accept" and "value_b64" not in case
]
NAMES = [
    pytest.param(path, case, id=f"{path}-{number}")
    for path in ("services.0.service_name", "services.0.image_tag", "registry", "services.0.base_user")
    for number, case in enumerate(CORPUS[path])
    if case["expected"] == "accept" and "value_b64" not in case
]


def planned(path: str, given_value: Any) -> Plan:
    return plan(answers.check(answers.load(json.dumps(document(path, given_value)), "answers.yaml")))


def labels(dockerfile: str) -> dict[str, str]:
    """The labels as Docker's shell lexer reads them: in double quotes a backslash escapes itself, " and $."""
    joined = re.search(r"^LABEL (.*?[^\\])\n(?! )", dockerfile, re.S | re.M)
    assert joined
    pairs = re.findall(r'([\w.-]+)="((?:\\.|[^"\\])*)"', joined[1].replace(" \\\n", " "))
    return {key: re.sub(r'\\([\\"$])', r"\1", text) for key, text in pairs}


def heading(text: str) -> str:
    tokens = MarkdownIt("commonmark").parse(text)
    children = tokens[1].children or []
    assert {child.type for child in children} <= {"text", "text_special"}
    return "".join(child.content for child in children)


@pytest.mark.parametrize(("path", "case"), TEXTS)
def test_texts_come_back(path: str, case: dict[str, Any]) -> None:
    text = value(case)
    rendered = {name: file.content.decode() for name, file in planned(path, text).rendered.items()}
    found = labels(rendered["containers/acme-probe/Dockerfile"])
    assert found["vendor" if path == "vendor" else "description"] == text
    if path == "vendor":
        assert heading(rendered["README.md"]) == f"{text} for TripleO Wallaby"
    for name, content in rendered.items():
        if name.endswith(".yaml"):
            yaml.safe_load(content)


@pytest.mark.parametrize(("path", "case"), NAMES)
def test_names_come_back(path: str, case: dict[str, Any]) -> None:
    text = str(value(case))
    try:
        made = planned(path, value(case))
    except AnswersError as error:  # across fields: a loopback registry, a name that is taken
        if not error.message.startswith("answers.yaml:"):
            pytest.fail(error.message)
        return
    parsed = [yaml.safe_load(file.content) for name, file in made.rendered.items() if name.endswith(".yaml")]
    assert parsed
    if path in ("registry", "services.0.image_tag"):
        image = made.repo.services[0].image
        assert image
        assert text in image.reference
        assert image.reference in made.rendered["environments/acme-tripleo.yaml"].content.decode()


PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(codec="utf-8", exclude_categories=["C"]) | st.just("\n"))
)
FREE = st.recursive(
    PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text("abc:- #{", min_size=1), inner)
)


@given(FREE, st.integers(0, 12))
def test_yaml_comes_back(data: Any, indent: int) -> None:
    nested = "key:\n" + " " * indent + " " + yaml_block(data, indent + 1)
    assert yaml.safe_load(nested) == {"key": data}


@pytest.mark.parametrize("indent", [2, 10])
def test_lines_of_a_block_stand_where_the_template_says(indent: int) -> None:
    assert yaml_block("a\nb\n", indent) == f"|\n{' ' * indent}a\n{' ' * indent}b"


def test_a_function_of_heat_stands_in_one_line() -> None:
    value = {"a::b": {"get_attr": ["RoleParametersValue", "value", "X"]}}
    assert yaml_block(value) == "a::b: {get_attr: [RoleParametersValue, value, X]}"


@given(PLAIN)
def test_yaml_in_one_line_comes_back(data: Any) -> None:
    written = yaml_value(data)
    assert "\n" not in written
    assert yaml.safe_load(f"key: {written}") == {"key": data}


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1))
def test_words_come_back(text: str) -> None:
    assert shlex.split(shell(text)) == [text]
    assert labels(f"LABEL a={docker_string(text)}\n") == {"a": text}
    assert heading(f"# {markdown(text)} x") == f"{text} x"


@given(st.text(st.sampled_from("{%#}-'\" ax\n")))
def test_a_text_of_a_template_comes_back(text: str) -> None:
    assert Template(jinja(text), keep_trailing_newline=True).render() == text


@pytest.mark.parametrize(("path", "case"), TEXTS)
def test_texts_come_back_from_the_overrides_and_from_tcib(path: str, case: dict[str, Any]) -> None:
    text = value(case)
    for release, name in (("train", "kolla/template-overrides.j2"), ("wallaby", "tcib/tcib/.*[.]yaml")):
        answered = document(path, text) | {"release": release}
        answered["services"][0] |= {"build": "kolla"}
        rendered = plan(answers.check(answers.load(json.dumps(answered), "answers.yaml"))).rendered
        (content,) = [
            file.content.decode() for file_name, file in rendered.items() if re.fullmatch(name, file_name)
        ]
        if release == "train":
            parent = Template("{% block footer %}{% endblock %}")
            written = Template(content).render(parent_template=parent, image_name="cinder-volume")
        else:
            actions = yaml.safe_load(content)["tcib_actions"]
            written = "".join(
                f"LABEL {Template(one['label']).render()}\n" for one in actions if "label" in one
            )
        found = {
            key: text
            for line in re.split(r"(?m)^LABEL ", written)[1:]
            for key, text in labels(f"LABEL {line}\n").items()
        }
        assert found["vendor" if path == "vendor" else "description"] == text
