"""Where two variants exchange places: by hand, against a slow search, and with a truth that is known."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from patternbench.estimate import Crossover
from patternbench.statistics.crossover import Contrast, crossovers
from patternbench.statistics.decision import COMPUTING, SHOWN_CONFIDENCE, decided, deciding_confidence
from patternbench.statistics.interval import Sets
from patternbench.verdict import Verdict

REPEATED = 600
DECADES = (10, 100, 1000, 10_000)
Law = Callable[[float], float]
Height = tuple[float, float, float]
"""Log ratio, its error, and the geometric mean of the times."""


def judged(value: float, sets: Sets, typical_s: float = 1e-6, contrasts: int = 1) -> Contrast:
    verdict = decided(sets.ratio(SHOWN_CONFIDENCE), sets.anytime(deciding_confidence(contrasts)), COMPUTING)
    return Contrast(value, verdict, sets, typical_s)


def drawn(
    one: Law,
    other: Law,
    draws: np.random.Generator,
    *,
    values: Sequence[float] = DECADES,
    deviation: float = 0.02,
    sets: int = 8,
) -> list[Contrast]:
    return [
        judged(
            value,
            Sets.of((math.log(one(value) / other(value)) + draws.normal(0, deviation, sets)).tolist()),
            math.sqrt(one(value) * other(value)),
        )
        for value in values
    ]


def test_a_place_by_hand() -> None:
    """From ×½ at 10 to ×2 at 1000, without spread: halfway in logs is 100, halfway in n is 505."""
    half = math.log(2)
    (found,) = crossovers("a", "b", [judged(10, Sets(-half, 0.0, 8)), judged(1000, Sets(half, 0.0, 8))])
    assert (found.low, found.high) == pytest.approx((100, 505))
    assert found.at == pytest.approx(math.sqrt(100 * 505))
    assert (found.below, found.above) == (10, 1000)
    assert (found.faster_below, found.faster_above) == ("a", "b")


def test_costs_that_are_powers_and_costs_with_a_fixed_part_are_both_within() -> None:
    """Straight in logs is exact for the first, straight in n for the second; the other way is far off each time."""
    draws = np.random.default_rng(0)
    ends = (10, 1000)
    (powers,) = crossovers("a", "b", drawn(lambda n: n, lambda n: (300 * n) ** 0.5, draws, values=ends, deviation=1e-9))
    (fixed,) = crossovers("a", "b", drawn(lambda n: 2 * n, lambda n: 300 + n, draws, values=ends, deviation=1e-9))
    assert powers.high == pytest.approx(300)
    assert powers.low < 200
    assert fixed.low == pytest.approx(300)
    assert fixed.high > 400


def searched(contrasts: Sequence[Contrast], steps: int = 20_000) -> tuple[float, float]:
    """The interval by trying every place, both ways of running between the values."""
    places = []
    for left, right in pairwise(contrasts):
        for logs in (True, False):
            share = np.linspace(0, 1, steps)
            ends = [
                (each.log_ratio.mean, each.log_ratio.error)
                if logs
                else (
                    2 * each.typical_s * math.sinh(each.log_ratio.mean / 2),
                    each.typical_s * math.cosh(each.log_ratio.mean / 2) * each.log_ratio.error,
                )
                for each in (left, right)
            ]
            (y0, s0), (y1, s1) = ends
            value = (1 - share) * y0 + share * y1
            v0, v1 = ((1 - share) * s0) ** 2, (share * s1) ** 2
            zero = np.abs(value).argmin() if y0 * y1 <= 0 else steps // 2
            degrees = (v0 + v1) ** 2 / (v0**2 / (left.log_ratio.count - 1) + v1**2 / (right.log_ratio.count - 1))
            inside = np.abs(value) <= stats.t.ppf(0.975, degrees[zero]) * np.sqrt(v0 + v1)
            axis = (
                np.exp((1 - share) * math.log(left.value) + share * math.log(right.value))
                if logs
                else (1 - share) * left.value + share * right.value
            )
            places += axis[inside].tolist()
    return min(places), max(places)


@pytest.mark.parametrize("seed", range(12))
def test_the_interval_is_the_one_that_a_slow_search_finds(seed: int) -> None:
    draws = np.random.default_rng(seed)
    contrasts = drawn(lambda n: n**0.7, lambda n: 20 + n**0.5, draws, values=(1, 20, 60, 200, 5000), deviation=0.2)
    for found in crossovers("a", "b", contrasts):
        between = [each for each in contrasts if found.below <= each.value <= found.above]
        low, high = searched(between)
        assert found.low == pytest.approx(low, rel=2e-3)
        assert found.high == pytest.approx(high, rel=2e-3)


@pytest.mark.parametrize("deviation", [0.01, 0.05, 0.15])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (lambda n: n, lambda n: 300**0.2 * n**0.8),
        (lambda n: 2 * n, lambda n: 300 + n),
        (lambda n: 600 + 2 * n, lambda n: 900 + n),
        (lambda n: n * math.log(n), lambda n: n * math.log(300)),
    ],
    ids=["powers", "fixed cost", "two fixed costs", "n log n"],
)
def test_the_interval_covers_the_true_place(one: Law, other: Law, deviation: float) -> None:
    draws = np.random.default_rng(round(1000 * deviation))
    found = [crossovers("a", "b", drawn(one, other, draws, deviation=deviation)) for _ in range(REPEATED)]
    single = [each[0] for each in found if len(each) == 1]
    assert len(single) >= 0.75 * REPEATED  # what a pair with a wide spread is not decided on has no place
    hits = sum(each.low <= 300 <= each.high for each in single)
    assert hits >= stats.binom.ppf(0.001, len(single), 0.95)


def test_where_both_ways_of_running_agree_it_covers_as_often_as_it_says() -> None:
    draws = np.random.default_rng(8)
    values = (280, 290, 300, 310, 320)
    hits = 0
    for _ in range(REPEATED):
        (found,) = crossovers(
            "a", "b", drawn(lambda n: n**4.0, lambda _: 297**4.0, draws, values=values, deviation=0.01)
        )
        hits += found.low <= 297 <= found.high
    assert stats.binom.ppf(0.001, REPEATED, 0.95) <= hits <= stats.binom.ppf(0.999, REPEATED, 0.97)


def test_identical_variants_hardly_ever_cross() -> None:
    draws = np.random.default_rng(9)
    false = sum(bool(crossovers("a", "b", drawn(lambda _: 1, lambda _: 1, draws))) for _ in range(4 * REPEATED))
    pairs_of_values = 6
    assert false <= stats.binom.ppf(0.999, 4 * REPEATED, pairs_of_values * 2 * 0.005**2)


def contrast(value: float, log_ratio: float, verdict: Verdict, error: float = 0.01) -> Contrast:
    return Contrast(value, verdict, Sets(log_ratio, error, 8), 1e-6)


def test_one_winner_or_none_has_no_crossover() -> None:
    same = contrast(10, 0.0, Verdict.SAME)
    assert crossovers("a", "b", [contrast(1, -1.0, Verdict.FASTER), same, contrast(100, -1.0, Verdict.FASTER)]) == ()
    assert crossovers("a", "b", [same]) == ()
    assert crossovers("a", "b", []) == ()


def test_several_crossovers_stand_in_order() -> None:
    signs = [(1, -1), (10, 1), (100, 1), (1000, -1), (10_000, 1)]
    found = crossovers(
        "a", "b", [contrast(n, sign, Verdict.FASTER if sign < 0 else Verdict.SLOWER) for n, sign in signs]
    )
    assert [(each.below, each.above) for each in found] == [(1, 10), (100, 1000), (1000, 10_000)]
    assert [each.faster_above for each in found] == ["b", "a", "b"]


def test_values_that_could_not_be_decided_lie_within_the_interval() -> None:
    (found,) = crossovers(
        "a",
        "b",
        [
            contrast(1, -1.0, Verdict.FASTER),
            contrast(10, -0.01, Verdict.UNDECIDED),
            contrast(100, 0.002, Verdict.SAME),
            contrast(1000, 1.0, Verdict.SLOWER),
        ],
    )
    assert (found.below, found.above) == (1, 1000)
    assert found.low < 10 < found.at < 100 < found.high


def test_verdicts_at_odds_with_the_sets_leave_the_whole_stretch_open() -> None:
    (found,) = crossovers("a", "b", [contrast(1, -1.0, Verdict.FASTER), contrast(100, -0.9, Verdict.SLOWER)])
    assert (found.low, found.at, found.high) == pytest.approx((1, 10, 100))


HEIGHTS = st.lists(st.tuples(st.floats(-3, 3), st.floats(1e-4, 0.5), st.floats(1e-9, 1.0)), min_size=2, max_size=6)


def made(
    heights: Sequence[tuple[float, float, float]], *, stretch: float = 1.0, sign: int = 1
) -> tuple[Crossover, ...]:
    values = [2.0 * 3**at * stretch for at in range(len(heights))]
    names = ("a", "b") if sign > 0 else ("b", "a")
    return crossovers(
        *names,
        [
            judged(n, Sets(sign * mean, error, 6), typical)
            for n, (mean, error, typical) in zip(values, heights, strict=True)
        ],
    )


@given(HEIGHTS)
def test_exchanging_the_pair_changes_nothing(heights: list[Height]) -> None:
    for one, other in zip(made(heights), made(heights, sign=-1), strict=True):
        assert (one.faster_below, one.faster_above) == (other.faster_below, other.faster_above)
        assert (one.at, one.low, one.high) == pytest.approx((other.at, other.low, other.high), rel=1e-9)


@given(HEIGHTS, st.floats(1e-3, 1e6))
def test_the_axis_in_other_units_moves_the_place_along(heights: list[Height], stretch: float) -> None:
    for one, other in zip(made(heights), made(heights, stretch=stretch), strict=True):
        expected = tuple(stretch * each for each in (one.at, one.low, one.high))
        assert (other.at, other.low, other.high) == pytest.approx(expected, rel=1e-6)


@given(HEIGHTS)
def test_nothing_is_said_beyond_the_deciding_values(heights: list[Height]) -> None:
    for each in made(heights):
        assert each.below <= each.low <= each.at <= each.high <= each.above
