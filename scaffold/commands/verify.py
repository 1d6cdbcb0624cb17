"""The command ``verify``: rehearse the deployment of a vendor repository with the real engines."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from scaffold import answers as answers_file
from scaffold.errors import WrongUse
from scaffold.locate import find
from scaffold.resolve import checked, resolve
from scaffold.updating.applied import refuse_foreign
from scaffold.updating.state import ANSWERS_FILE
from scaffold.verify import report
from scaffold.verify.engines import ENGINES, NAMES
from scaffold.verify.rehearsal import Rehearsal
from scaffold.verify.rehearse import rehearse
from scaffold.verify.session import Session


def verify(repo: Path, engines: Sequence[str] = (), *, strict: bool = False, as_json: bool = False) -> int:
    """Rehearse the deployment of the vendor repository REPO with ENGINES (default: all of them).

    Returns 1 where an engine finds an error, or with STRICT where one cannot run; else 0.
    Raises ScaffoldError where REPO is in no vendor repository of our own, or its answers are wrong.
    """
    unknown = [name for name in engines if name not in NAMES]
    if unknown:
        raise WrongUse(f"no such engine: {', '.join(unknown)}", f"one of {', '.join(NAMES)}")
    root = find(repo)
    document = answers_file.read(str(root / ANSWERS_FILE))
    refuse_foreign(root, document, "verify")
    answers = checked(document)
    with Session() as session:
        rehearsal = Rehearsal(root.absolute(), resolve(answers), answers.values["services"], session)
        if not as_json:
            print(report.heading(rehearsal))
        acts = []
        for act in rehearse(rehearsal, [e for e in ENGINES if e.name in engines or not engines], _progress):
            acts.append(act)
            if not as_json:
                _progress("")
                print(f"\n{report.part(act)}", flush=True)
    bad = {"failed", "not run"} if strict else {"failed"}
    succeeded = not any(act.state in bad for act in acts)
    print(report.as_json(rehearsal, acts, succeeded) if as_json else f"\n{report.verdict(acts)}")
    return 0 if succeeded else 1


def _progress(words: str) -> None:
    """Say on a terminal what goes on, on a line that the next word replaces."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{words}", end="", file=sys.stderr, flush=True)
