"""Percentiles by nearest rank, and how many readings they need before they mean something."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

_LEAST_BEYOND = 2
"""Readings that must lie beyond a percentile; with one it would be the largest reading under another name."""


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The smallest reading that at least so many percent of all readings do not exceed.

    Args:
        ordered: readings in ascending order, at least one.
        percent: above 0, at most 100.
    """
    return ordered[_rank(len(ordered), percent) - 1]


def supported(count: int, percent: float) -> bool:
    """Whether so many readings are enough for a percentile: 4 for the median, 200 for p99, 2000 for p99.9."""
    return count - _rank(count, percent) >= _LEAST_BEYOND


def percentiles(readings: Sequence[float], percents: Mapping[str, float]) -> dict[str, float | None]:
    """Percentiles by name, in any order of readings; None for those that too few readings support."""
    ordered = sorted(readings)
    return {
        name: percentile(ordered, percent) if supported(len(ordered), percent) else None
        for name, percent in percents.items()
    }


def _rank(count: int, percent: float) -> int:
    # A product such as 2000 × 99.9 may lie a hair above the whole number that it stands for.
    return max(1, math.ceil(round(count * percent / 100, 9)))


__all__ = ["percentile", "percentiles", "supported"]
