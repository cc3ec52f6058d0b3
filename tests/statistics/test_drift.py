"""A variant that changes while it is measured is found; noise and steady variants are not."""

from __future__ import annotations

import itertools
import math
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from patternbench.statistics.drift import drift, slope

series = st.lists(st.floats(-10, 10), min_size=2, max_size=15)


def test_a_slope_by_hand() -> None:
    """Slopes between the pairs of 0, 1, 5: 1, 2.5 and 4."""
    assert slope([0, 1, 5]) == 2.5


def test_one_wild_value_does_not_move_a_slope() -> None:
    assert slope([0, 1, 2, 900, 4, 5, 6]) == pytest.approx(1.0)


@given(series)
def test_a_slope_is_the_median_of_the_formula(values: list[float]) -> None:
    pairs = itertools.combinations(enumerate(values), 2)
    assert slope(values) == pytest.approx(median((after - before) / (j - i) for (i, before), (j, after) in pairs))


@given(series, st.floats(-5, 5), st.floats(-5, 5))
def test_a_slope_moves_with_a_line_that_is_added(values: list[float], height: float, tilt: float) -> None:
    tilted = [value + height + tilt * index for index, value in enumerate(values)]
    assert slope(tilted) == pytest.approx(slope(values) + tilt, abs=1e-9)
    assert slope(values[::-1]) == pytest.approx(-slope(values), abs=1e-12)


def sets_of(
    change: float, spread: float, draws: np.random.Generator, *, sets: int = 8, rounds: int = 30
) -> list[list[float]]:
    line = np.linspace(0, math.log1p(change), rounds)
    return [list(line + draws.normal(0, spread, rounds)) for _ in range(sets)]


def test_a_planted_change_is_found_with_its_size_and_sign() -> None:
    draws = np.random.default_rng(3)
    assert drift(sets_of(0.10, 0.005, draws)) == pytest.approx(0.10, abs=0.01)
    assert drift(sets_of(-0.10, 0.005, draws)) == pytest.approx(-0.10, abs=0.01)


def test_a_sure_change_that_is_small_is_none_worth_a_word() -> None:
    assert drift(sets_of(0.01, 0.0001, np.random.default_rng(3))) is None
    assert drift(sets_of(0.04, 0.0001, np.random.default_rng(3))) == pytest.approx(0.04, abs=0.002)


@pytest.mark.parametrize(("sets", "rounds"), [(2, 30), (8, 7), (0, 0)])
def test_too_few_sets_or_rounds_say_nothing(sets: int, rounds: int) -> None:
    assert drift(sets_of(0.5, 0.001, np.random.default_rng(1), sets=sets, rounds=rounds)) is None


def test_short_sets_are_passed_over() -> None:
    draws = np.random.default_rng(1)
    long, short = sets_of(0.5, 0.001, draws, sets=3), sets_of(-0.9, 0.001, draws, sets=3, rounds=5)
    assert drift([*long, *short]) == pytest.approx(0.5, abs=0.02)


def test_steady_variants_are_hardly_ever_said_to_change() -> None:
    """One in a thousand by the confidence, and the size must matter besides: the binomial says how many may be."""
    draws = np.random.default_rng(17)
    repeats = 500
    alarms = sum(drift(sets_of(0.0, 0.1, draws, sets=5, rounds=12)) is not None for _ in range(repeats))
    assert alarms <= stats.binom.ppf(0.9995, repeats, 0.001)
