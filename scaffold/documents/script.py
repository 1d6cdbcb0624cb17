"""A shell script as far as its structure goes: what is begun in it, and never ended.

No shell is asked: `check` starts no programs. Words, quotes, comments, here-documents and reserved words are
read as POSIX 2.10 and bash do; what is not understood, as a here-document in a substitution, is left out.
tests/test_script.py compares with `bash -n`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scaffold.documents import quoting

SHEBANG = re.compile(r"#!\s*\S*(?:/|env\s+(?:-\S+\s+)*)(?:ba|da|k|z)?sh\b")
# what a reserved word ends, or goes on with, and what it wants to stand in
OPENING = {
    "if": "fi",
    "while": "done",
    "until": "done",
    "for": "done",
    "select": "done",
    "case": "esac",
    "{": "}",
}
CLOSING = {"fi", "done", "esac", "}"}
# behind these a command begins, and so a reserved word may
_BEFORE = {"then", "else", "elif", "do", "if", "while", "until", "{", "!", "time"}
_TOKEN = re.compile(
    r"(?P<blank>[ \t]+|\\\n)"
    r"|(?P<comment>#[^\n]*)"
    r"|(?P<heredoc><<-?[ \t]*(?!<)(?P<end>(?:\\.|'[^'\n]*'|\"[^\"\n]*\"|[^\s;&|<>()'\"\\])+))"
    r"|(?P<operator>\n|;;&|;;|;&|;|&&|&>>?|&|\|\||\|&|\||<<<|<\(|>\(|[<>]&|[<>]+\|?)"
    r"|(?P<paren>[()])"
)
_PLAIN = re.compile(r"[^\s;&|<>()'\"\\`$#]+")
_FUNCTION = re.compile(r"[ \t]*\)")


@dataclass(frozen=True)
class Slip:
    """What is wrong in a script. line: of the text, from 1."""

    line: int
    message: str


def slips(text: str) -> Iterator[Slip]:
    """What stops a shell before it runs anything of TEXT: the first of it."""
    try:
        found = _Reader(text).read()
    except (quoting.NotFollowed, RecursionError):
        return
    except quoting.Unclosed as error:
        found = Slip(text.count("\n", 0, error.at) + 1, f"{error.what} is never closed")
    if found:
        yield found


@dataclass
class _Open:
    """A construct that is not ended yet. word: what began it; wants: what must come first, as then or do."""

    word: str
    at: int
    wants: str = ""


class _Reader:
    """One pass over the text, with a stack of what is open."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.open: list[_Open] = []
        self.heredocs: list[tuple[str, bool]] = []
        self.begins = True  # whether a command begins here
        self.naming = False  # whether the name of a function stands here

    def read(self) -> Slip | None:
        while self.at < len(self.text):
            match = _TOKEN.match(self.text, self.at)
            if match and not (match["comment"] and self._inside_word()):
                self.at = match.end()
                slip = self._token(match)
            else:
                slip = self._word()
            if slip or len(self.open) > quoting.MAX_DEPTH:
                return slip
        if self.open:
            last = self.open[-1]
            ends = ")" if last.word == "(" else OPENING[last.word]
            return self._slip(last.at, f"{last.word} has no {ends}")
        return None

    def _inside_word(self) -> bool:
        return self.at > 0 and self.text[self.at - 1] not in " \t\n;&|()`"

    def _slip(self, at: int, message: str) -> Slip:
        return Slip(self.text.count("\n", 0, at) + 1, message)

    def _token(self, match: re.Match[str]) -> Slip | None:
        if match["heredoc"]:
            end = re.sub(r"['\"\\]", "", match["end"])
            self.heredocs.append((end, match["heredoc"].startswith("<<-")))
            self.begins = False
        elif match["operator"]:
            return self._operator(match)
        elif match["paren"]:
            return self._paren(match["paren"])
        return None

    def _operator(self, match: re.Match[str]) -> Slip | None:
        operator = match["operator"]
        if operator == "\n":
            self._skip_documents()
        if operator in ("<(", ">("):
            self.at = quoting.behind_bracket(self.text, match.start() + 1)
            self.begins = False
        elif operator[:2] in (";;", ";&"):
            if not (self.open and self.open[-1].word == "case"):
                return self._slip(match.start(), f"{operator} stands in no case")
            self.open[-1].wants = "pattern"
            self.begins = True
        else:
            self.begins = operator[0] not in "<>" and operator not in ("&>", "&>>")
        return None

    def _paren(self, paren: str) -> Slip | None:
        last = self.open[-1] if self.open else None
        if last and last.word == "case" and last.wants == "pattern":
            if paren == ")":
                last.wants = ""
                self.begins = True
            return None
        if paren == "(":
            if last and last.wants == "name":  # for ((...))
                last.wants = "do"
                self.begins = True
            if self.text.startswith("(", self.at) and self.begins:  # ((arithmetic))
                self.at = quoting.behind_bracket(self.text, self.at - 1)
                self.begins = False
                return None
            function = _FUNCTION.match(self.text, self.at)
            if function or not self.begins:  # a function's (), an array's value
                self.at = function.end() if function else quoting.behind_bracket(self.text, self.at - 1)
                self.begins = bool(function)
                return None
            self.open.append(_Open("(", self.at - 1))
            self.begins = True
            return None
        if not last or last.word != "(":
            began = f", where {last.word} is open" if last else ""
            return self._slip(self.at - 1, f") ends nothing{began}")
        self.open.pop()
        self.begins = False
        return None

    def _skip_documents(self) -> None:
        for end, tabs in self.heredocs:
            pattern = rf"^{'	*' if tabs else ''}{re.escape(end)}$"
            found = re.compile(pattern, re.MULTILINE).search(self.text, self.at)
            self.at = min(found.end() + 1, len(self.text)) if found else len(self.text)
        self.heredocs.clear()

    def _word(self) -> Slip | None:
        start = self.at
        plain = _PLAIN.match(self.text, self.at)
        self._skip_word()
        word = self.text[start : self.at]
        last = self.open[-1] if self.open else None
        if self.naming or (last and last.wants == "name"):
            self.begins, self.naming = self.naming, False
            if last and last.wants == "name":
                last.wants = "in or do"
            return None
        if not plain or plain.group() != word:
            self.begins = False
            return None
        return self._reserved(word, start)

    def _reserved(self, word: str, start: int) -> Slip | None:
        last = self.open[-1] if self.open else None
        if last and last.word == "case" and last.wants:
            if last.wants == "in":
                last.wants = "pattern" if word == "in" else "in"
                return None
            if word != "esac":
                return None
        elif last and last.wants == "in or do" and word in ("in", "do"):
            last.wants = "do"
            if word == "in":
                return None
        elif not self.begins:
            return None
        if word == "function":
            self.naming = True
            return None
        self.begins = word in _BEFORE
        if word in OPENING:
            wants = {"if": "then", "case": "in", "{": "", "for": "name", "select": "name"}.get(word, "do")
            self.open.append(_Open(word, start, wants))
            self.begins = word not in ("for", "select", "case")
            return None
        if word in ("then", "do", "elif", "else"):
            return self._goes_on(word, start, last)
        return self._closes(word, start, last) if word in CLOSING else None

    def _goes_on(self, word: str, start: int, last: _Open | None) -> Slip | None:
        needed = {"then": "if", "elif": "if", "else": "if"}
        if not last or (last.word != needed.get(word, last.word)) or last.word in ("{", "(", "case"):
            return self._slip(start, f"{word} stands in no {needed.get(word, 'loop')}")
        if word in ("then", "do"):
            if last.wants != word:
                return self._slip(start, f"{word} is one too many")
            last.wants = ""
        elif last.wants:
            return self._slip(start, f"if has no then before {word}")
        else:
            last.wants = "then" if word == "elif" else ""
        self.begins = True
        return None

    def _closes(self, word: str, start: int, last: _Open | None) -> Slip | None:
        if not last or OPENING.get(last.word) != word:
            if last and last.word != "(":
                return self._slip(last.at, f"{last.word} has no {OPENING[last.word]}")
            return self._slip(start, f"{word} ends nothing")
        if last.wants and last.wants not in ("pattern",):
            return self._slip(last.at, f"{last.word} has no {last.wants}")
        self.open.pop()
        self.begins = False
        return None

    def _skip_word(self) -> None:
        """To the end of a word, with the quotes and substitutions in it."""
        while self.at < len(self.text):
            char = self.text[self.at]
            plain = _PLAIN.match(self.text, self.at)
            if plain:
                self.at = plain.end()
            elif char == "#" and self.text[self.at - 1 : self.at].strip():
                self.at += 1
            elif char in "'\"`$\\":
                self.at = quoting.behind_quote(self.text, self.at)
            elif char == "(" and self.at and self.text[self.at - 1] in "=+@!?*":
                self.at = quoting.behind_bracket(self.text, self.at)  # an array, an extended pattern
            else:
                return
