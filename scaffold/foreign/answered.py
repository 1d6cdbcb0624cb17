"""The answers to the variables of a foreign template: out of an answers file and `--set`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from scaffold.answers import AnswersDocument
from scaffold.answers.nodes import AnswerList, AnswerMap, AnswerNode, AnswerScalar, BrokenAnswer
from scaffold.errors import AnswersError, Fault
from scaffold.printable import shown, visible

SCHEMA = 1
COMPUTED = "_computed"  # the answer that holds what no second rendering would give again


@dataclass(frozen=True)
class Given:
    """Answers by variable, not checked yet: a single value is the text as written. places: where each is.

    keep: patterns of the files that are the vendor's own.
    """

    values: Mapping[str, Any]
    places: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] = ()

    def with_settings(self, settings: Sequence[str]) -> Given:
        """These answers with each `VARIABLE=VALUE` of `--set` over them. Raises AnswersError."""
        values, places = dict(self.values), dict(self.places)
        faults: list[Fault] = []
        for setting in settings:
            key, equals, value = setting.partition("=")
            if not equals or not key:
                faults.append(Fault(f"--set {visible(setting)}", "", "must be VARIABLE=VALUE"))
                continue
            values[key], places[key] = value, f"--set {visible(key)}"
        if faults:
            raise AnswersError(faults)
        return replace(self, values=values, places=places)


def is_foreign(document: AnswersDocument) -> bool:
    """Whether DOCUMENT answers a foreign template: it has a map `answers` at its top."""
    root = document.root
    return isinstance(root, AnswerMap) and isinstance(root.entries.get("answers"), AnswerMap)


def given(document: AnswersDocument) -> Given:
    """The answers of DOCUMENT: what stands under `answers`. Raises AnswersError with every fault.

    template: information only; nothing is ever fetched from where it may point.
    """
    faults = list(document.faults)
    root = document.root
    entries = root.entries if isinstance(root, AnswerMap) else {}
    for key, node in entries.items():
        problem = _top(key, node)
        if problem and isinstance(root, AnswerMap):
            faults.append(Fault(str(root.place_of(key)), key, problem))
    table = entries.get("answers")
    values: dict[str, Any] = {}
    places: dict[str, str] = {}
    if isinstance(table, AnswerMap):
        for key, node in table.entries.items():
            places[key] = str(table.place_of(key))
            if isinstance(node, AnswerScalar) and node.value is None:
                faults.append(Fault(places[key], key, "is empty: give it a value, or take the line away"))
            elif not isinstance(node, BrokenAnswer):
                values[key] = node.written if isinstance(node, AnswerScalar) else plain(node)
    if faults:
        raise AnswersError(faults)
    return Given(values, places, tuple(plain(entries["keep"])) if "keep" in entries else ())


def plain(node: AnswerNode) -> Any:
    """What NODE holds, as JSON would hold it."""
    match node:
        case AnswerMap(entries=entries):
            return {key: plain(value) for key, value in entries.items()}
        case AnswerList(nodes=nodes):
            return [plain(item) for item in nodes]
        case AnswerScalar(value=datetime.date(), written=written):
            return written
        case AnswerScalar(value=value):
            return value
    return None


def _top(key: str, node: AnswerNode) -> str:
    """What is wrong with KEY at the top of the file; empty for nothing."""
    match key, node:
        case "schema", AnswerScalar(value=value):
            return "" if value == SCHEMA else f"must be {SCHEMA}"
        case "template", AnswerScalar():
            return ""
        case "answers", AnswerMap():
            return ""
        case "keep", AnswerList(nodes=nodes):
            texts = all(isinstance(node, AnswerScalar) and isinstance(node.value, str) for node in nodes)
            return "" if texts else "must be a list of patterns"
        case "keep", _:
            return "must be a list of patterns"
        case (("schema" | "template" | "answers"), _):
            return "must be a map of variables" if key == "answers" else "must be a single value"
    return (
        f"is none of schema, template, keep and answers: put {shown(key)} under answers if it is a variable"
    )
