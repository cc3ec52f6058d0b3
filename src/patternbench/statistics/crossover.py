"""Where two variants exchange places along a numeric axis.

They do so between two measured values at which the pair is decided, one way and the other; values at which it is not
may lie between. The place is where the log ratio of their times passes zero. Its interval is that of Fieller (1954,
doi:10.1111/j.2517-6161.1954.tb00159.x): every place at which the interval of the interpolated log ratio holds zero.

How the ratio runs between two measured values nobody has seen. Two answers are taken: log ratio straight in log n,
exact where both costs are powers of n, and the difference of the times straight in n, exact where both are a fixed cost
and one per item. The estimate is their geometric mean, and the interval spans both. Nothing is extrapolated.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from patternbench.estimate import Crossover
from patternbench.statistics.decision import SHOWN_CONFIDENCE
from patternbench.statistics.interval import Sets, t_quantile
from patternbench.verdict import Verdict

DECIDED = (Verdict.FASTER, Verdict.SLOWER)


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two variants at one value of the axis.

    Attributes:
        value: of the axis, above zero.
        verdict: on the first against the second.
        log_ratio: of the first's time to the second's, over sets.
        typical_s: geometric mean of both times, seconds; above zero.
    """

    value: int | float
    verdict: Verdict
    log_ratio: Sets
    typical_s: float


def crossovers(first: str, second: str, contrasts: Sequence[Contrast]) -> tuple[Crossover, ...]:
    """Every place at which the pair, decided one way, is next decided the other way.

    Two identical variants have one only if both are called faster once; where the chance that a value's verdict errs is
    1 %, that is less than one in ten thousand for every two values.

    Args:
        contrasts: by ascending value.
    """
    decided = [index for index, each in enumerate(contrasts) if each.verdict in DECIDED]
    return tuple(
        _crossover(first, second, contrasts[before : after + 1])
        for before, after in pairwise(decided)
        if contrasts[before].verdict is not contrasts[after].verdict
    )


@dataclass(frozen=True, slots=True)
class _Height:
    """What must pass zero, at one place: its value, its standard error, and the freedom of that error."""

    place: float
    value: float
    error: float
    degrees: int


@dataclass(frozen=True, slots=True)
class _Found:
    """Where an interpolation passes zero, and the span of the places at which it might; in the axis's own unit."""

    at: float
    low: float
    high: float


def _crossover(first: str, second: str, between: Sequence[Contrast]) -> Crossover:
    below, above = float(between[0].value), float(between[-1].value)
    found = [
        each
        for each in (
            _zero([_in_logs(each) for each in between], math.exp),
            _zero([_in_times(each) for each in between], float),
        )
        if each is not None
    ]
    at = math.exp(statistics.fmean(math.log(each.at) for each in found)) if found else math.sqrt(below * above)
    low = min((each.low for each in found), default=below)
    high = max((each.high for each in found), default=above)
    names = (first, second) if between[0].verdict is Verdict.FASTER else (second, first)
    # Rounding may carry an end past its neighbour by the last bit.
    at = min(max(at, below), above)
    return Crossover(at, max(below, min(low, at)), min(above, max(high, at)), below, above, *names, SHOWN_CONFIDENCE)


def _in_logs(each: Contrast) -> _Height:
    sets = each.log_ratio
    return _Height(math.log(each.value), sets.mean, sets.error, sets.count - 1)


def _in_times(each: Contrast) -> _Height:
    """The difference of the two times, with the error that the log ratio's gives it."""
    sets = each.log_ratio
    difference = 2 * each.typical_s * math.sinh(sets.mean / 2)
    error = each.typical_s * math.cosh(sets.mean / 2) * sets.error
    return _Height(float(each.value), difference, error, sets.count - 1)


def _zero(heights: Sequence[_Height], back: Callable[[float], float]) -> _Found | None:
    """Where straight lines between neighbours pass zero; the middle place where they do so several times."""
    zeros: list[float] = []
    possible: list[float] = []
    for left, right in pairwise(heights):
        width = right.place - left.place
        share = _passes(left, right)
        if share is not None:
            zeros.append(left.place + share * width)
        possible += [left.place + each * width for each in _held(left, right, share)]
    if not zeros:
        return None
    at = statistics.median(zeros)
    return _Found(back(at), back(min(at, *possible)), back(max(at, *possible)))


def _passes(left: _Height, right: _Height) -> float | None:
    """The share of the way at which the line passes zero; None where it does not."""
    if left.value * right.value > 0 or left.value == right.value:
        return None
    return left.value / (left.value - right.value)


def _held(left: _Height, right: _Height, zero: float | None) -> Iterator[float]:
    """Shares of the way between which the line's interval holds zero: roots of a quadratic, and ends within it."""
    quantile = t_quantile((1 + SHOWN_CONFIDENCE) / 2, _degrees(left, right, 0.5 if zero is None else zero))
    ours, theirs = (quantile * left.error) ** 2, (quantile * right.error) ** 2
    rise = right.value - left.value
    square = rise**2 - ours - theirs
    linear = 2 * (left.value * rise + ours)
    constant = left.value**2 - ours
    if zero is not None:
        yield zero
    if constant <= 0:
        yield 0.0
    if square + linear + constant <= 0:
        yield 1.0
    discriminant = linear**2 - 4 * square * constant
    if square != 0 and discriminant >= 0:
        for sign in (-1, 1):
            root = (-linear + sign * math.sqrt(discriminant)) / (2 * square)
            if 0 < root < 1:
                yield root


def _degrees(left: _Height, right: _Height, share: float) -> float:
    """Of the interpolated value's error (Welch and Satterthwaite)."""
    parts = ((((1 - share) * left.error) ** 2, left.degrees), ((share * right.error) ** 2, right.degrees))
    spread = sum(variance**2 / degrees for variance, degrees in parts)
    return sum(variance for variance, _ in parts) ** 2 / spread if spread > 0 else math.inf
