"""The command ``verify``: rehearse the deployment of a vendor repository with the real engines."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from scaffold import answers as answers_file
from scaffold import own
from scaffold.disk import STATE
from scaffold.errors import ScaffoldError, WrongUse
from scaffold.resolve import checked, resolve
from scaffold.verify import report
from scaffold.verify.engines import ENGINES, NAMES
from scaffold.verify.rehearsal import Rehearsal
from scaffold.verify.rehearse import rehearse
from scaffold.verify.session import Session


def verify(root: Path, engines: Sequence[str] = (), *, strict: bool = False, as_json: bool = False) -> int:
    """Rehearse the deployment of the vendor repository at ROOT with ENGINES (default: all of them).

    Returns 1 where an engine finds an error, or with STRICT where one cannot run; else 0.
    Raises ScaffoldError where ROOT is no vendor repository, or its answers are wrong.
    """
    unknown = [name for name in engines if name not in NAMES]
    if unknown:
        raise WrongUse(f"no such engine: {', '.join(unknown)}", f"one of {', '.join(NAMES)}")
    path = f"{STATE}/answers.yaml"
    found = own.read(root, (path,))
    if path not in found:
        raise ScaffoldError(f"{root} is no vendor repository: it has no {path}", "give REPO")
    answers = checked(answers_file.decoded(found[path].content, str(root / path)))
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
