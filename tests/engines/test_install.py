"""The cache of the engines: built once, again when the recipe changes, and never trusted half built."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from scaffold.verify import install


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
