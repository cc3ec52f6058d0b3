"""Sums of independent estimates: by hand, and against scipy's Welch interval."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from patternbench.estimate import Ratio
from patternbench.statistics.combination import Combination, behind
from patternbench.statistics.interval import Sets


def test_a_sum_by_hand() -> None:
    """Variances 0.0004·4 and 0.0009·1: error 0.05; degrees 0.0025² / (0.0016²/4 + 0.0009²/9)."""
    found = Combination.of(((2.0, Sets(0.1, 0.02, 5)), (-1.0, Sets(0.3, 0.03, 10))))
    assert found.mean == pytest.approx(-0.1)
    assert found.error == pytest.approx(0.05)
    assert found.degrees == pytest.approx(0.0025**2 / (0.0016**2 / 4 + 0.0009**2 / 9))
    assert found.half_width(0.95) == pytest.approx(stats.t.ppf(0.975, found.degrees) * 0.05)
    assert found.ratio(0.95).point == pytest.approx(math.exp(-0.1))


def test_a_difference_is_welchs() -> None:
    draws = np.random.default_rng(1)
    ours, theirs = draws.normal(1.0, 0.1, 6), draws.normal(1.2, 0.3, 11)
    found = Combination.of(((1.0, Sets.of(ours.tolist())), (-1.0, Sets.of(theirs.tolist()))))
    test = stats.ttest_ind(ours, theirs, equal_var=False)
    welch = test.confidence_interval(0.95)
    assert found.mean - found.half_width(0.95) == pytest.approx(welch.low)
    assert found.mean + found.half_width(0.95) == pytest.approx(welch.high)
    assert found.p == pytest.approx(test.pvalue)


def test_sets_without_spread_have_no_width() -> None:
    sure = Combination.of([(1.0, Sets(0.5, 0.0, 4))])
    assert (sure.half_width(0.95), sure.p) == (0.0, 0.0)
    assert Combination.of([(1.0, Sets(0.0, 0.0, 4))]).p == 1.0


@given(st.floats(-2, 2), st.floats(1e-6, 1), st.integers(2, 40), st.sampled_from([0.8, 0.95, 0.999]))
def test_a_ratio_gives_back_the_sets_behind_it(mean: float, error: float, count: int, confidence: float) -> None:
    ratio = Sets(mean, error, count).ratio(0.95)
    found = behind(ratio, count)
    assert (found.mean, found.error) == pytest.approx((mean, error))
    assert found.count == count
    wider: Ratio = found.ratio(confidence)
    assert wider.half_width == pytest.approx(Sets(mean, error, count).half_width(confidence))
