"""Dockerfiles as rules read them: instructions, stages and the commands of RUN, each with its place."""

from __future__ import annotations

from scaffold.documents import Dockerfile
from scaffold.documents.shell import commands

TEXT = """# syntax=docker/dockerfile:1
ARG TAG=1
ARG BASE=example.com/x/y:${TAG}
FROM $BASE as Below
RUN --mount=type=cache,target=/x dnf install -y a \\
    # a comment between

    b && if ! curl -k "http://a && b" 2>&1 | tar xz; then \\
      X=$(pwd) yum clean all; fi # done
RUN <<EOF
dnf install \\
  x
# no command
  pip install 'a b'
EOF
RUN cat <<-"END" >/etc/x.conf
	rm -rf /
	END
RUN ["dnf", "install", "x y"]
COPY --from=other ["a b", "/c"]
FROM ${OTHER:-scratch} AS aside
run grep -c x <<<word
FROM below
USER root
"""


def test_commands_and_their_places() -> None:
    found = [
        (c.line, c.column, *c.words) for i in Dockerfile("Dockerfile", TEXT).instructions for c in commands(i)
    ]
    assert found == [
        (5, 34, "dnf", "install", "-y", "a", "b"),
        (8, 10, "curl", "-k", "http://a && b", "2>&1"),
        (8, 46, "tar", "xz"),
        (9, 11, "pwd"),
        (9, 16, "yum", "clean", "all"),
        (9, 31, "fi"),
        (11, 1, "dnf", "install", "x"),
        (14, 3, "pip", "install", "a b"),
        (16, 5, "cat", "<<-END", ">/etc/x.conf"),
        (19, 1, "dnf", "install", "x y"),
        (22, 5, "grep", "-c", "x", "<<<word"),
    ]  # fmt: skip


def test_stages_and_what_they_start_from() -> None:
    document = Dockerfile("Dockerfile", TEXT)
    assert [(stage.name, document.base(stage)) for stage in document.stages] == [
        ("Below", "example.com/x/y:1"),
        ("aside", "scratch"),
        (None, "below"),
    ]
    assert [stage.name for stage in document.layers] == ["Below", None]
    assert [i.arguments for i in document.built if i.name in ("COPY", "USER")] == [("a b", "/c"), ("root",)]


def test_the_escape_directive_changes_the_mark() -> None:
    document = Dockerfile("Dockerfile", "# escape=`\nRUN a `\n  b\\\nUSER x")
    assert [(i.name, i.text) for i in document.instructions] == [("RUN", "a b\\"), ("USER", "x")]


def test_what_has_no_end_is_read_to_the_end() -> None:
    for text in ("RUN a \\", "RUN <<EOF\nb", "FROM", "RUN", "RUN []", "RUN 'a", "COPY [", "\\", "ARG"):
        document = Dockerfile("Dockerfile", text)
        assert len(document.instructions) == 1
        assert [len(list(commands(i))) for i in document.instructions] <= [1]
        assert len(document.layers) == (text == "FROM")
