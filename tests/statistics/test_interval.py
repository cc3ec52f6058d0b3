"""Intervals over sets: Student's formula, its invariants, and how often they cover the truth."""

from __future__ import annotations

import math
from statistics import mean, stdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from patternbench.statistics.interval import Sets, t_quantile

logs = st.lists(st.floats(-2, 2), min_size=2, max_size=12)


def test_two_sets_by_hand() -> None:
    """Mean 0.02, deviation 0.0141, error 0.01; t(0.975, 1) is 12.706."""
    sets = Sets.of([0.01, 0.03])
    assert sets.mean == pytest.approx(0.02)
    assert sets.error == pytest.approx(0.01)
    assert sets.half_width(0.95) == pytest.approx(0.12706, rel=1e-4)
    ratio = sets.ratio(0.95)
    assert ratio.point == pytest.approx(math.exp(0.02))
    assert ratio.low == pytest.approx(math.exp(0.02 - 0.12706), rel=1e-5)
    assert ratio.high == pytest.approx(math.exp(0.02 + 0.12706), rel=1e-5)
    assert ratio.confidence == 0.95


@pytest.mark.parametrize("estimates", [[], [0.1]])
def test_fewer_than_two_sets_have_no_interval(estimates: list[float]) -> None:
    with pytest.raises(ValueError, match=f"needs two of them, not {len(estimates)}"):
        Sets.of(estimates)


@pytest.mark.parametrize(
    ("probability", "degrees", "tabled"), [(0.975, 1, 12.706), (0.975, 7, 2.365), (0.995, 4, 4.604)]
)
def test_quantiles_are_those_of_the_tables(probability: float, degrees: int, tabled: float) -> None:
    assert t_quantile(probability, degrees) == pytest.approx(tabled, abs=5e-4)


@given(logs, st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_the_interval_is_the_one_of_the_formula(estimates: list[float], confidence: float) -> None:
    error = stdev(estimates) / math.sqrt(len(estimates))
    half = float(stats.t.ppf((1 + confidence) / 2, len(estimates) - 1)) * error
    ratio = Sets.of(estimates).ratio(confidence)
    assert math.log(ratio.point) == pytest.approx(mean(estimates), abs=1e-9)
    assert math.log(ratio.low) == pytest.approx(mean(estimates) - half, abs=1e-6)
    assert math.log(ratio.high) == pytest.approx(mean(estimates) + half, abs=1e-6)


@given(logs)
def test_more_confidence_is_a_wider_interval_round_the_same_point(estimates: list[float]) -> None:
    narrow, wide = Sets.of(estimates).ratio(0.9), Sets.of(estimates).ratio(0.99)
    assert narrow.point == wide.point
    assert wide.low <= narrow.low <= narrow.point <= narrow.high <= wide.high


@given(logs, st.floats(-1, 1))
def test_a_factor_on_every_set_is_a_factor_on_the_ratio(estimates: list[float], shift: float) -> None:
    before, after = Sets.of(estimates), Sets.of([value + shift for value in estimates])
    assert after.mean == pytest.approx(before.mean + shift, abs=1e-9)
    assert after.error == pytest.approx(before.error, abs=1e-9)


@given(logs)
def test_exchanged_sides_give_the_inverse_ratio(estimates: list[float]) -> None:
    one = Sets.of(estimates).ratio(0.95)
    other = Sets.of([-value for value in estimates]).ratio(0.95).inverse
    assert (one.point, one.low, one.high) == pytest.approx((other.point, other.low, other.high))


@given(logs, st.randoms(use_true_random=False))
def test_the_order_of_the_sets_does_not_matter(estimates: list[float], draws: object) -> None:
    shuffled = sorted(estimates, key=lambda _: draws.random())  # type: ignore[attr-defined]
    assert Sets.of(shuffled).ratio(0.95).point == pytest.approx(Sets.of(estimates).ratio(0.95).point)
    assert Sets.of(shuffled).error == pytest.approx(Sets.of(estimates).error)


def test_ninety_five_in_a_hundred_intervals_cover_the_truth() -> None:
    draws = np.random.default_rng(11)
    repeats, truth = 2000, math.log(1.05)
    intervals = [Sets.of(list(draws.normal(truth, 0.02, 5))).ratio(0.95) for _ in range(repeats)]
    covered = sum(each.low <= 1.05 <= each.high for each in intervals)
    assert stats.binom.ppf(0.0005, repeats, 0.95) <= covered <= stats.binom.ppf(0.9995, repeats, 0.95)


@pytest.mark.parametrize("sets", [6, 8, 16])
def test_what_is_said_to_be_detectable_is_found_nine_times_in_ten(sets: int) -> None:
    """The error of one set's estimate is known here, so the difference can be planted exactly."""
    draws = np.random.default_rng(5)
    repeats, confidence, spread = 2000, 0.99, 0.01
    planted = math.log1p(Sets(0.0, spread / math.sqrt(sets), sets).detectable(confidence))
    looks = [Sets.of(list(draws.normal(planted, spread, sets))).anytime(confidence) for _ in range(repeats)]
    found = sum(each is not None and each.low > 1 for each in looks)
    assert 0.86 <= found / repeats <= 0.94


@given(logs)
def test_a_surer_call_needs_a_larger_difference(estimates: list[float]) -> None:
    sets = Sets.of(estimates)
    assert 0 <= sets.detectable(0.9) <= sets.detectable(0.99)
    assert sets.detectable(0.99, power=0.5) <= sets.detectable(0.99, power=0.9)
