"""Figures of merit: cases by hand, second implementations, and detectors whose true error rates are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from patternbench.estimate import Ratio
from patternbench.statistics.detector import (
    Decision,
    Detectable,
    Power,
    bias,
    detectable,
    figures,
    isotonic,
    rate,
)
from patternbench.verdict import Verdict

shares = st.lists(st.floats(0, 1), min_size=1, max_size=8)


def draws(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def found(planted: float, count: int, of: int) -> Power:
    return Power(planted, rate(count, of), rate(0, of))


def decision(planted: float, verdict: Verdict, ratio: float | None = None, *, half: float = 0.01) -> Decision:
    interval = None if ratio is None else Ratio(ratio, ratio * (1 - half), ratio * (1 + half))
    return Decision(planted, verdict, 5.0, interval, 0.02)


def test_no_alarm_in_299_decisions_shows_less_than_one_percent() -> None:
    assert rate(0, 299).high < 0.01 < rate(0, 298).high
    assert rate(0, 40).high == pytest.approx(1 - 0.05 ** (1 / 40))


@given(st.integers(1, 400), st.data())
def test_the_bounds_of_a_rate_are_those_of_the_binomial_test(of: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, of))
    exact = stats.binomtest(count, of).proportion_ci(confidence_level=0.9, method="exact")
    assert (rate(count, of).low, rate(count, of).high) == pytest.approx((exact.low, exact.high))


def test_a_rate_of_nothing_says_nothing() -> None:
    nothing = rate(0, 0)
    assert (nothing.share, nothing.low, nothing.high) == (None, 0.0, 1.0)


@pytest.mark.parametrize(("count", "of"), [(2, 1), (-1, 3)])
def test_what_is_no_rate_is_refused(count: int, of: int) -> None:
    with pytest.raises(ValueError, match="is no rate"):
        rate(count, of)


def test_a_speed_up_cannot_be_planted() -> None:
    with pytest.raises(ValueError, match="planted"):
        Decision(-0.1, Verdict.FASTER, 1.0)


def test_alarms_are_counted_by_direction_and_only_over_identical_code() -> None:
    decisions = [
        decision(0, Verdict.SLOWER),
        decision(0, Verdict.FASTER),
        decision(0, Verdict.SLOWER),
        decision(0, Verdict.SAME),
        decision(0, Verdict.UNDECIDED),
        decision(0.05, Verdict.SLOWER),
    ]
    merit = figures(decisions, draws())
    assert (merit.false_alarms.count, merit.false_alarms.of) == (3, 5)
    assert (merit.alarms_up.count, merit.alarms_down.count) == (2, 1)
    assert (merit.undecided.count, merit.undecided.of) == (1, 6)


def test_power_is_counted_by_size_and_a_change_taken_the_wrong_way_is_not_found() -> None:
    decisions = [
        decision(0.05, Verdict.SLOWER),
        decision(0.05, Verdict.FASTER),
        decision(0.01, Verdict.SAME),
        decision(0.01, Verdict.UNDECIDED),
    ]
    small, large = figures(decisions, draws()).power
    assert (small.planted, small.found.count, small.found.of) == (0.01, 0, 2)
    assert (large.planted, large.found.count, large.wrong_way.count) == (0.05, 1, 1)


def test_same_is_false_only_where_the_planted_size_lies_outside_the_band() -> None:
    decisions = [decision(0.01, Verdict.SAME), decision(0.03, Verdict.SAME), decision(0.05, Verdict.SLOWER)]
    merit = figures(decisions, draws())
    assert (merit.false_same.count, merit.false_same.of) == (1, 2)


def test_coverage_and_bias_are_taken_against_the_true_ratio() -> None:
    decisions = [
        decision(0.10, Verdict.SLOWER, 1.105),  # holds 1.10
        decision(0.10, Verdict.SLOWER, 1.15),  # does not
        decision(0.10, Verdict.SLOWER),  # a detector without a ratio
    ]
    merit = figures(decisions, draws())
    assert (merit.coverage.count, merit.coverage.of) == (1, 2)
    assert merit.bias is not None
    assert merit.bias.points == pytest.approx(50 * (math.log(1.105 / 1.1) + math.log(1.15 / 1.1)))


def test_bias_has_students_bounds() -> None:
    found = bias([0.01, 0.03])
    assert found.of == 2
    assert found.points == pytest.approx(2.0)
    assert found.low == pytest.approx(2 - 6.3138, abs=1e-3)  # error 1 point, t(0.95, 1)
    assert found.high == pytest.approx(2 + 6.3138, abs=1e-3)
    alone = bias([0.01])
    assert (alone.low, alone.high) == (None, None)
    with pytest.raises(ValueError, match="no errors"):
        bias([])


def test_no_decisions_have_figures_that_say_nothing() -> None:
    merit = figures([], draws())
    assert merit.decisions == 0
    assert merit.false_alarms.share is None
    assert (merit.detectable, merit.bias, merit.seconds_median) == (None, None, None)


def test_seconds_are_a_median_and_the_time_that_nine_in_ten_stay_below() -> None:
    merit = figures([Decision(0, Verdict.SAME, float(second)) for second in range(11)], draws())
    assert (merit.seconds_median, merit.seconds_p90) == (5.0, 9.0)


def test_the_size_found_nine_times_in_ten_lies_between_two_sizes() -> None:
    """From 1 % (8 of 16) to 2 % (16 of 16): four fifths of the way on the logarithmic scale."""
    seen = detectable([found(0.01, 8, 16), found(0.02, 16, 16), found(0.05, 16, 16)], draws())
    assert seen.share == pytest.approx(0.01 * 2**0.8)
    assert seen.share is not None
    assert seen.low is not None
    assert seen.high is not None
    assert 0.01 < seen.low < seen.share < seen.high <= 0.05


def test_what_is_always_found_is_seen_at_the_smallest_size_or_below() -> None:
    seen = detectable([found(0.01, 40, 40), found(0.02, 40, 40)], draws())
    assert (seen.share, seen.low, seen.high) == (0.01, 0.01, 0.01)


def test_what_is_never_found_is_beyond_the_largest_size() -> None:
    assert detectable([found(0.1, 0, 20), found(0.2, 2, 20)], draws()) == Detectable(None, None, None, 0.1, 0.2)


def test_few_decisions_leave_the_upper_end_open() -> None:
    assert detectable([found(0.2, 2, 2)], draws()).high is None


def test_luck_at_one_size_does_not_decide() -> None:
    """19 of 20 at 2 % and 15 of 20 at 3 % are 34 of 40 together: neither size is seen."""
    seen = detectable([found(0.02, 19, 20), found(0.03, 15, 20), found(0.05, 20, 20)], draws())
    assert seen.share is not None
    assert 0.03 < seen.share < 0.05


def test_the_same_draws_give_the_same_interval() -> None:
    power = [found(0.01, 3, 10), found(0.05, 9, 10)]
    assert detectable(power, draws(7)) == detectable(power, draws(7))


@given(shares)
def test_the_monotone_curve_is_that_of_scipy(values: list[float]) -> None:
    weights = [1.0 + at % 3 for at in range(len(values))]
    if not hasattr(optimize, "isotonic_regression"):
        pytest.skip("scipy has it from 1.12 on")
    expected = optimize.isotonic_regression(values, weights=weights).x
    assert isotonic(values, weights) == pytest.approx(list(expected), abs=1e-12)


@given(shares)
def test_a_curve_that_never_falls_stays_as_it_is(values: list[float]) -> None:
    assert isotonic(sorted(values), [1.0] * len(values)) == pytest.approx(sorted(values))


def _simulated(of: int, error: float, seed: int) -> list[Decision]:
    """Decisions of a detector with normal estimates, known error and a 99 % interval, over all sizes."""
    chance = np.random.default_rng(seed)
    decisions = []
    for planted in (0.0, 0.01, 0.02, 0.03, 0.05, 0.10, 0.20):
        for point in chance.normal(math.log(1 + planted), error, of):
            sure = float(stats.norm.ppf(0.995)) * error
            shown = float(stats.norm.ppf(0.975)) * error
            verdict = Verdict.SLOWER if point > sure else Verdict.FASTER if point < -sure else Verdict.UNDECIDED
            ratio = Ratio(math.exp(point), math.exp(point - shown), math.exp(point + shown))
            decisions.append(Decision(planted, verdict, 1.0, ratio))
    return decisions


def test_a_detector_of_known_error_gets_its_own_figures_back() -> None:
    """Error 0.5 %: alarms 1 %, coverage 95 %, no bias, and nine in ten at (2.576 + 1.282) errors, 1.95 %."""
    merit = figures(_simulated(2000, 0.005, seed=3), draws())
    assert merit.false_alarms.low < 0.01 < merit.false_alarms.high
    assert merit.coverage.low < 0.95 < merit.coverage.high
    assert merit.bias is not None
    assert merit.bias.low is not None
    assert merit.bias.high is not None
    assert merit.bias.low < 0 < merit.bias.high
    seen = merit.detectable
    assert seen is not None
    assert seen.share == pytest.approx(math.expm1(3.858 * 0.005), rel=0.05)


def test_the_interval_of_the_detectable_size_covers_it_as_often_as_it_says() -> None:
    """90 % in truth; what lines between seven sizes do to the curve is part of the figure, and allowed for."""
    truth = figures(_simulated(4000, 0.005, seed=5), draws()).detectable
    assert truth is not None
    assert truth.share is not None
    held = 0
    for seed in range(40):
        seen = figures(_simulated(30, 0.005, seed=100 + seed), draws(seed)).detectable
        assert seen is not None
        held += (seen.low or math.inf) <= truth.share <= (seen.high or math.inf)
    assert stats.binomtest(held, 40, 0.90).pvalue > 0.001
