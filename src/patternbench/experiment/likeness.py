"""Whether two results say the same, for code that nobody wrote an `agree` for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real
from typing import Any

_CLOSE = 1e-9
"""Two ways of adding up the same numbers differ in their last digits; nine that agree are no accident."""


def alike(expected: Any, actual: Any) -> bool:
    """Whether `actual` is as good as `expected`, as far as anything can be said of it.

    Equal values are alike; numbers are from nine digits on, in lists, tuples and mappings too. Two objects that only
    ever equal themselves (iterators, functions, plain instances) cannot be told apart and count as alike; one of them
    and a value are not. Neither are results whose comparison raises, or gives no yes or no.
    """
    try:
        return _alike(expected, actual)
    except Exception:  # noqa: BLE001 - `==` may raise anything at all, and then nothing can be said
        return True


def _alike(expected: Any, actual: Any) -> bool:
    if expected is actual or _yes(expected == actual):
        return True
    if isinstance(expected, Real) and isinstance(actual, Real):
        return math.isclose(expected, actual, rel_tol=_CLOSE) or (math.isnan(expected) and math.isnan(actual))
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        return expected.keys() == actual.keys() and all(_alike(value, actual[key]) for key, value in expected.items())
    if isinstance(expected, list | tuple) and type(expected) is type(actual):
        return len(expected) == len(actual) and all(map(_alike, expected, actual))
    return _equals_itself_only(expected) and _equals_itself_only(actual)


def _yes(outcome: Any) -> bool:
    """An answer of `==`; arrays answer element by element."""
    return bool(outcome.all()) if hasattr(outcome, "all") else bool(outcome)


def _equals_itself_only(value: object) -> bool:
    return type(value).__eq__ is object.__eq__
