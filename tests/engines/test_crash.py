"""Engines that are broken themselves: that is said, and nothing of it is laid at the repository's door."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.verify import install

from ..upkeep import made

pytestmark = pytest.mark.engines
BROKEN = "import nothing_of_the_kind\n"
# the engine, the release, the piece of the cache that is damaged, and the file of it
CASES = [
    ("heat", "train", "env-heat", "lib/python3*/site-packages/heatclient/__init__.py"),
    ("tht", "train", "tripleo-heat-templates-11.6.0", "tools/yaml-validate.py"),
    ("kolla", "train", "kolla-9.4.0", "*.data/data/share/kolla/docker/base/set_configs.py"),
    ("command-line", "train", "paunch-5.5.1", "paunch/__init__.py"),
    ("command-line", "wallaby", "tripleo-ansible-6.0.0", "*.data/**/modules/tripleo_container_manage.py"),
    ("linters", "train", "env-linters", "bin/hadolint"),
]
EVERYDAY = ("heat", "linters")
ANSWERS = """\
vendor: Acme
release: {release}
services:
  - {{service_name: acme-agent, privileged: true, kernel_module: {{name: acme_dev, loader: separate}}}}
"""


def linked(origin: str, target: str) -> None:
    try:
        os.link(origin, target)
    except OSError:  # another file system
        shutil.copy2(origin, target)


def damaged(piece: str, file: str, directory: Path) -> Path:
    """A cache like the one of the tests, with one file of one piece broken."""
    cache = directory / "engines"
    cache.mkdir()
    install.cache_directory().mkdir(exist_ok=True)
    for entry in install.cache_directory().iterdir():
        if entry.name == piece:
            shutil.copytree(entry, cache / piece, symlinks=True, copy_function=linked)
        elif not entry.name.startswith("rehearsal-"):
            (cache / entry.name).symlink_to(entry)
    (found,) = (cache / piece).glob(file)
    text = "#!/bin/sh\nexit 127\n" if file.startswith("bin/") else BROKEN + found.read_text()
    found.unlink()  # it may be a hard link into the cache
    found.write_text(text)
    found.chmod(0o755)
    return cache


@pytest.mark.parametrize(
    ("engine", "release", "piece", "file"),
    [pytest.param(*case, marks=[] if case[0] in EVERYDAY else [pytest.mark.slow]) for case in CASES],
    ids=lambda case: str(case)[:20],
)
def test_an_engine_that_is_broken_says_nothing_of_the_repository(
    engine: str, release: str, piece: str, file: str, tmp_path: Path
) -> None:
    repo = made(tmp_path, ANSWERS.format(release=release))
    command = [sys.executable, "-m", "scaffold", "verify", str(repo), "--engine", engine]
    if not (install.cache_directory() / f"{piece}.stamp").exists():
        subprocess.run(command, capture_output=True, check=True)  # brings it
    cache = damaged(piece, file, tmp_path)
    environment = os.environ | {"VENDOR_SCAFFOLD_ENGINES": str(cache)}
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, env=environment)
    report = json.loads(done.stdout)
    (act,) = report["engines"]
    assert (done.returncode, report["state"], act["state"]) == (1, "crashed", "crashed"), done.stdout
    assert act["findings"] == []
    assert act["reason"]
    if engine == "kolla":
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        assert done.returncode == 1
        assert "  not run: the engine itself failed, which says nothing of the repository: " in done.stdout
        assert "nothing was rehearsed; crashed: kolla (" in done.stdout
        assert "the deployment would fail" not in done.stdout
        assert "Traceback" not in done.stderr
