"""The shapes that many answers have."""

from __future__ import annotations

from scaffold.fields import values
from scaffold.fields.shapes import Boolean, Free, Integer, ListOf, MapOf, OneOf, Shape, Text

TEXT = Text(values.TEXT)
LONG_TEXT = Text(values.LONG_TEXT)
YES_NO = Boolean()
STEP = Integer(1, 5)
ANY = Free(values.FREE_KEY, values.FREE_TEXT)
ANY_LIST = ListOf(ANY)
ANY_MAP = MapOf(values.FREE_KEY, ANY)
EXACT = Free(values.FREE_KEY, values.FREE_TEXT, exact=True)
HEAT = MapOf(values.HEAT_FUNCTION, EXACT, single=True)
HEAT_LIST = MapOf(values.HEAT_LIST_FUNCTION, EXACT, single=True)
EXACT_LIST = ListOf(EXACT)
EXACT_MAP = MapOf(values.FREE_KEY, EXACT)
HIERA = MapOf(values.HIERA_KEY, EXACT)
PARAMETER_DEFAULTS = MapOf(values.HEAT_PARAMETER, EXACT)


def or_heat(*shapes: Shape) -> OneOf:
    """SHAPES, or a function of Heat that gives such a value."""
    return OneOf((*shapes, HEAT))


def or_heat_list(shape: ListOf) -> OneOf:
    """The list SHAPE, or a function of Heat that gives such a list."""
    return OneOf((shape, HEAT_LIST))


def several(shape: Shape, least: int = 0, unique: bool = False) -> ListOf:
    """A list of SHAPE: at least LEAST, and no two alike where it is UNIQUE."""
    return ListOf(shape, least, unique)
