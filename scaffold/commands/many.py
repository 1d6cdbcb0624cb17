"""Update hundreds of vendor repositories: one result line each, and one failure stops nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

from scaffold.commands.update import Request, updated
from scaffold.errors import ScaffoldError
from scaffold.locate import existing
from scaffold.updating import report
from scaffold.updating.report import UpdateOutcome

Updates = dict[Future[UpdateOutcome], Path]
# the outcomes as they come, drawn as a bar on the way
Bar = Callable[[Iterator[UpdateOutcome], int], AbstractContextManager[Iterator[UpdateOutcome]]]


def update_all(
    repos: Sequence[Path], from_file: Path | None, request: Request, jobs: int, bar: Bar, *, as_json: bool
) -> int:
    """Update REPOS and those that FROM_FILE lists, JOBS at a time; the exit code is the worst of them."""
    everything = _once([*map(existing, repos), *(_listed(from_file) if from_file else [])])
    quiet = replace(request, ask=False)
    done: dict[str, UpdateOutcome] = {}
    begun: Updates = {}
    try:
        with _begun(everything, quiet, jobs) as begun, bar(_ended(begun), len(everything)) as outcomes:
            for one in outcomes:
                done[one.repository] = one
                if not as_json:
                    print(report.as_line(one), flush=True)
    except KeyboardInterrupt:
        ended = [one for one in begun if one.done() and not (one.cancelled() or one.exception())]
        raise KeyboardInterrupt(f"{len(ended)} of {len(everything)} repositories were finished") from None
    ordered = [done[str(repo)] for repo in everything]
    print(report.as_json(ordered, many=True) if as_json else report.summary(ordered))
    return report.worst(ordered)


def _once(repos: Sequence[Path]) -> list[Path]:
    """REPOS without those that are named again in another way, which would be in each other's way."""
    found: dict[Path, Path] = {}
    for repo in repos:
        found.setdefault(repo.resolve(), repo)
    return list(found.values())


def _listed(path: Path) -> list[Path]:
    """The repositories that the file at PATH lists, one a line, from its directory; # begins a comment."""
    try:
        lines = existing(path).read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ScaffoldError(
            f"{path} cannot be read: {getattr(error, 'strerror', None) or 'no text'}"
        ) from None
    names = (line.strip() for line in lines)
    return [path.parent / name for name in names if name and not name.startswith("#")]


@contextmanager
def _begun(repos: Sequence[Path], request: Request, jobs: int) -> Iterator[Updates]:
    """The updates of REPOS, JOBS at a time; after an interrupt none begins, and those under way end."""
    with ProcessPoolExecutor(jobs) as pool:
        try:
            yield {pool.submit(one, repo, request): repo for repo in repos}
        finally:
            pool.shutdown(cancel_futures=True)


def _ended(updates: Updates) -> Iterator[UpdateOutcome]:
    for future in as_completed(updates):
        try:
            yield future.result()
        except BrokenProcessPool:
            yield UpdateOutcome(
                str(updates[future]), "failed", error="a process was killed", hint="run it again"
            )


def one(repo: Path, request: Request) -> UpdateOutcome:
    """The outcome of REPO, whatever happens to it."""
    try:
        return replace(updated(repo, request), repository=str(repo))
    except ScaffoldError as error:
        return UpdateOutcome(str(repo), "failed", error=error.message, hint=error.hint)
    except Exception as error:  # a fault of this program must not stop the other repositories
        return UpdateOutcome(str(repo), "failed", error=f"{type(error).__name__}: {error}")
