"""state.json: what was applied last to a vendor repository, and whether it can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scaffold import records
from scaffold.errors import ScaffoldError
from scaffold.tree import STATE, sound

ANSWERS_FILE = f"{STATE}/answers.yaml"
STATE_FILE = f"{STATE}/state.json"
PRISTINE_FILE = f"{STATE}/pristine.json"
FROM_GIT = "bring it back from version control"


def loaded(text: str) -> Mapping[str, Any]:
    """The state in TEXT, state.json. Raises ScaffoldError where it holds none that this version can trust."""
    try:
        state = records.parsed(text, STATE_FILE, FROM_GIT)
    except records.Damaged:
        state = {}
    if "schema" not in state:
        no_state = records.Damaged(f"{STATE_FILE} holds no state: it is damaged", FROM_GIT)
        raise merged(STATE_FILE) if holds_markers(text) else no_state
    records.checked(state, STATE_FILE, FROM_GIT, _KNOWN, _MORE)
    return state


_TEXTS = records.listed(records.text)
_VALUE = records.one_of(records.text, records.number, records.flag, records.nothing)


# what state.json must hold, and what it may hold
_KNOWN: Mapping[str, records.Check] = {
    "answers": _TEXTS,
    "pristine_sha256": records.sha256,
    "tool_version": records.version,
    "template_version": records.version,
    "conflicts": records.mapped(sound, lambda beside: beside == "" or sound(beside)),
}
_MORE: Mapping[str, records.Check] = {
    "questions": _TEXTS,
    "defaults": records.mapped(records.text, records.one_of(_VALUE, records.listed(_VALUE))),
    "template": records.record(name=records.text, digest=records.sha256),
}


def holds_markers(text: str) -> bool:
    """Whether a merge of branches left TEXT with a conflict."""
    return text.startswith("<<<<<<< ") or "\n<<<<<<< " in text


def merged(path: str) -> ScaffoldError:
    """The fault of a conflict in PATH, after a merge of two branches that were both updated."""
    return ScaffoldError(
        f"{path} holds conflict markers of a merge",
        f"put {ANSWERS_FILE} right by hand, take {STATE_FILE} and {PRISTINE_FILE} from one side "
        "(git checkout --ours -- PATH), then run update: it brings what the other side had",
    )
