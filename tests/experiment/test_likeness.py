"""Results of code that nobody wrote an `agree` for."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from patternbench.experiment.likeness import alike


class Angry:
    def __eq__(self, other: object) -> bool:
        raise ValueError("ask me something else")

    __hash__ = None  # type: ignore[assignment]


NESTED: list[Any] = []
NESTED.append(NESTED)
OTHER: list[Any] = []
OTHER.append(OTHER)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (0.1 + 0.2, 0.3),
        (Fraction(1, 3), 1 / 3),
        (math.nan, math.nan),
        ([0.1 + 0.2, "a"], [0.3, "a"]),
        ((1, [0.1 + 0.2]), (1, [0.3])),
        ({"a": 0.1 + 0.2}, {"a": 0.3}),
        ({1, 2}, frozenset({2, 1})),
        (None, None),
        (object(), object()),
        (iter([1]), iter([2])),
        (map(str, [1]), (str(each) for each in [1])),
        ([object()], [object()]),
        (Angry(), Angry()),
        (np.arange(3), np.arange(3)),
        (NESTED, OTHER),
    ],
)
def test_what_says_the_same_or_cannot_be_told_apart_is_alike(one: Any, other: Any) -> None:
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 2),
        (1, "1"),
        (None, [1, 2]),
        ([1, 2], (1, 2)),
        ([1, 2], [2, 1]),
        ([1], [1, 1]),
        ({"a": 1}, {"b": 1}),
        (math.nan, 1.0),
        (0.3, 0.3001),
        # A generator that nobody consumed is no list of results.
        ([1], (each for each in [1])),
        (np.arange(3), np.arange(3) + 1),
    ],
)
def test_what_differs_is_not(one: Any, other: Any) -> None:
    assert not alike(one, other)
    assert not alike(other, one)
