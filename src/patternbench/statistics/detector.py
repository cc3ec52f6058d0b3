"""How good a detector of slow-downs is, from decisions about pairs whose truth is known.

A detector takes two variants and gives a verdict. Identical code asks for its false alarms; a planted slow-down asks
for its power, for the error of its estimate, and for whether its interval holds the truth. Nothing here knows how a
verdict came about, so that other tools are judged by the same figures.

Every bound is one-sided with 95 % confidence: 0 alarms in 299 decisions show a rate below 1 %. A figure's `low` and
`high` together are therefore a 90 % interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

from patternbench.estimate import Ratio
from patternbench.statistics.interval import Sets
from patternbench.verdict import Verdict

BOUND_CONFIDENCE = 0.95
"""Of each bound, on its own side."""

NINE_IN_TEN = 0.9
"""Power at which a size counts as seen."""

_DRAWS = 2000
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Decision:
    """What a detector said about one pair.

    Attributes:
        planted: share by which the candidate's true time exceeds the base's; 0 for identical code.
        verdict: on the candidate; "slower" finds a planted slow-down, whatever is not "slower" or "faster" does not.
        seconds: from the start of the measurement to the verdict.
        ratio: candidate over base, where the detector gives one.
        band: equivalence band that "same" was judged by, as a share, where the detector has one.
    """

    planted: float
    verdict: Verdict
    seconds: float
    ratio: Ratio | None = None
    band: float | None = None

    def __post_init__(self) -> None:
        if self.planted < 0:
            raise ValueError(f"a slow-down is planted, not a speed-up: {self.planted}")


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many, with the bounds of the rate behind them.

    Attributes:
        low, high: Clopper and Pearson (1934, doi:10.1093/biomet/26.4.404); 0 and 1 where nothing was tried.
    """

    count: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float | None:
        """The rate itself; None where nothing was tried."""
        return self.count / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Power:
    """How often one planted size was found, and how often it was taken for a speed-up."""

    planted: float
    found: Rate
    wrong_way: Rate


@dataclass(frozen=True, slots=True)
class Detectable:
    """The smallest slow-down that is found nine times in ten (MDE90).

    A value equal to `smallest` means "that or less": nothing smaller was planted. None means "more than `largest`".

    Attributes:
        share: where the curve of power over size, made monotone and joined by lines over the logarithm of the size,
            reaches 0.9.
        low, high: 5th and 95th percentile of the same over curves drawn from Jeffreys' posterior of each size's power.
        smallest, largest: sizes that were planted.
    """

    share: float | None
    low: float | None
    high: float | None
    smallest: float
    largest: float


