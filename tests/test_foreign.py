"""`new --template`: any cookiecutter template, with its answers as data and none of its code run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold import answers as answers_file
from scaffold.errors import AnswersError
from scaffold.foreign import given as given_in
from scaffold.foreign import is_foreign, load, obsolete, plan_foreign
from scaffold.tree import File

from .test_new import run
from .test_questions import DOWN, ENTER, NO, follow, left, terminal, typed

PROJECT = "{{cookiecutter.slug}}"
NAMES = {"name": "Acme Tool", "slug": "{{ cookiecutter.name|slugify }}"}
PNG = b"\x89PNG\r\n\x1a\n\x00\x00{{ cookiecutter.name }}\xff\xfe"


def template(place: Path, variables: dict[str, Any], files: dict[str, str | bytes]) -> Path:
    """A template in PLACE; a file outside the project directory begins with a slash."""
    place.mkdir(parents=True, exist_ok=True)
    (place / "cookiecutter.json").write_text(json.dumps(variables))
    for name, content in files.items():
        path = place / name[1:] if name.startswith("/") else place / PROJECT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return place


# --- what cookiecutter itself makes

VARIABLES: dict[str, Any] = NAMES | {
    "package": "{{ cookiecutter.slug|replace('-', '_') }}",
    "licence": ["MIT", "Apache-2.0", "{{ cookiecutter.name }} terms"],
    "docs": True,
    "port": 8080,
    "matrix": {"py{{ cookiecutter.port }}": {"name": "{{ cookiecutter.name }}", "list": ["a", "{{ 1 }}"]}},
    "_private": ["{{ cookiecutter.name }}", 1],
    "__derived": "{{ cookiecutter.name|upper }} on {{ cookiecutter.port }}",
    "__map": {"of": "{{ cookiecutter.__derived }}"},
    "__prompts__": {"name": "What is it called?", "licence": {"MIT": "short"}},
}
SHOW = "{{ cookiecutter.%s|jsonify }}\n"
PARITY: dict[str, tuple[dict[str, Any], dict[str, str | bytes], dict[str, str]]] = {
    "variables": (
        VARIABLES,
        {
            "all.txt": "".join(SHOW % name for name in VARIABLES if name != "__prompts__"),
            "{{cookiecutter.package}}/{{cookiecutter.licence}}.txt": "{{ _cookiecutter.licence|length }}",
            "{% if not cookiecutter.docs %}docs.md{% endif %}": "docs",
        },
        {"licence": "Apache-2.0", "docs": "no", "port": "9000"},
    ),
    "files": (
        NAMES | {"_copy_without_render": ["raw", "*.html", "src/*.in"]},
        {
            "crlf.txt": "{{ cookiecutter.name }}\r\nb\r\n",
            "mixed.txt": "a\n{{ cookiecutter.name }}\r\n",
            "old.txt": "a\r{{ cookiecutter.name }}\r",
            "none.txt": "{{ cookiecutter.name }}",
            "blank.txt": "",
            "raw/{{ x }}/f": "{{ cookiecutter.name }}",
            "{{cookiecutter.slug}}.html": "{{ x }}",
            "src/deep/{{cookiecutter.slug}}.in": "{{ x }}",
            "logo.png": PNG,
            "with.txt": '{% include "part.txt" %}{% include "none.txt" %}',
            "/templates/part.txt": "of {{ cookiecutter.name }}\n",
            "{{cookiecutter.name}}/a/b.txt": "a name with a slash",
        },
        {"slug": "other", "name": "com/acme"},
    ),
    "settings": (
        NAMES
        | {
            "_new_lines": "\r\n",
            "_extensions": [
                "jinja2.ext.do",
                "jinja2.ext.loopcontrols",
                "cookiecutter.extensions.TimeExtension",
            ],
            "_jinja2_env_vars": {
                "trim_blocks": True,
                "lstrip_blocks": True,
                "line_comment_prefix": "##",
                "comment_start_string": "<#",
                "comment_end_string": "#>",
            },
        },
        {
            "f.txt": "a\n  {% set l = [] %}\n{% do l.append(1) %}\n{{ l }} {# kept #}<# gone #>\n## gone\n"
            "{% for i in [1, 2] %}{% if i == 2 %}{% break %}{% endif %}{{ i }}{% endfor %}\n",
        },
        {},
    ),
}


@pytest.mark.parametrize("name", PARITY)
def test_same_files_as_cookiecutter(name: str, tmp_path: Path) -> None:
    variables, files, values = PARITY[name]
    source = template(tmp_path / "template", variables, files)
    (source / PROJECT / next(iter(files))).chmod(0o755)  # the first file is executable
    made = plan_foreign(load(source), values)
    extra = [f"{key}={value}" for key, value in values.items()]
    command = [sys.executable, "-m", "cookiecutter", "--no-input", "-o", "out", str(source), *extra]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    out = tmp_path / "out" / made.name
    theirs = {
        path.relative_to(out).as_posix(): File(path.read_bytes(), os.access(path, os.X_OK))
        for path in out.rglob("*")
        if path.is_file()
    }
    assert made.rendered == theirs


def test_delimiters_of_its_own(tmp_path: Path) -> None:
    variables = {
        "slug": "acme",
        "_jinja2_env_vars": {"variable_start_string": "[[", "variable_end_string": "]]"},
    }
    source = template(
        tmp_path, variables, {"/[[cookiecutter.slug]]/[[cookiecutter.slug]]": "{{ x }} [[ 1 ]]"}
    )
    assert plan_foreign(load(source), {}).rendered == {"acme": File(b"{{ x }} 1")}


# --- answers are data

NASTY = st.lists(
    st.one_of(
        st.sampled_from(
            ["{{ 7*7 }}", "{%", "%}", "{#", "{{", "}}", "{% raw %}", "\n", "\r\n", "'", "#", "\t", "\\"]
        ),
        st.sampled_from(
            ["{{ cycler.__init__.__globals__.os.popen('touch pwned').read() }}", "../", "~", "!!x", ": "]
        ),
        st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=5),
    ),
    max_size=8,
).map("".join)


@settings(deadline=None)
@given(NASTY)
def test_an_answer_full_of_jinja_comes_out_verbatim(text: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        variables = {"slug": "acme", "text": "", "twice": "{{ cookiecutter.text }}", "map": {}}
        files: dict[str, str | bytes] = {
            "f": "{{ cookiecutter.text }}|{{ cookiecutter.twice }}|{{ cookiecutter.map.x }}"
        }
        source = load(template(Path(place), variables, files))
    planned = plan_foreign(source, {"text": text, "map": {"x": text}})
    assert planned.rendered["f"].content.decode() == f"{text}|{text}|{text}"
    stored = answers_file.load(
        planned.state[".vendor-scaffold/answers.yaml"].content.decode(), "answers.yaml"
    )
    assert is_foreign(stored)
    again = plan_foreign(source, given_in(stored).values)
    assert (again.rendered, again.state) == (planned.rendered, planned.state)


FAULTS = {
    "--set nme=x": 'there is no variable "nme" in this template; did you mean "name"?',
    "--set _private=x": "is private",
    "--set licence=MITT": "must be one of MIT, Apache-2.0, Acme Tool terms",
    "--set docs=perhaps": 'must be yes or no, not "perhaps"',
    "--set matrix=[1]": "must be a map, or a JSON object",
    "--set port=\x1b": "holds a character",
}


def test_every_fault_is_reported_at_once(tmp_path: Path) -> None:
    source = template(tmp_path / "t", VARIABLES | {"owner": None}, {"f": "{{ cookiecutter.owner.lower() }}"})
    flags = [word for fault in FAULTS for word in fault.split(" ", 1)]
    done = run("new", "--template", str(source), "--defaults", *flags, cwd=tmp_path)
    assert done.returncode == 2
    for flag, words in FAULTS.items():
        assert f"error: {flag.partition('=')[0]}: {words}" in done.stderr
    assert "error: owner: is missing: --set owner=VALUE" in done.stderr
    assert len(done.stderr.splitlines()) == len(FAULTS) + 1
    assert [path.name for path in tmp_path.iterdir()] == ["t"]


def test_an_answers_file_is_placed_and_checked(tmp_path: Path) -> None:
    source = template(tmp_path / "t", VARIABLES, {"f": ""})
    (tmp_path / "a.yaml").write_text('name: Acme\nanswers:\n  docs: 7\n  port: "0123"\n  matrix: {a: [1]}\n')
    done = run("new", "--template", str(source), "-a", "a.yaml", cwd=tmp_path)
    assert "a.yaml:1:7: name: is none of schema, template, keep and answers" in done.stderr
    (tmp_path / "a.yaml").write_text('answers:\n  docs: 7\n  port: "0123"\n  matrix: {a: [1]}\n')
    done = run("new", "--template", str(source), "-a", "a.yaml", cwd=tmp_path)
    assert "a.yaml:2:9: docs: must be yes or no" in done.stderr
    done = run("new", "--template", str(source), "-a", "a.yaml", "--set", "docs=on", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (
        'port: "0123"\n  matrix:\n    a:\n      - 1\n'
        in (tmp_path / "out/.vendor-scaffold/answers.yaml").read_text()
    )
    done = run("new", "-a", "out/.vendor-scaffold/answers.yaml", "again", cwd=tmp_path)
    assert "--template DIR|ZIP" in done.stderr


# --- what does not repeat

VOLATILE = NAMES | {
    "secret": "{{ random_ascii_string(12) }}",
    "year": "{% now 'utc', '%Y-%m-%d %H:%M:%S.%f' %}",
    "__id": "{{ uuid4() }}",
}
DRAWN: dict[str, str | bytes] = {
    "a": "{{ random_ascii_string(9) }} {{ random_ascii_string(9) }} {{ cookiecutter.__id }}",
    "b": "{{ random_ascii_string(9) }} {% now 'utc', '%f' %} {{ range(10**5)|random }} {{ lipsum(1) }}",
    "{{ uuid4() }}": "",
}


def test_time_and_random_values_are_kept(tmp_path: Path) -> None:
    source = load(template(tmp_path / "t", VOLATILE, DRAWN))
    first, other = plan_foreign(source, {}), plan_foreign(source, {})
    assert first.rendered != other.rendered
    document = answers_file.load(
        first.state[".vendor-scaffold/answers.yaml"].content.decode(), "answers.yaml"
    )
    # a file that a newer template has in between shifts nothing
    newer = load(template(tmp_path / "t", VOLATILE, {"aa": "{{ random_ascii_string(9) }}"}))
    again, updated = (plan_foreign(one, given_in(document).values) for one in (source, newer))
    assert (again.rendered, again.state) == (first.rendered, first.state)
    assert first.rendered.items() <= updated.rendered.items()
    one, two, _ = first.rendered["a"].content.split()
    assert one != two


def test_answers_to_variables_that_are_gone_are_named(tmp_path: Path) -> None:
    source = load(template(tmp_path, NAMES, {"f": ""}))
    assert obsolete(source, {"name": "x", "old": "y", "_computed": {}}) == ("old",)


# --- files as they are


def test_links_modes_empty_directories_and_other_encodings(tmp_path: Path) -> None:
    source = template(
        tmp_path / "t", NAMES, {"{{cookiecutter.slug}}.sh": "", "sub/latin": b"caf\xe9 {{ x }}\n"}
    )
    project = source / PROJECT
    (project / "{{cookiecutter.slug}}.sh").chmod(0o755)
    (project / "sub/link").symlink_to("../{{cookiecutter.slug}}.sh")
    (project / "dir").symlink_to("sub")
    (project / "later").symlink_to("dir/not-there-yet")
    (project / "empty").mkdir()
    done = run("new", "--template", "t", "--defaults", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    made = tmp_path / "acme-tool"
    assert (made / "sub/link").readlink() == Path("../acme-tool.sh")
    assert (made / "dir").readlink() == Path("sub")
    assert (made / "acme-tool.sh").stat().st_mode & 0o111
    assert (made / "sub/latin").read_bytes() == b"caf\xe9 {{ x }}\n"
    assert not (made / "empty").exists()
    notes = json.loads(done.stdout)["notes"]
    assert len(notes) == 2
    assert all(f"note: {note}\n" in done.stderr for note in notes)
    state = json.loads((made / ".vendor-scaffold/state.json").read_text())
    assert state["template"] == {"name": "t", "digest": load(source).digest}


# --- several templates in one


def nested(place: Path) -> Path:
    """Two templates, the second of them two again, in the older form."""
    variables = {
        "templates": {
            "agent": {"path": "./agent", "title": "Agent", "description": "A daemon"},
            "driver": {"path": "./driver", "title": "Driver"},
        }
    }
    template(place, variables, {"/agent/hooks/post_gen_project.sh": ""})
    template(place / "agent", NAMES, {"agent": "{{ cookiecutter.name }}"})
    template(place / "driver", {"template": ["Cinder (cinder)", "Neutron (./neutron)"]}, {})
    for name in ("cinder", "neutron"):
        template(place / "driver" / name, NAMES, {name: ""})
    return place


def test_one_of_several_templates_is_chosen(tmp_path: Path) -> None:
    source = load(nested(tmp_path))
    agent = plan_foreign(source, {"template": "agent", "name": "X"})
    assert agent.rendered == {"agent": File(b"X")}
    assert agent.notes[0].startswith("hooks/post_gen_project.sh is not run")
    assert agent.answers == {"template": "agent", "name": "X", "slug": "x"}
    assert plan_foreign(source, {"template": "driver/Neutron"}).rendered == {"neutron": File(b"")}
    for values, words in (({}, "one of agent, driver"), ({"template": "agnt"}, 'did you mean "agent"?')):
        with pytest.raises(AnswersError, match=words):
            plan_foreign(source, values)


# --- asking


def test_variables_are_asked_on_a_terminal(tmp_path: Path) -> None:
    source = nested(tmp_path / "t")
    variables = VARIABLES | {"owner": None}
    shown = " ".join(f"{{{{ cookiecutter.{name} }}}}" for name in ("owner", "licence", "docs", "matrix"))
    template(source / "agent", variables, {"f": shown})
    story = [
        ("Select a template", ENTER),
        ("What is it called?", typed("{{ 7*7 }} Acme")),
        ("slug", ENTER),
        ("package", typed("first")),
        ("Select licence", DOWN + ENTER),
        ("docs", NO),
        ("port", ENTER),
        ("owner", typed("me")),
        ("matrix (JSON)", typed("[1]")),
        ("must be a map", "\x15" + typed('{"a": "{{ b }}"}')),
        ("{{ 7*7 }} Acme", ""),
        ("Is this right?", DOWN * 4 + ENTER),
        ("package", typed("second")),
        ("package: second", ""),
        ("Is this right?", ENTER),
    ]
    with terminal(tmp_path, "--template", str(source)) as child:
        follow(child, story)
        status, said = left(child)
    assert status == 0, said
    made = tmp_path / "out"
    assert (made / "f").read_text() == "me Apache-2.0 False {'a': '{{ b }}'}"
    stored = (made / ".vendor-scaffold/answers.yaml").read_text()
    assert "name: '{{ 7*7 }} Acme'" in stored
    assert "package: second" in stored


def test_leaving_the_questions_writes_nothing(tmp_path: Path) -> None:
    source = template(tmp_path / "t", VARIABLES, {"f": ""})
    with terminal(tmp_path, "--template", str(source)) as child:
        follow(child, [("What is it called?", ENTER), ("slug", "\x03")])
        status, said = left(child)
    assert (status, "nothing was written" in said) == (130, True)
    assert [path.name for path in tmp_path.iterdir()] == ["t"]
