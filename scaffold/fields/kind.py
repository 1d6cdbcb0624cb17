"""Kind: what a single value must be, in a form that Python and JSON Schema read alike."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass


def whole(body: str) -> str:
    """A pattern for the whole of a text: Python's `$` alone lets a trailing newline pass."""
    return rf"^(?:{body})$(?!\n)"


@dataclass(frozen=True)
class Kind:
    """What a text must be.

    pattern: means the same in Python's re and in ECMA-262 with the `u` flag.
    message: one line that begins with "must be".
    hints: (pattern, message) of frequent mistakes; the first that matches a refused text speaks instead.
    prefix: may stand before the value and is taken away, as CAP_ of a capability.
    nfc: the text must be in Unicode's composed form, which no pattern can say.
    greatest: a whole number up to this is taken too, and becomes text; 0 for none.
    passed: something else than we reads it, as it is: a line of a Dockerfile, a volume, a manifest.
    dotted: dots are part of such a key, so that a path of `--set` ends with it.
    """

    name: str
    pattern: str
    message: str
    example: str
    most: int = 255
    least: int = 1
    hints: tuple[tuple[str, str], ...] = ()
    prefix: str = ""
    nfc: bool = False
    greatest: int = 0
    dotted: bool = False
    passed: bool = False

    def problem(self, text: str) -> str | None:
        """What is wrong with TEXT, or None."""
        if self.least <= len(text) <= self.most and re.search(self.pattern, text):
            composed = not self.nfc or unicodedata.is_normalized("NFC", text)
            return None if composed else "must be in Unicode's composed form (NFC)"
        start = text[: self.most + 1]
        found = (message for pattern, message in self.hints if re.search(pattern, start))
        return next(found, None) or self._length(text) or self.message

    def _length(self, text: str) -> str | None:
        if len(text) > self.most:
            return f"must be at most {self.most} characters long (it has {len(text)})"
        short = text and len(text) < self.least
        return f"must be at least {self.least} characters long (it has {len(text)})" if short else None

    def normal(self, text: str) -> str:
        """The accepted TEXT in the form that the answers keep."""
        return text.removeprefix(self.prefix)
