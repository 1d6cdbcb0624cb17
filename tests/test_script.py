"""The structure of shell scripts as `check` reads it, beside what bash says of the same text."""

from __future__ import annotations

import random
import re
import subprocess
from pathlib import Path

import pytest

from scaffold.documents.script import slips

from .system import installed

SCRIPTS = sorted((Path(__file__).parent.parent / "examples").glob("*/*/scripts/*.sh"))
PART = re.compile(r"\b(?:fi|done|esac|then|do|if|for|case|in|while|elif|else)\b|['\"{}()]|;;")


def refused(text: str) -> bool:
    return (
        subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True, check=False).returncode
        != 0
    )


def test_what_bash_takes_is_taken() -> None:
    assert [path for path in SCRIPTS if list(slips(path.read_text()))] == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_part_that_is_taken_out_is_found_where_bash_finds_it(seed: int) -> None:
    installed("bash")
    chance = random.Random(seed)
    missed, tried = 0, 0
    for _ in range(60):
        text = chance.choice(SCRIPTS).read_text()
        part = chance.choice(list(PART.finditer(text)))
        broken = text[: part.start()] + text[part.end() :]
        found, wrong = bool(list(slips(broken))), refused(broken)
        assert wrong or not found, f"bash takes it: {broken}"
        tried += wrong
        missed += wrong and not found
    assert missed <= tried // 6
