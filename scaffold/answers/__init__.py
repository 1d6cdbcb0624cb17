"""The answers: what was said, where, and whether it is right.

answers = check(read("answers.yaml").with_settings(["image_tag=2.10"]))
answers.values["services"][0]["image_tag"]   # "2.10"
answers.place(("services", 0, "image_tag"))  # "--set image_tag"
"""

from __future__ import annotations

from scaffold.answers.checking import Answers, check
from scaffold.answers.document import NOTHING, AnswersDocument, decoded, load, read
from scaffold.answers.dumping import dump
from scaffold.answers.editing import edited
from scaffold.answers.wording import Path, path_text

__all__ = [
    "NOTHING",
    "Answers",
    "AnswersDocument",
    "Path",
    "check",
    "decoded",
    "dump",
    "edited",
    "load",
    "path_text",
    "read",
]
