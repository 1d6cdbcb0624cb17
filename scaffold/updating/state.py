"""state.json: what was applied last to a vendor repository, and whether it can be trusted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from scaffold import __version__
from scaffold.disk import STATE
from scaffold.errors import ScaffoldError

ANSWERS_FILE = f"{STATE}/answers.yaml"
STATE_FILE = f"{STATE}/state.json"
PRISTINE_FILE = f"{STATE}/pristine.json"
FROM_GIT = "bring it back from version control"


def loaded(text: str) -> Mapping[str, Any]:
    """The state in TEXT, state.json. Raises ScaffoldError where it holds none that this version can trust."""
    state = _json(text)
    if not isinstance(state, dict) or "schema" not in state:
        no_state = ScaffoldError(f"{STATE_FILE} holds no state", FROM_GIT)
        raise merged(STATE_FILE) if holds_markers(text) else no_state
    if state["schema"] != 1:
        found = f"has schema {state['schema']!r}, which vendor-scaffold {__version__} does not know"
        raise ScaffoldError(f"{STATE_FILE} {found}", "update with the version that wrote it, or a newer one")
    wrong = [key for key, known in _KNOWN.items() if not known(state.get(key))]
    if wrong:
        raise ScaffoldError(f"{STATE_FILE} was tampered with: {', '.join(wrong)}", FROM_GIT)
    return state


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _texts(found: object) -> bool:
    return isinstance(found, list) and all(isinstance(one, str) for one in found)


def _version(found: object) -> bool:
    """Whether FOUND is a version, as `make tool` of a vendor repository takes it too."""
    return isinstance(found, str) and bool(re.fullmatch("[0-9][0-9A-Za-z.+-]{0,99}", found))


# what state.json must hold, and what it may hold
_KNOWN: Mapping[str, Callable[[Any], bool]] = {
    "answers": _texts,
    "pristine_sha256": lambda found: isinstance(found, str),
    "template_version": _version,
    "tool_version": _version,
    "conflicts": lambda found: isinstance(found, dict) and _texts([*found.values()]),
    "questions": lambda found: found is None or _texts(found),
    "defaults": lambda found: found is None or isinstance(found, dict),
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
