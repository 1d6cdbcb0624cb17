"""The progress of a rehearsal: time passes on a terminal; in a log each engine has a line."""

from __future__ import annotations

import io
import os
import time

from scaffold.verify.progress import Progress

INSTALLING = "heat: installing env-heat, 57 MB to download"


def test_on_a_terminal_one_line_lives_and_tells_the_time() -> None:
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "w") as stream, Progress(stream) as progress:
        progress(INSTALLING)
        time.sleep(2.5)
        progress.clear()
        seen = ""
        while not seen.endswith("\r\x1b[K"):
            seen += os.read(ours, 10000).decode()
    os.close(ours)
    assert f"[0:00] {INSTALLING}" in seen
    assert f"[0:02] {INSTALLING}" in seen
    assert "\n" not in seen


def test_in_a_log_each_engine_has_a_line() -> None:
    stream = io.StringIO()
    with Progress(stream) as progress:
        for words in (INSTALLING, "heat: running (24)", "tht: preparing", "tht: running (11)"):
            progress(words)
        progress.clear()
    assert stream.getvalue() == f"[0:00] {INSTALLING}\n[0:00] tht: preparing\n"
