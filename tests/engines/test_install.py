"""The cache of the engines: built once, again when the recipe changes, and never trusted half built."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from scaffold.verify import install, processes


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("VENDOR_SCAFFOLD_ENGINES", str(tmp_path / "cache"))
    return tmp_path / "cache"


def builder(log, fails=False):
    def build(target):
        target.mkdir()
        (target / f"part-{len(log)}").touch()
        log.append(target.name)
        if fails:
            raise KeyboardInterrupt

    return build


def test_built_once_and_again_for_another_recipe(cache):
    log = []
    for recipe in ("one", "one", "two", "two"):
        target = install.once("piece", recipe, builder(log))
        assert target == cache / "piece"
    assert len(log) == 2
    assert [path.name for path in target.iterdir()] == ["part-1"]


def test_an_interrupted_build_starts_over(cache):
    log = []
    with pytest.raises(KeyboardInterrupt):
        install.once("piece", "one", builder(log, fails=True))
    target = install.once("piece", "one", builder(log))
    assert [path.name for path in target.iterdir()] == ["part-1"]


def test_what_is_there_is_taken_without_writing(cache):
    install.once("piece", "one", builder([]))
    (cache / "piece.lock").unlink()
    assert install.once("piece", "one", builder([])) == cache / "piece"
    assert sorted(path.name for path in cache.iterdir()) == ["piece", "piece.stamp"]


def test_those_who_come_together_wait_for_one_build(cache):
    log = []
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: install.once("piece", "one", builder(log)), range(8)))
    assert log == ["piece"]


def test_a_command_that_fails_shows_its_output():
    with pytest.raises(RuntimeError, match=r"exit status 3\nsorry"):
        install.run(["sh", "-c", "echo sorry >&2; exit 3"])


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        (
            "Could not fetch URL: Failed to establish a new connection\nERROR: No matching distribution",
            "let pip",
        ),
        ("ERROR: No matching distribution found for netifaces==0.11.0", "the package index has no wheel"),
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "make room in"),
        ("error: command 'x86_64-linux-gnu-gcc' failed: No such file or directory", "see what pip says: pip"),
        ("[Errno 13] Permission denied: '/engines'", "set VENDOR_SCAFFOLD_ENGINES"),
    ],
)
def test_a_hint_fits_what_pip_says(cache, said, remedy):
    assert install.pip_remedy(said, "pip install").startswith(remedy)


def test_nothing_of_the_caller_reaches_pip_but_the_way_to_its_index(monkeypatch, tmp_path):
    for name in ("PIP_TARGET", "PIP_CONSTRAINT", "PIP_INDEX_URL", "PYTHONPATH", "PYTHONHOME", "https_proxy"):
        monkeypatch.setenv(name, "given")
    monkeypatch.delenv("HOME")
    seen = processes.for_pip(tmp_path)
    given = {name for name, value in seen.items() if value == "given"}
    assert given == {"PIP_INDEX_URL", "https_proxy"}
    assert seen["HOME"] == str(tmp_path)


def test_root_gives_what_it_makes_in_the_cache_of_a_user_to_that_user(cache):
    if os.geteuid() != 0:
        pytest.skip("needs root: sudo pytest tests/engines/test_install.py")
    cache.mkdir()
    os.chown(cache, 1000, 1000)
    install.once("piece", "one", builder([]))
    owners = {path.stat().st_uid for path in cache.rglob("*")}
    assert owners == {1000}
