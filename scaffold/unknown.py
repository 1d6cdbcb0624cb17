"""How anything unknown is refused: one sentence for it, and one hint for what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable

from scaffold.printable import shown

STRICT = 0.8  # for names in files: most that are not known there are somebody else's, and right
FEW = 20  # as many names as a hint lists


def there_is_no(kind: str, name: str, where: str = "") -> str:
    """`there is no release "x"`; WHERE follows it, as `in wallaby`."""
    return f"there is no {kind} {shown(name)}{f' {where}' if where else ''}"


def unknown(kind: str, name: str, known: Iterable[str], where: str = "") -> str:
    """The same, followed by the hint where one of KNOWN is near."""
    return f"{there_is_no(kind, name, where)}{after(did_you_mean(name, known))}"


def hint(name: str, known: Iterable[str], elsewhere: str = "") -> str:
    """The nearest of KNOWN; else all of them where they are few; else ELSEWHERE, where they are listed."""
    known = list(known)
    listed = f"one of {', '.join(known)}" if 0 < len(known) <= FEW else elsewhere
    return did_you_mean(name, known) or listed


def did_you_mean(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """`did you mean "y"?`, or nothing where none of KNOWN is as like NAME as CUTOFF (0 to 1)."""
    return meant(*near(name, known, cutoff=cutoff))


def meant(*names: str) -> str:
    """`did you mean "x", "y" or "z"?`; nothing without a name."""
    quoted = [shown(name) for name in names if name]
    listed = " or ".join(part for part in (", ".join(quoted[:-1]), *quoted[-1:]) if part)
    return f"did you mean {listed}?" if quoted else ""


def after(hint: str) -> str:
    """HINT as the second half of a sentence."""
    return f"; {hint}" if hint else ""


def nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """The one of KNOWN that NAME, misspelt, may stand for; or nothing."""
    return next(iter(near(name, known, cutoff=cutoff)), "")


def near(name: str, known: Iterable[str], most: int = 1, cutoff: float = 0.6) -> list[str]:
    """At most MOST of KNOWN that NAME, misspelt, may stand for, the nearest first."""
    from difflib import get_close_matches

    name = name[:100]
    # its ratio is at most that of the lengths, which costs nothing to know
    alike = [one for one in known if 2 * min(len(one), len(name)) >= cutoff * (len(one) + len(name))]
    return get_close_matches(name, alike, n=most, cutoff=cutoff)


class Slips:
    """Names, to be found by what is one slip away from them, in the same time however many there are."""

    def __init__(self, names: Iterable[str]) -> None:
        self._near: dict[str, list[str]] = {}
        for name in names:
            for less in _shortened(name):
                self._near.setdefault(less, []).append(name)

    def of(self, name: str) -> str:
        """The name that NAME is with a slip; nothing where there is none."""
        found = (each for less in _shortened(name) for each in self._near.get(less, ())[:FEW])
        return next((each for each in found if each != name and is_slip(name, each)), "")


def _shortened(name: str) -> set[str]:
    """The name, and what is left of it without one letter: two that are one slip apart share one of these."""
    own = name[:100]
    return {own, *(own[:at] + own[at + 1 :] for at in range(len(own)))}


def is_slip(name: str, other: str) -> bool:
    """Whether NAME is OTHER with a letter wrong, lacking or too much, or two swapped; a plural is none."""
    if abs(len(name) - len(other)) > 1 or name + "s" == other or other + "s" == name:
        return False
    at = next((at for at, (a, b) in enumerate(zip(name, other, strict=False)) if a != b), None)
    if at is None:
        return len(name) != len(other)
    rest, wanted = name[at:], other[at:]
    swapped = rest[1::-1] + rest[2:]
    return wanted in (rest[1:], swapped) or wanted[1:] in (rest, rest[1:])
