"""`new --template` with hostile templates: no code of theirs runs, nothing leaves the destination."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

import pytest

from scaffold.errors import ScaffoldError
from scaffold.foreign import archive, load, plan_foreign
from scaffold.tree import File

from .test_foreign import NAMES, PROJECT, template
from .test_new import run

# --- code that is not run


def test_hooks_are_not_run_and_that_is_said(tmp_path: Path) -> None:
    hooks: dict[str, str | bytes] = {
        f"/hooks/{name}.py": f"open({str(tmp_path / 'pwned')!r}, 'w')"
        for name in ("pre_prompt", "pre_gen_project", "post_gen_project")
    }
    template(tmp_path / "t", NAMES, hooks | {"f": ""})
    done = run("new", "--template", "t", "--defaults", "--json", cwd=tmp_path)
    assert done.returncode == 0
    assert len(json.loads(done.stdout)["notes"]) == 3
    assert "note: hooks/post_gen_project.py is not run" in done.stderr
    assert not (tmp_path / "pwned").exists()


UNSAFE: dict[str, tuple[dict[str, Any], str]] = {
    "local extension": ({"_extensions": ["local_extensions.Evil"]}, "would run code"),
    "any import": ({"_extensions": ["os.system", "jinja2.ext.Extension"]}, "would run code"),
    "extensions as text": ({"_extensions": "os"}, "must be a list"),
    "undefined": ({"_jinja2_env_vars": {"undefined": "x"}}, "no plain option"),
    "loader": ({"_jinja2_env_vars": {"loader": {}, "bytecode_cache": 1}}, "no plain option"),
    "option of another type": ({"_jinja2_env_vars": {"trim_blocks": "yes"}}, "cannot be"),
    "delimiters alike": ({"_jinja2_env_vars": {"block_start_string": "{{"}}, "_jinja2_env_vars"),
    "a default that calls": ({"x": "{{ cycler.__init__.__globals__.os.popen('touch pwned') }}"}, "sandbox"),
    "a default that fails": ({"x": "{{ 1/0 }}"}, r"cookiecutter.json \(x\)"),
    "a default that is undefined": ({"x": "{{ cookiecutter.y }}"}, "'y'"),
    "a default that is no Jinja": ({"x": "{% nope %}"}, "nope"),
    "patterns": ({"_copy_without_render": "x"}, "list of patterns"),
    "line ending": ({"_new_lines": "\n\n"}, "line ending"),
    "prompts": ({"__prompts__": []}, "map"),
}


@pytest.mark.parametrize("name", UNSAFE)
def test_unsafe_settings_are_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    variables, words = UNSAFE[name]
    monkeypatch.chdir(tmp_path)
    source = template(
        tmp_path / "t", NAMES | variables, {"f": "", "/local_extensions.py": "open('pwned', 'w')"}
    )
    with pytest.raises(ScaffoldError, match=words):
        plan_foreign(load(source), {})
    assert not (tmp_path / "pwned").exists()


BROKEN = {
    "{{ ''.__class__.__mro__ }}": "sandbox",
    "{{ cookiecutter.__init__.__globals__ }}": "sandbox",
    "a\n\n{{ cookiecutter.nme }}": r"f:3: .*'nme'",
    "a\n{% if %}": "f:2: Expected an expression",
    "{% include '/etc/passwd' %}": "passwd",
    "{% include '../cookiecutter.json' %}": "cookiecutter.json",
    "{{ 1 + 'x' }}": "TypeError",
    "{% for i in range(10**9) %}{% endfor %}": "Range too big",
    "{{ cookiecutter._output_dir }}": "_output_dir",
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_template_that_fails_is_told_with_its_place(text: str, tmp_path: Path) -> None:
    with pytest.raises(ScaffoldError, match=BROKEN[text]):
        plan_foreign(load(template(tmp_path, NAMES, {"f": text})), {})


# --- nothing leaves the destination

PATHS = [
    "../x",
    "/etc/x",
    "a/../../x",
    "..",
    ".git/hooks/post-checkout",
    "a/.GIT/config",
    ".vendor-scaffold/x",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_path_that_leaves_is_refused(path: str, tmp_path: Path) -> None:
    template(tmp_path / "t", {"slug": "acme", "path": ""}, {"{{cookiecutter.path}}": "x", "f": "", "g": ""})
    done = run("new", "--template", "t", "--set", f"path={path}", "deep/out", cwd=tmp_path)
    assert done.returncode == 1
    assert "the template cannot be written" in done.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["t"]


@pytest.mark.parametrize(
    "slug", ["../x", "/x", "..", ".", "", "a/b", "-rf", "~", "a\nb", ".git", ".GIT", "git~1", ".hg"]
)
def test_a_project_directory_is_a_plain_name(slug: str, tmp_path: Path) -> None:
    source = load(template(tmp_path, {"slug": ""}, {"f": ""}))
    with pytest.raises(ScaffoldError, match="plain name"):
        plan_foreign(source, {"slug": slug})


LINKS = {
    "absolute": {"l": "/etc/passwd"},
    "parent": {"l": "../x"},
    "out and back": {"l": "sub/../../x"},
    "chain": {"a": "sub", "sub/b": "..", "l": "a/b/../x"},
    "through a link": {"a": "sub/deep", "sub/deep/b": "../..", "l": "a/b/../x"},
    "circle": {"l": "m", "m": "l"},
    "git": {"l": ".git/hooks"},
    "state": {"l": ".vendor-scaffold/answers.yaml"},
    "rendered": {"l": "{{ cookiecutter.up }}/x"},
}


@pytest.mark.parametrize("name", LINKS)
def test_a_link_that_leaves_is_refused(name: str, tmp_path: Path) -> None:
    source = template(tmp_path / "t", {"slug": "acme", "up": ".."}, {"f": ""})
    for path, target in LINKS[name].items():
        (source / PROJECT / path).parent.mkdir(parents=True, exist_ok=True)
        (source / PROJECT / path).symlink_to(target)
    done = run("new", "--template", "t", "--defaults", cwd=tmp_path)
    assert done.returncode == 1
    assert "the link leads" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["t"]


# --- no system takes what is written for a repository, whose configuration runs commands


CONFIG = '[core]\n\trepositoryformatversion = 0\n\tworktree = .\n\tfsmonitor = "touch {canary}"\n'
BARE = {"HEAD": "ref: refs/heads/main\n", "objects/k": "", "refs/k": ""}
REPOSITORIES: dict[str, dict[str, str]] = {
    "bare": BARE,
    "bare, deep": {f"a/b/{name}": text for name, text in BARE.items()},
    "bare, of another directory": {
        "HEAD": BARE["HEAD"],
        "commondir": "sub\n",
        "sub/objects/k": "",
        "sub/refs/k": "",
    },
    "bare, objects and refs are programs": {"HEAD": BARE["HEAD"], "objects": "#!", "refs": "#!"},
    "bare, of links": {"HEAD": BARE["HEAD"], "l/k": "", "refs": "-> l", "objects": "-> l"},
    "bare, on a file system without case": {"head": BARE["HEAD"], "Objects/k": "", "REFS/k": ""},
    "bare, by answers": {"{{cookiecutter.h}}": BARE["HEAD"], "objects/k": "", "refs/k": ""},
    "directory": {f".git/{name}": text for name, text in BARE.items()},
    "directory, case": {f"a/.GiT/{name}": text for name, text in BARE.items()},
    "file": {".git": "gitdir: sub\n", **{f"sub/{name}": text for name, text in BARE.items()}},
    "file, deep": {"a/.git": "gitdir: ../sub\n"},
    "link": {".git": "-> sub", **{f"sub/{name}": text for name, text in BARE.items()}},
    "short name": {"GIT~1/config": ""},
    "stream": {".git::$INDEX_ALLOCATION/config": ""},
    "dots and spaces": {".git. ./config": ""},
    "unseen letter": {".g\u200cit/config": ""},
    "mercurial": {".hg/hgrc": "[hooks]"},
    "mercurial, case": {"a/.HG/hgrc": "[hooks]"},
    "jujutsu": {".jj/repo/config.toml": ""},
}


RUN_BY_GIT = {"bare", "bare, objects and refs are programs", "bare, of links", "directory", "file", "link"}


@pytest.mark.parametrize("name", REPOSITORIES)
def test_a_tree_that_git_takes_for_a_repository_is_refused(name: str, tmp_path: Path) -> None:
    """The same files, laid out by hand, let the next git status run a command."""
    canary = tmp_path / "pwned"
    source = template(tmp_path / "t", {"slug": "acme", "h": "HEAD"}, {"f": ""})
    files = REPOSITORIES[name]
    configured = {"", "sub/", *(path[:-4] for path in files if path.casefold().endswith("head"))}
    files = files | {f"{folder}config": CONFIG.format(canary=canary) for folder in configured}
    for path, text in files.items():
        place = source / PROJECT / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if text.startswith("-> "):
            place.symlink_to(text[3:])
        else:
            place.write_text(text)
            place.chmod(0o755)
    done = run("new", "--template", "t", "--defaults", cwd=tmp_path)
    assert done.returncode == 1, done.stdout
    assert "the template cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["t"]
    by_hand = tmp_path / "by hand"
    shutil.copytree(source / PROJECT, by_hand, symlinks=True)
    if name in RUN_BY_GIT:
        subprocess.run(["git", "status"], cwd=by_hand, capture_output=True)
        assert canary.exists(), "this case proves nothing: git runs nothing in it"
    if name in RUN_BY_GIT | {"bare, of another directory"}:
        found = subprocess.run(["git", "rev-parse", "--absolute-git-dir"], cwd=by_hand, capture_output=True)
        assert found.stdout.decode().startswith(str(by_hand))


def test_a_tree_becomes_no_repository_with_what_is_there(tmp_path: Path) -> None:
    """HEAD of the template, and refs of the directory that it is written to or that an update finds."""
    source = template(tmp_path / "t", NAMES, {"sub/HEAD": BARE["HEAD"], "f": ""})
    (tmp_path / "out/sub/refs/heads").mkdir(parents=True)
    for more in ([], ["--adopt"]):
        done = run("new", "--template", "t", "--defaults", *more, "out", cwd=tmp_path)
        assert done.returncode == 1
        assert "would take it for a repository" in done.stderr
    (source / PROJECT / "sub/HEAD").unlink()
    assert run("new", "--template", "t", "--defaults", "out", cwd=tmp_path).returncode == 0
    (source / PROJECT / "sub/HEAD").write_text(BARE["HEAD"])
    done = run("update", "--template", "../t", "--defaults", cwd=tmp_path / "out")
    assert done.returncode == 1
    assert "would take it for a repository" in done.stderr
    assert not (tmp_path / "out/sub/HEAD").exists()


def test_names_that_only_look_like_a_repository_are_written(tmp_path: Path) -> None:
    plain = {
        "refs/a": "",
        "objects/b": "",
        "HEADER": "",
        "a/HEAD": "x",
        ".gitignore": "",
        ".github/x": "",
        "git": "",
    }
    source = load(template(tmp_path, {"slug": "acme"}, plain))
    assert set(plan_foreign(source, {}).rendered) == set(plain)


def test_names_that_collide_are_refused(tmp_path: Path) -> None:
    source = load(template(tmp_path, {"slug": "a", "b": "f"}, {"f": "", "{{cookiecutter.b}}": "", "g/x": ""}))
    with pytest.raises(ScaffoldError, match="two files"):
        plan_foreign(source, {})
    assert set(plan_foreign(source, {"b": "{{ 7*7 }}"}).rendered) == {"f", "{{ 7*7 }}", "g/x"}
    with pytest.raises(ScaffoldError, match="lies below 'g'"):
        plan_foreign(source, {"b": "g"})


def test_a_template_reaches_nothing_outside_itself(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "parts").mkdir()
    source = template(tmp_path / "t", NAMES, {"f": '{% include "part" %}', "/templates/x": ""})
    (source / "templates/part").symlink_to("../../secret")
    with pytest.raises(ScaffoldError, match="leads out of the template"):
        load(source)
    (source / "templates/part").unlink()
    (source / "templates/part").symlink_to("x")
    assert plan_foreign(load(source), {}).rendered["f"].content == b""
    os.mkfifo(source / PROJECT / "pipe")
    with pytest.raises(ScaffoldError, match="no file, directory or symbolic link"):
        load(source)


@pytest.mark.parametrize("what", ["nothing", "https://example.com/t.zip", "gh:acme/template", "t", "t.zip"])
def test_what_is_no_template_is_told(what: str, tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    (tmp_path / "t.zip").write_text("no zip")
    done = run("new", "--template", what, "--defaults", cwd=tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


# --- zips


def zipped(file: Path, members: dict[str, bytes | None], mode: int = 0) -> Path:
    """A zip of MEMBERS; MODE is that of the last."""
    with ZipFile(file, "w") as content:
        for number, (name, data) in enumerate(members.items(), 1):
            info = ZipInfo(name)
            info.external_attr = (mode if number == len(members) else 0) << 16
            content.writestr(info, data or b"")
    return file


CONTEXT = json.dumps({"slug": "acme"}).encode()
PLAIN: dict[str, bytes | None] = {
    "t-1.0/": None,
    "t-1.0/cookiecutter.json": CONTEXT,
    f"t-1.0/{PROJECT}/f": b"x",
}
ZIPS: dict[str, tuple[dict[str, bytes | None], int, str]] = {
    "slip": ({"../pwned": b""}, 0, "leads out"),
    "absolute": ({"/tmp/pwned": b""}, 0, "leads out"),
    "backslash": ({"..\\pwned": b""}, 0, "leads out"),
    "through a link": ({"t-1.0/l": b"../..", "t-1.0/l/pwned": b"x"}, 0, "exists|directory"),
    "link": ({f"t-1.0/{PROJECT}/l": b"/etc/passwd"}, stat.S_IFLNK | 0o777, "the link leads"),
    "context is a link": ({"t-1.0/templates": b"/etc"}, stat.S_IFLNK | 0o777, "leads out"),
    "device": ({"t-1.0/dev": b""}, stat.S_IFCHR, "no file"),
    "bomb": ({"t-1.0/bomb": b"\0" * 2000}, 0, "holds more than"),
    "many": ({f"t-1.0/{number}": b"" for number in range(20)}, 0, "members"),
}


def test_a_zip_makes_the_same_as_its_directory(tmp_path: Path) -> None:
    packed = zipped(tmp_path / "t.zip", PLAIN | {f"t-1.0/{PROJECT}/run": b"#!"}, stat.S_IFREG | 0o755)
    linked = zipped(tmp_path / "l.zip", PLAIN | {f"t-1.0/{PROJECT}/l": b"f"}, stat.S_IFLNK | 0o777)
    assert plan_foreign(load(packed), {}).rendered == {"f": File(b"x"), "run": File(b"#!", True)}
    assert plan_foreign(load(linked), {}).rendered["l"] == File(b"f", link=True)
    bare = zipped(tmp_path / "bare.zip", {name[6:]: data for name, data in PLAIN.items() if data})
    source = template(tmp_path / "t", {"slug": "acme"}, {"f": "x"})
    assert load(bare).digest == load(source).digest


@pytest.mark.parametrize("name", ZIPS)
def test_a_hostile_zip_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 1000)
    monkeypatch.setattr(archive, "MOST_FILES", 10)
    members, mode, words = ZIPS[name]
    file = zipped(tmp_path / "t.zip", PLAIN | members, mode)
    with pytest.raises(ScaffoldError, match=words):
        plan_foreign(load(file), {})
    assert not (tmp_path.parent / "pwned").exists()


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    file = zipped(tmp_path / "t.zip", PLAIN)
    data = bytearray(file.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 1)
    file.write_bytes(data)
    with pytest.raises(ScaffoldError, match="encrypted"):
        load(file)


@pytest.mark.parametrize("path", ["../x", "/etc", "", ".", "none"])
def test_a_nested_template_lies_inside(path: str, tmp_path: Path) -> None:
    template(tmp_path / "x", NAMES, {"f": ""})
    source = template(tmp_path / "t", {"templates": {"a": {"path": path}}}, {})
    with pytest.raises(ScaffoldError, match=r"leads out of|has no directory"):
        load(source)
