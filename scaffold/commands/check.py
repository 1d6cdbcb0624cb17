"""The command `check`: what would fail, or be silently ignored, in a deployment."""

from __future__ import annotations

import dataclasses
import gc
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from scaffold import releases
from scaffold.documents import Document
from scaffold.documents.directory import repositories
from scaffold.errors import WrongUse
from scaffold.lint import allows, engine, formats
from scaffold.lint.problems import Problem, Severity
from scaffold.lint.repository import Repository, read
from scaffold.rules import RULES
from scaffold.unknown import meant, near, there_is_no


@dataclass(frozen=True)
class Checked:
    """What came out. sources: the lines of files with problems, by path; releases: by repository."""

    problems: tuple[Problem, ...]
    sources: Mapping[str, Sequence[str]]
    releases: Mapping[str, str | None]
    files: int


def check(
    path: Path,
    release: str | Sequence[str] | None = None,
    *,
    format: str = "text",
    select: Collection[str] = (),
    ignore: Collection[str] = (),
    strict: bool = False,
) -> int:
    """Check what lies at PATH and print the problems; 1 where there are errors (strict: warnings too).

    release: of all, or of a directory, as DIR=RELEASE.
    """
    whole, below = _asked(path, release)
    rules = _chosen(select, ignore)
    gc.disable()  # documents hold no cycles, and looking for some takes a third of the time
    try:
        checked = check_path(path, whole, rules, below)
    finally:
        gc.enable()
    print(_shown(checked, format), end="")
    _note(checked)
    failing = [p for p in checked.problems if strict or p.severity is Severity.ERROR]
    return 1 if failing else 0


def explain(rule: str) -> int:
    """Print the page of a rule."""
    found = RULES[_known(rule)]
    print(f"{found.id} ({found.severity})\n\n{found.page.strip()}")
    return 0


def _asked(path: Path, release: str | Sequence[str] | None) -> tuple[str | None, dict[Path, str]]:
    """The release of all that has no other, and those of directories, seen from PATH or from here."""
    given = [release] if isinstance(release, str) else [*(release or ())]
    plain = [each for each in given if "=" not in each]
    if len(plain) > 1:
        raise WrongUse(
            f"{' and '.join(plain)}: all has one release", "--release DIR=RELEASE is of a directory"
        )
    below: dict[Path, str] = {}
    for each in given:
        directory, equals, name = each.rpartition("=")
        if equals:
            places = [place for place in (path / directory, Path(directory)) if place.is_dir()]
            if not places:
                raise WrongUse(there_is_no("directory", directory), "--release DIR=RELEASE")
            below[places[0]] = releases.named(name)
    return (releases.named(plain[0]) if plain else None), below


def _apart(
    found: dict[Path, list[Path]], below: Mapping[Path, str]
) -> dict[Path, tuple[list[Path], str | None]]:
    """FOUND, and each directory of BELOW as a repository of its own, with its release."""
    parts: dict[Path, tuple[list[Path], str | None]] = {}
    left = {root: [*files] for root, files in found.items()}
    for directory in sorted(below, key=lambda each: len(each.parts), reverse=True):
        own: list[Path] = []
        for root, files in left.items():
            inside = [file for file in files if file.absolute().is_relative_to(directory.absolute())]
            own += [directory / file.absolute().relative_to(directory.absolute()) for file in inside]
            left[root] = [file for file in files if file not in {*inside}]
        parts[directory] = own, below[directory]
    return {root: (files, None) for root, files in left.items() if files or not parts} | parts


