"""Does a variant change while it is being measured? A slope over the rounds of a set says so."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from patternbench.statistics.interval import Sets, t_quantile

_LEAST_ROUNDS = 8
_CONFIDENCE = 0.999
_MATTERS = 0.03


def slope(values: Sequence[float]) -> float:
    """Median of the slopes between all pairs of values, per step (Theil 1950; Sen 1968, doi:10.2307/2285891)."""
    series = np.asarray(values, dtype=float)
    first, second = np.triu_indices(len(series), k=1)
    return float(np.median((series[second] - series[first]) / (second - first)))


def drift(sets: Sequence[Sequence[float]]) -> float | None:
    """Relative change over one set, where it is both sure and large enough to matter; None otherwise.

    Args:
        sets: for each set the log of a variant's time per call relative to the baseline's, round by round.

    Returns:
        0.05 for a variant that is 5 % slower at the end of a set than at its start; sure at 99.9 % over sets.
    """
    usable = [values for values in sets if len(values) >= _LEAST_ROUNDS]
    if len(usable) < 3:
        return None
    changes = Sets.of([slope(values) * (len(values) - 1) for values in usable])
    sure = abs(changes.mean) > t_quantile(1 - (1 - _CONFIDENCE) / 2, changes.count - 1) * changes.error
    change = math.expm1(changes.mean)
    return change if sure and abs(change) >= _MATTERS else None
