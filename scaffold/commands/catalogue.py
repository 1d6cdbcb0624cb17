"""The command `catalogue`: the stock images of a release, as a table or as JSON."""

from __future__ import annotations

import dataclasses
import itertools
import json
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence

from scaffold.catalogue import Catalogue, StockImage, load
from scaffold.printable import shown
from scaffold.releases import named
from scaffold.unknown import meant

SCHEMA = 1
GAP = "  "
HEADINGS = ("IMAGE", "PARAMETERS", "USER", "ROLES", "SERVICES")
UNUSED = "*"  # after a parameter: see the note below the table

Cells = Sequence[Sequence[str]]  # of one row: the words of each column


def catalogue(text: str, release: str, as_json: bool) -> int:
    """Show the stock images of RELEASE that mention TEXT (all, if it is empty); 1 where none does."""
    known = load(named(release))
    found = known.search(text)
    if as_json:
        print(json.dumps(_document(known, found), indent=2))
    elif found:
        _print_table(known, found)
    if not found:
        print(_nothing(known, text), file=sys.stderr)
    return 0 if found else 1


def _nothing(known: Catalogue, text: str) -> str:
    rest = meant(*known.closest(text)) or "without a text all of them are shown"
    return f"no stock image of {known.release} matches {shown(text)}; {rest}"


def _document(known: Catalogue, found: Sequence[StockImage]) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "release": known.release,
        "versions": dict(known.versions),
        "images": [dataclasses.asdict(image) | {"undeclared": _undeclared(known, image)} for image in found],
    }


def _undeclared(known: Catalogue, image: StockImage) -> list[str]:
    return [name for name in (*image.parameters, *image.config_parameters) if name in known.undeclared]


def _print_table(known: Catalogue, found: Sequence[StockImage]) -> None:
    """The table on stdout; what it shows and what its mark means on stderr."""
    versions = ", ".join(f"{package} {version}" for package, version in known.versions.items())
    print(f"{known.release}: {len(found)} of {len(known.images)} images ({versions})", file=sys.stderr)
    rows = [[[heading] for heading in HEADINGS], *(_cells(known, image) for image in found)]
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in _lines(rows, width):
        print(line)
    if any(_undeclared(known, image) for image in found):
        note = f"{UNUSED} no template of {known.release} declares this parameter: Heat ignores it"
        print(note, file=sys.stderr)


def _cells(known: Catalogue, image: StockImage) -> Cells:
    unused = _undeclared(known, image)
    named = (*image.parameters, *image.config_parameters)
    parameters = [name + (UNUSED if name in unused else "") for name in named]
    return (
        [image.name],
        parameters or ["-"],
        [image.user or "-"],
        image.roles or ["-"],
        image.services or ["-"],
    )


def _lines(rows: Sequence[Cells], width: int | None) -> Iterator[str]:
    """The rows, aligned: wrapped between words to fit WIDTH; without one, each row is one line.

    A terminal too narrow for columns gets a paragraph per row. Nothing is ever cut off.
    """
    columns = list(zip(*rows, strict=True))
    if width is None:
        return _table(rows, [max(len(", ".join(words)) for words in column) for column in columns])
    widths = [max(len(word) for words in column for word in _broken(words)) for column in columns]
    rest = width - sum(widths[:-1]) - len(GAP) * (len(widths) - 1)
    return _paragraphs(rows, width) if rest < widths[-1] else _table(rows, [*widths[:-1], rest])


def _table(rows: Sequence[Cells], widths: Sequence[int]) -> Iterator[str]:
    for row in rows:
        cells = [_wrapped(words, width) for words, width in zip(row, widths, strict=True)]
        for parts in itertools.zip_longest(*cells, fillvalue=""):
            padded = (part.ljust(width) for part, width in zip(parts, widths, strict=True))
            yield GAP.join(padded).rstrip()


def _paragraphs(rows: Sequence[Cells], width: int) -> Iterator[str]:
    (_, *headings), *images = rows
    for (name,), *cells in images:
        yield name
        for (heading,), words in zip(headings, cells, strict=True):
            first, *more = _wrapped(words, width - 14)
            yield f"  {heading.lower():12}{first}"
            yield from (" " * 14 + line for line in more)


def _broken(words: Sequence[str]) -> list[str]:
    """The words as they stand at the end of a line."""
    return [*(f"{word}," for word in words[:-1]), words[-1]]


def _wrapped(words: Sequence[str], width: int) -> list[str]:
    return textwrap.wrap(", ".join(words), max(width, 1), break_long_words=False, break_on_hyphens=False)