def check_path(
    path: Path,
    release: str | None,
    rules: Mapping[str, engine.Rule[Any]],
    below: Mapping[Path, str] = MappingProxyType({}),
) -> Checked:
    """Run the rules over every repository at or below PATH. below: directories of another release."""
    problems: list[Problem] = []
    sources: dict[str, Sequence[str]] = {}
    names: dict[str, str | None] = {}
    files = 0
    for root, (found, own_release) in _apart(repositories(path), below).items():
        whole = read(root, found, own_release or release, alone=found == [path])
        only = _only(path, root, whole)
        own = _problems(whole, rules, only)
        shown = {document.path: _relative(root / document.path) for document in whole.documents}
        problems += [dataclasses.replace(problem, path=shown[problem.path]) for problem in own]
        with_problems = {problem.path for problem in own}
        sources |= {shown[d.path]: d.lines for d in whole.documents if d.path in with_problems}
        if any(type(document) is not Document for document in whole.documents):
            names[_relative(root)] = whole.release_name
        files += len(only or whole.documents)
    return Checked(tuple(sorted(problems)), sources, names, files)


def _only(path: Path, root: Path, whole: Repository) -> Collection[str] | None:
    """The documents of WHOLE, the repository at ROOT, that are at or below PATH; None for all of them."""
    inside = path.parent.resolve() / path.name if path.is_file() else path.resolve()
    top = root.resolve()
    if top.is_relative_to(inside):
        return None
    return {each.path for each in whole.documents if (top / each.path).is_relative_to(inside)}


def _problems(
    repository: Repository, rules: Mapping[str, engine.Rule[Any]], only: Collection[str] | None
) -> list[Problem]:
    found = engine.problems(repository, rules.values(), only)
    if allows.RULE not in rules:
        return [p for p in allows.applied(found, repository.documents, RULES, ()) if p.rule != allows.RULE]
    ran = {name for name, rule in rules.items() if repository.release_name or not rule.needs_release}
    documents = [d for d in repository.documents if only is None or d.path in only]
    return allows.applied(found, documents, RULES, ran)


def _relative(path: Path) -> str:
    """The path as one would type it here; absolute where it lies elsewhere."""
    absolute = path.absolute()
    here = Path.cwd()
    return (absolute.relative_to(here) if absolute.is_relative_to(here) else absolute).as_posix()


def _chosen(select: Iterable[str], ignore: Iterable[str]) -> dict[str, engine.Rule[Any]]:
    selected = [_known(rule) for rule in select] or [name for name, rule in RULES.items() if not rule.opt_in]
    ignored = {_known(rule) for rule in ignore}
    return {name: rule for name, rule in RULES.items() if name in selected and name not in ignored}


def _known(rule: str) -> str:
    if rule not in RULES:
        likely = meant(*near(rule, RULES, most=3, cutoff=0.3))
        raise WrongUse(there_is_no("rule", rule), likely or "README.md lists the rules")
    return rule


def _shown(checked: Checked, format: str) -> str:
    if format == "json":
        return formats.as_json(checked.problems, checked.releases) + "\n"
    if format == "sarif":
        return formats.sarif(checked.problems, RULES) + "\n"
    if format == "github":
        return "".join(f"{line}\n" for line in formats.github(checked.problems).splitlines())
    shown = formats.text(checked.problems, checked.sources, show_source=sys.stdout.isatty())
    return f"{shown}\n" if shown else ""


def _note(checked: Checked) -> None:
    """On stderr: what was not checked, how often each rule spoke, and the sum."""
    unknown = [path for path, name in checked.releases.items() if name is None]
    if unknown:
        print(
            "the release is not known: rules that need it were left out; name it with --release",
            file=sys.stderr,
        )
    if len(checked.problems) > 1:
        print(formats.by_rule(checked.problems), file=sys.stderr)
    errors = sum(problem.severity is Severity.ERROR for problem in checked.problems)
    warnings = len(checked.problems) - errors
    counts = (
        f"{_count(errors, 'error')}, {_count(warnings, 'warning')}" if checked.problems else "no problems"
    )
    named = ", ".join(sorted({name for name in checked.releases.values() if name}))
    print(f"{counts} in {_count(checked.files, 'file')}{f' ({named})' if named else ''}", file=sys.stderr)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
