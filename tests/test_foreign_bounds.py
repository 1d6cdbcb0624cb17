"""Templates that never come to an end: rendering stops at a bound, with the template and the bound named."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scaffold import foreign
from scaffold.errors import ScaffoldError

from .test_foreign import NAMES, template
from .test_new import run

LOOPS = "{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}{% endfor %}" + (
    "{% endfor %}{% endfor %}"
)
GREEDY = {
    "a wide number": "{{ '%2000000000d' % 1 }}",
    "a list that grows": "{% set a = [1] %}{% for i in range(99) %}{% set _ = a.extend(a) %}{% endfor %}",
    "a text that grows": "{{ ('x' * 90000000 ~ 'y') * 9 }}",
    "words": "{{ 'ab' | center(1333333339) }}",
}
BOUNDS = {"seconds": "VENDOR_SCAFFOLD_TEMPLATE_SECONDS", "megabytes": "VENDOR_SCAFFOLD_TEMPLATE_MEGABYTES"}


@pytest.fixture(autouse=True)
def _low(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BOUNDS["seconds"], "2")
    monkeypatch.setenv(BOUNDS["megabytes"], "100")


def seconds_of(*command: str, cwd: Path) -> tuple[subprocess.CompletedProcess[str], float]:
    begin = time.monotonic()
    return run(*command, cwd=cwd), time.monotonic() - begin


@pytest.mark.parametrize("place", ["file", "name", "default", "link"])
def test_a_template_that_takes_for_ever_is_stopped(place: str, tmp_path: Path) -> None:
    variables = NAMES | ({"x": LOOPS} if place == "default" else {"x": "y"})
    source = template(tmp_path / "t", variables, {"f": LOOPS if place == "file" else ""})
    if place == "link":
        (source / "{{cookiecutter.slug}}/l").symlink_to(LOOPS)
    if place == "name":
        (source / "{{cookiecutter.slug}}" / LOOPS).touch()
    done, seconds = seconds_of("new", "--template", "t", "--defaults", cwd=tmp_path)
    assert done.returncode == 1
    assert "--template t: rendering takes longer than 2 s" in done.stderr
    assert f"set {BOUNDS['seconds']} to a higher bound" in done.stderr
    assert 2 <= seconds < 20
    assert [path.name for path in tmp_path.iterdir()] == ["t"]


@pytest.mark.parametrize("name", GREEDY)
def test_a_template_that_takes_all_memory_is_stopped(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BOUNDS["seconds"], "60")
    template(tmp_path / "t", NAMES, {"f": GREEDY[name]})
    done = run("new", "--template", "t", "--defaults", cwd=tmp_path)
    assert done.returncode == 1
    assert "--template t: rendering takes more than 100 MB of memory" in done.stderr
    assert f"set {BOUNDS['megabytes']} to a higher bound" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["t"]


@pytest.mark.parametrize("path", ["cookiecutter.json", "{{cookiecutter.slug}}/large", "templates/large"])
def test_files_that_memory_would_not_hold_are_not_read(path: str, tmp_path: Path) -> None:
    """Sparse, so that they take nothing of the disk."""
    source = template(tmp_path / "t", NAMES, {"f": "", "/templates/x": ""})
    with (source / path).open("ab") as file:
        file.truncate(60 * 1024**3)
    done = run("new", "--template", "t", "--defaults", cwd=tmp_path)
    assert done.returncode == 1
    assert "--template t: its files hold more than 100 MB" in done.stderr


def test_an_update_has_the_bounds_too(tmp_path: Path) -> None:
    source = template(tmp_path / "t", NAMES, {"f": "a"})
    assert run("new", "--template", "t", "--defaults", "out", cwd=tmp_path).returncode == 0
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    for text, words in ((LOOPS, "longer than 2 s"), (GREEDY["a wide number"], "more than 100 MB")):
        template(source, NAMES, {"f": text})
        done = run("update", "--template", "../t", "--defaults", cwd=tmp_path / "out")
        assert done.returncode == 1
        assert words in done.stderr
    assert before == {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}


def test_a_large_honest_template_passes_with_a_higher_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "{{ 'x' * 33333333 ~ 'y' * 33333333 ~ 'z' }}"
    source = foreign.load(template(tmp_path, NAMES, {"f": text}))
    monkeypatch.setenv(BOUNDS["seconds"], "60")
    with pytest.raises(ScaffoldError, match="more than 100 MB"):
        foreign.plan_foreign(source, {})
    monkeypatch.setenv(BOUNDS["megabytes"], "1000")
    assert len(foreign.plan_foreign(source, {}).rendered["f"].content) == 2 * 33333333 + 1


@pytest.mark.parametrize("value", ["0", "x", "-1", "1.5", "9" * 5000, " 1"])
@pytest.mark.parametrize("name", BOUNDS)
def test_a_bound_is_a_number(name: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template(tmp_path / "t", NAMES, {"f": ""})
    monkeypatch.setenv(BOUNDS[name], value)
    done = run("new", "--template", "t", "--defaults", cwd=tmp_path)
    assert done.returncode == 2
    assert f"{BOUNDS[name]} must be a whole number" in done.stderr
    assert "Traceback" not in done.stderr


def runs(process: str) -> bool:
    """Whether it is there, and not just waiting for an init that may never ask for its end."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda one: one.name)
def test_nothing_is_left_running_where_the_program_is_stopped(
    number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BOUNDS["seconds"], "300")
    template(tmp_path / "t", NAMES, {"f": LOOPS})
    command = [sys.executable, "-m", "scaffold", "new", "--template", "t", "--defaults"]

    def hear() -> None:  # a test run in the background hands on that SIGINT is ignored
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, preexec_fn=hear) as program:
        children = Path(f"/proc/{program.pid}/task/{program.pid}/children")
        while not (found := children.read_text().split()):
            time.sleep(0.05)
        time.sleep(0.5)  # it makes a group of its own
        program.send_signal(number)
        program.wait(30)
    end = time.monotonic() + 20
    while any(map(runs, found)) and time.monotonic() < end:
        time.sleep(0.1)
    assert not [child for child in found if runs(child)]
    assert [path.name for path in tmp_path.iterdir()] == ["t"]


def test_what_comes_back_is_what_was_rendered(tmp_path: Path) -> None:
    """Bytes, odd names and faults pass between the processes unchanged."""
    files: dict[str, str | bytes] = {
        "b\udcff".encode(errors="replace").decode(): "é",
        "bin": bytes(range(256)),
    }
    source = foreign.load(template(tmp_path, NAMES | {"m": {"a": ["1", None]}}, files | {"empty": ""}))
    made = foreign.plan_foreign(source, {"name": "A\u2028 B é"})
    assert made.rendered["bin"].content == bytes(range(256))
    assert made.rendered["empty"].content == b""
    assert made.answers["m"] == {"a": ["1", None]}
    with pytest.raises(ScaffoldError, match="in this template"):
        foreign.plan_foreign(source, {"nme": "x"})
    assert [one.name for one in foreign.open_variables(source, {"name": "x"})] == ["slug", "m"]
