"""How steeply a variant's time grows along a numeric axis, and whether one exponent can say so.

The line `log t = a + k log n` is fitted by least squares, every measured value with the same weight, and `k` gets the
wider of two intervals:

- *over sets*: the spread of each value's sets, carried through the fit (`Combination`). The values of an axis are
  measured one after the other, each in sets of its own: set 3 of one value and set 3 of another share neither process
  nor hash seed nor minute, so sets are not matched by number. Nor is a value weighted by one over its variance: a
  variance from five or eight sets is itself a guess, and a value that was timed more sharply is no better a witness of
  the law.
- *about the line*: the scatter of the values about it, which also holds what moves a whole value and none of its sets
  can see: the machine of that minute. With three values it rests on one degree of freedom, and is wide for it.

Along an axis that does nothing, in 23 runs on a shared machine, the first alone left out the true exponent, zero, in 15
of 69 fits; the wider of the two did in 5, where 3 or 4 are due.

Premise: the medians of sets are independent and their logarithms roughly normal.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from patternbench.estimate import Exponent
from patternbench.session import Growth, Piece
from patternbench.statistics.combination import Combination
from patternbench.statistics.decision import SHOWN_CONFIDENCE
from patternbench.statistics.interval import Sets, t_quantile

LEAST_VALUES = 3
"""A line through two values always fits, and says nothing of its own fit."""

MISFIT_FLOOR = 0.15
"""A value that lies less far off a line, as a share, never speaks against it: in the same 23 runs the machine alone
moved some value by more than 10 % in a tenth of the fits."""

MISFIT_ERROR = 0.01
"""Chance that sets alone make any value of a true line look off it; shared out among its values (Bonferroni)."""


@dataclass(frozen=True, slots=True)
class Point:
    """A variant at one value of the axis.

    Attributes:
        value: of the axis, above zero.
        log_time: mean over sets of the log of each set's median time per operation.
    """

    value: int | float
    log_time: Sets


def growth(variant: str, points: Sequence[Point]) -> Growth:
    """The exponent of the straight line, and the exponents of its pieces where the line does not fit.

    A value is off the line where it lies off by more than `MISFIT_FLOOR` and by more than its sets explain. Then two
    lines that meet at a measured value are tried, the value that leaves least scatter; and where a value is off these
    too, each stretch between neighbours has an exponent of its own. The intervals of pieces hold for the given place of
    the bend; those between neighbours are over sets alone.

    Args:
        points: by ascending value, at least `LEAST_VALUES`.

    Raises:
        ValueError: there are fewer.
    """
    if len(points) < LEAST_VALUES:
        raise ValueError(f"a line and its fit need {LEAST_VALUES} values, not {len(points)}")
    at = np.log([float(each.value) for each in points])
    at -= at.mean()
    straight = _Fit(_line(at), points)
    exponent = straight.exponent([0.0, 1.0])
    pieces = () if straight.fits else _pieces(at, points)
    return Growth(variant, exponent, math.expm1(float(np.abs(straight.residuals).max())), pieces)


class _Fit:
    """Least squares of the points' log times on a design, `(n_points, n_coefficients)`."""

    def __init__(self, design: NDArray[np.float64], points: Sequence[Point]) -> None:
        self._sets = [each.log_time for each in points]
        self._inverse = np.linalg.pinv(design)
        self._residual_maker = np.eye(len(points)) - design @ self._inverse
        self.residuals = self._residual_maker @ np.array([sets.mean for sets in self._sets])
        self._spare = design.shape[0] - design.shape[1]

    @property
    def scatter(self) -> float:
        """Sum of the squared residuals."""
        return float(self.residuals @ self.residuals)

    @property
    def fits(self) -> bool:
        """Whether no value lies off by more than the floor and than its sets explain."""
        confidence = 1 - MISFIT_ERROR / len(self._sets)
        for row, residual in zip(self._residual_maker, self.residuals, strict=True):
            far = abs(residual) >= math.log1p(MISFIT_FLOOR)
            if far and abs(residual) > self._combined(row).half_width(confidence):
                return False
        return True

    def exponent(self, of_coefficients: Sequence[float]) -> Exponent:
        """A sum of the coefficients, with the wider of the intervals over sets and about the fit."""
        weights = np.array(of_coefficients) @ self._inverse
        combined = self._combined(weights)
        half = combined.half_width(SHOWN_CONFIDENCE)
        if self._spare:
            error = math.sqrt(self.scatter / self._spare * float(weights @ weights))
            half = max(half, t_quantile((1 + SHOWN_CONFIDENCE) / 2, self._spare) * error)
        return Exponent(combined.mean, combined.mean - half, combined.mean + half, SHOWN_CONFIDENCE)

    def _combined(self, weights: NDArray[np.float64]) -> Combination:
        return Combination.of((float(weight), sets) for weight, sets in zip(weights, self._sets, strict=True))


def _pieces(at: NDArray[np.float64], points: Sequence[Point]) -> tuple[Piece, ...]:
    bends = {knee: _bent(at, points, knee) for knee in range(1, len(points) - 1)}
    knee = min(bends, key=lambda each: bends[each].scatter)
    if bends[knee].fits:
        return (
            Piece(points[0].value, points[knee].value, bends[knee].exponent([0.0, 1.0, 0.0])),
            Piece(points[knee].value, points[-1].value, bends[knee].exponent([0.0, 1.0, 1.0])),
        )
    return tuple(
        Piece(left.value, right.value, _Fit(_line(at[end : end + 2]), [left, right]).exponent([0.0, 1.0]))
        for end, (left, right) in enumerate(pairwise(points))
    )


def _line(at: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([np.ones_like(at), at])


def _bent(at: NDArray[np.float64], points: Sequence[Point], knee: int) -> _Fit:
    """Two lines that meet at a value: the second coefficient is the first line's slope, the third what is added."""
    return _Fit(np.column_stack([np.ones_like(at), at, np.maximum(0.0, at - at[knee])]), points)