@dataclass(frozen=True, slots=True)
class Bias:
    """Mean error of the estimated ratio on the logarithmic scale, in percentage points.

    Attributes:
        points: above zero the candidate is made out slower than it is.
        low, high: Student's bounds of the mean; None with fewer than two estimates.
        of: number of estimates.
    """

    points: float
    low: float | None
    high: float | None
    of: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of merit over one set of decisions.

    Attributes:
        false_alarms: identical code called slower or faster; `alarms_up` called slower, `alarms_down` called faster.
        power: by planted size, ascending.
        detectable: None where nothing was planted.
        coverage: intervals that hold the true ratio, of those given.
        bias: None where no ratio was given.
        undecided: decisions that could not tell.
        false_same: called "same" although the planted size lies outside the band, of those planted outside it.
        seconds_median, seconds_p90: per decision; None where there is none.
    """

    decisions: int
    false_alarms: Rate
    alarms_up: Rate
    alarms_down: Rate
    power: tuple[Power, ...]
    detectable: Detectable | None
    coverage: Rate
    bias: Bias | None
    undecided: Rate
    false_same: Rate
    seconds_median: float | None
    seconds_p90: float | None


def figures(decisions: Sequence[Decision], draws: np.random.Generator) -> Figures:
    """All figures of merit of some decisions; none at all gives rates of nothing.

    Args:
        draws: source of the curves behind the interval of `Figures.detectable`.
    """
    identical = [each for each in decisions if each.planted == 0]
    power = tuple(
        _power(planted, [each for each in decisions if each.planted == planted])
        for planted in sorted({each.planted for each in decisions if each.planted > 0})
    )
    up = sum(each.verdict is Verdict.SLOWER for each in identical)
    down = sum(each.verdict is Verdict.FASTER for each in identical)
    judged = [(each.ratio, 1 + each.planted) for each in decisions if each.ratio is not None]
    outside = [each for each in decisions if each.band is not None and each.planted > each.band]
    seconds = [each.seconds for each in decisions]
    return Figures(
        decisions=len(decisions),
        false_alarms=rate(up + down, len(identical)),
        alarms_up=rate(up, len(identical)),
        alarms_down=rate(down, len(identical)),
        power=power,
        detectable=detectable(power, draws) if power else None,
        coverage=rate(sum(ratio.low <= truth <= ratio.high for ratio, truth in judged), len(judged)),
        bias=bias([math.log(ratio.point / truth) for ratio, truth in judged]) if judged else None,
        undecided=rate(sum(each.verdict is Verdict.UNDECIDED for each in decisions), len(decisions)),
        false_same=rate(sum(each.verdict is Verdict.SAME for each in outside), len(outside)),
        seconds_median=float(np.median(seconds)) if seconds else None,
        seconds_p90=float(np.percentile(seconds, 90)) if seconds else None,
    )


def rate(count: int, of: int) -> Rate:
    """A rate with its Clopper-Pearson bounds.

    Raises:
        ValueError: more counted than tried, or fewer than none.
    """
    if not 0 <= count <= of:
        raise ValueError(f"{count} of {of} is no rate")
    tail = 1 - BOUND_CONFIDENCE
    low = float(betaincinv(count, of - count + 1, tail)) if count else 0.0
    high = float(betaincinv(count + 1, of - count, 1 - tail)) if count < of else 1.0
    return Rate(count, of, low, high)


def bias(errors: Sequence[float]) -> Bias:
    """Mean of errors of log ratios, in points.

    Raises:
        ValueError: there are none.
    """
    if not errors:
        raise ValueError("the mean of no errors")
    mean = 100 * math.fsum(errors) / len(errors)
    if len(errors) < 2:
        return Bias(mean, None, None, len(errors))
    half = 100 * Sets.of(errors).half_width(2 * BOUND_CONFIDENCE - 1)
    return Bias(mean, mean - half, mean + half, len(errors))


def detectable(power: Sequence[Power], draws: np.random.Generator) -> Detectable:
    """The smallest size found nine times in ten, from the power at each size.

    Premise: power grows with size. Where a larger size was found less often than a smaller one, both are taken
    together (isotonic regression), so that luck at one size does not decide.

    Args:
        power: in ascending order of size, one at least, each tried at least once.
    """
    sizes = [each.planted for each in power]
    tried = [each.found.of for each in power]
    curve = isotonic([each.found.count / each.found.of for each in power], tried)
    # Jeffreys' prior, half a success and half a failure: a size found 16 times of 16 may still be missed one day.
    posterior = np.stack(
        [draws.beta(each.found.count + 0.5, each.found.of - each.found.count + 0.5, _DRAWS) for each in power], axis=1
    )
    reached = [_reach(sizes, isotonic(list(curve), tried)) for curve in posterior]
    low, high = np.quantile(
        [math.inf if each is None else each for each in reached],
        [1 - BOUND_CONFIDENCE, BOUND_CONFIDENCE],
        method="inverted_cdf",  # an observed value, so that "more than the largest" is never averaged with a size
    )
    return Detectable(
        share=_reach(sizes, curve),
        low=None if math.isinf(low) else float(low),
        high=None if math.isinf(high) else float(high),
        smallest=sizes[0],
        largest=sizes[-1],
    )


def isotonic(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The nearest sequence that never falls: weighted least squares, by pooling adjacent violators."""
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(values, weights, strict=True):
        pool = (float(value), float(weight), 1)
        while pools and pools[-1][0] >= pool[0]:
            mean, heavy, count = pools.pop()
            both = heavy + pool[1]
            pool = ((mean * heavy + pool[0] * pool[1]) / both, both, count + pool[2])
        pools.append(pool)
    return [mean for mean, _, count in pools for _ in range(count)]


def _power(planted: float, decisions: Sequence[Decision]) -> Power:
    found = sum(each.verdict is Verdict.SLOWER for each in decisions)
    wrong = sum(each.verdict is Verdict.FASTER for each in decisions)
    return Power(planted, rate(found, len(decisions)), rate(wrong, len(decisions)))


def _reach(sizes: Sequence[float], curve: Sequence[float]) -> float | None:
    """Where the curve first reaches nine in ten: its first size if it starts there, None if it never does."""
    before: tuple[float, float] | None = None
    for size, share in zip(sizes, curve, strict=True):
        if share >= NINE_IN_TEN - _ROUNDING:
            if before is None:
                return size
            lower, low_share = before
            part = (NINE_IN_TEN - low_share) / (share - low_share)
            return float(lower * (size / lower) ** part)
        before = (size, share)
    return None
