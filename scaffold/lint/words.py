"""Which texts hold a word: found at once, however many texts there are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_WORD = re.compile(r"[\w.-]+")


class Words:
    """An index of texts by their words: runs of letters, digits, `_`, `.` and `-`."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = [text for text in texts if text]
        self._holding: dict[str, list[int]] = {}
        for number, text in enumerate(self._texts):
            for word in {*_WORD.findall(text)}:
                self._holding.setdefault(word, []).append(number)

    def holding(self, part: str) -> Iterator[str]:
        """The texts with all words of PART, a path or a name that begins and ends where a word does."""
        found = [self._holding.get(word, []) for word in _WORD.findall(part)]
        return (
            self._texts[number] for number in min(found, key=len, default=[]) if part in self._texts[number]
        )
