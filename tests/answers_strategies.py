"""Hypothesis strategies for answers that are right, made of the declared shapes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from scaffold.fields import ANSWERS
from scaffold.fields.kind import Kind
from scaffold.fields.shapes import (
    Boolean,
    Choice,
    Free,
    Group,
    Integer,
    ListOf,
    MapOf,
    OneOf,
    Setting,
    Shape,
    Text,
)

CORPUS = yaml.safe_load((Path(__file__).parent / "cases" / "hostile.yaml").read_text(encoding="utf-8"))
ODD = [
    *(case["value"] for listed in CORPUS.values() for case in listed if isinstance(case.get("value"), str)),
    *(
        "y",
        "N",
        "~",
        "1e3",
        "0o17",
        "0x1F",
        "1_000",
        "+1",
        "a\nb",
        "a\n",
        "\n a",
        "  a\n b\n\n",
        "\ta",
        "a \nb",
    ),
]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)


def texts(kind: Kind) -> st.SearchStrategy[str]:
    """Texts that the kind takes: its example, odd ones and arbitrary ones."""
    odd = [text for text in ODD if kind.problem(text) is None and kind.normal(text) == text]
    known = st.sampled_from([kind.example, *odd])
    if kind.problem("é !") is None:
        return known | st.text(max_size=12).filter(lambda text: kind.problem(text) is None)
    return known


def values(shape: Shape) -> st.SearchStrategy[Any]:
    match shape:
        case Text(kind=kind):
            return texts(kind)
        case Integer(least=least, most=most):
            return st.integers(least, most)
        case Boolean():
            return st.booleans()
        case Choice(values=listed):
            return st.sampled_from(listed)
        case Setting(kind=kind):
            return texts(kind) | st.booleans() | st.integers()
        case ListOf(item=item, least=least, unique=unique):
            return st.lists(values(item), min_size=least, max_size=3, unique_by=repr if unique else None)
        case MapOf(key=key, value=value, single=single):
            return st.dictionaries(texts(key), values(value), min_size=single, max_size=2 - single)
        case Group(fields=fields):
            return st.fixed_dictionaries(
                {name: values(field.shape) for name, field in fields.items() if field.required},
                optional={name: values(field.shape) for name, field in fields.items() if not field.required},
            )
        case OneOf(shapes=shapes):
            return st.one_of([values(one) for one in shapes])
        case Free(key=key, text=text):
            return st.recursive(
                SCALARS | texts(text),
                lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts(key), inner, max_size=2),
                max_leaves=4,
            )


ALL = values(ANSWERS)
