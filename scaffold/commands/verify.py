"""The command `verify`: rehearse the deployment of a vendor repository with the real engines."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from scaffold import answers as answers_file
from scaffold import own
from scaffold.errors import ScaffoldError, WrongUse
from scaffold.locate import find
from scaffold.resolve import checked, resolve
from scaffold.unknown import hint, there_is_no
from scaffold.updating.applied import refuse_foreign
from scaffold.updating.state import ANSWERS_FILE
from scaffold.verify import report
from scaffold.verify.engines import NAMES
from scaffold.verify.engines import engines as registered
from scaffold.verify.forecast import forecast
from scaffold.verify.progress import Progress
from scaffold.verify.rehearsal import Rehearsal
from scaffold.verify.rehearse import rehearse
from scaffold.verify.session import Session


def verify(
    repo: Path,
    engines: Sequence[str] = (),
    *,
    required: Sequence[str] = (),
    allow_code: bool = False,
    as_json: bool = False,
) -> int:
    """Rehearse the deployment of the vendor repository REPO with ENGINES (default: all of them).

    What the repository holds is executed apart from this machine, or with ALLOW_CODE like any program of the
    caller's. REQUIRED names engines that must run; "all" stands for every one of ENGINES.

    Returns 0 where something was rehearsed and all engines passed, 1 where an engine finds an error,
    crashes or is required and does not run, or where none ran. Raises ScaffoldError where REPO is in no
    vendor repository of our own, its answers are wrong, or there is nowhere to keep the engines.
    """
    must = _required(required, engines)
    chosen = registered(engines or NAMES)
    root = find(repo)
    found = own.read(root, (ANSWERS_FILE,))
    if ANSWERS_FILE not in found:
        raise ScaffoldError(f"{root} is no vendor repository: it has no {ANSWERS_FILE}", "give REPO")
    document = answers_file.decoded(found[ANSWERS_FILE].content, str(root / ANSWERS_FILE))
    refuse_foreign(root, document, "verify")
    answers = checked(document)
    with Session(allow_code=allow_code) as session, Progress(sys.stderr) as progress:
        rehearsal = Rehearsal(root.absolute(), resolve(answers), answers.values["services"], session)
        if not as_json:
            print(report.heading(rehearsal), flush=True)
        expected = forecast(rehearsal, chosen)
        for line in expected.lines:
            print(line, file=sys.stderr, flush=True)
        acts = []
        for act in rehearse(rehearsal, chosen, progress):
            acts.append(act)
            progress.clear()
            if not as_json:
                print(f"\n{report.part(act)}", flush=True)
        whole = report.state(acts, must)
        if as_json:
            print(report.as_json(rehearsal, acts, whole, expected))
        else:
            print("", *map(report.warning, rehearsal.warnings), report.verdict(acts, must), sep="\n")
    return 0 if whole == "passed" else 1


def _required(required: Sequence[str], engines: Sequence[str]) -> set[str]:
    """The engines that must run; raises WrongUse for a name that is none, or that is not among ENGINES."""
    wanted = [name for words in required for name in words.split(",") if name]
    unknown = [
        name for name in (*engines, *wanted) if name not in NAMES and (name != "all" or name in engines)
    ]
    if unknown:
        missing = "\n".join(there_is_no("engine", name) for name in unknown)
        raise WrongUse(missing, hint(unknown[0], NAMES))
    chosen = list(engines) or list(NAMES)
    for name in wanted:
        if name != "all" and name not in chosen:
            raise WrongUse(f"{name} is required, but --engine leaves it out", f"add --engine {name}")
    return set(chosen if "all" in wanted else wanted)
