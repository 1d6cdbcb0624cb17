"""Answers of which some are wrong: the constraints across answers still judge the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

_T = TypeVar("_T")


class UnknownError(KeyError):
    """An answer is needed that was given, or is required, but is not known."""


class Partial(dict[str, Any]):
    """A map of answers whose entries UNKNOWN are wrong or missing: asking for one raises UnknownError."""

    def __init__(self, known: dict[str, Any], unknown: frozenset[str]) -> None:
        super().__init__(known)
        self.unknown = unknown

    def __missing__(self, key: str) -> Any:
        raise (UnknownError if key in self.unknown else KeyError)(key)

    def __contains__(self, key: object) -> bool:
        if key in self.unknown:
            raise UnknownError(key)
        return super().__contains__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """The entry KEY, or DEFAULT where nothing is said of it."""
        return super().get(key, default) if key in self else default

    def __or__(self, over: dict[str, Any]) -> Partial:  # type: ignore[override]
        beyond: frozenset[str] = getattr(over, "unknown", frozenset())
        return Partial(dict(self) | dict(over), self.unknown - over.keys() | beyond)

    def __ror__(self, under: dict[str, Any]) -> Partial:  # type: ignore[override]
        known = {key: one for key, one in under.items() if key not in self.unknown}
        return Partial(known | dict(self), self.unknown)


def as_far_as_known(found: Iterable[_T]) -> Iterator[_T]:
    """What FOUND yields until it asks for an answer that is not known."""
    try:
        yield from found
    except UnknownError:
        return
