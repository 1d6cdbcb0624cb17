"""The shapes that many answers have."""

from __future__ import annotations

from scaffold.fields import values
from scaffold.fields.kind import Kind
from scaffold.fields.shapes import Boolean, Free, Integer, ListOf, MapOf, OneOf, Shape, Text
from scaffold.tripleo.heat import CHOOSING

TEXT = Text(values.TEXT)
LONG_TEXT = Text(values.LONG_TEXT)
YES_NO = Boolean()
STEP = Integer(1, 5)
ANY = Free(values.FREE_KEY, values.FREE_TEXT)
ANY_LIST = ListOf(ANY)
ANY_MAP = MapOf(values.FREE_KEY, ANY)
EXACT = Free(values.FREE_KEY, values.FREE_TEXT, exact=True)
EXACT_LIST = ListOf(EXACT)
EXACT_MAP = MapOf(values.FREE_KEY, EXACT)
HIERA = MapOf(values.HIERA_KEY, EXACT)
PARAMETER_DEFAULTS = MapOf(values.HEAT_PARAMETER, EXACT)


def _heat(function: Kind) -> MapOf:
    return MapOf(function, EXACT, single=True, shows=CHOOSING)


HEAT = _heat(values.HEAT_FUNCTION)
HEAT_LIST = _heat(values.HEAT_LIST_FUNCTION)
HEAT_TRUTH = _heat(values.HEAT_TRUTH_FUNCTION)


def or_heat(*shapes: Shape) -> OneOf:
    """SHAPES, or a function of Heat that gives a value of the first of them."""
    gives = {ListOf: HEAT_LIST, Boolean: HEAT_TRUTH}.get(type(shapes[0]), HEAT)
    return OneOf((*shapes, gives))


def several(shape: Shape, least: int = 0, unique: bool = False) -> ListOf:
    """A list of SHAPE: at least LEAST, and no two alike where it is UNIQUE."""
    return ListOf(shape, least, unique)
