"""Exponents: by hand, against scipy, and with a truth that is known."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from patternbench.session import Growth
from patternbench.statistics.growth import MISFIT_ERROR, MISFIT_FLOOR, Point, growth
from patternbench.statistics.interval import Sets

REPEATED = 400
DECADES = (1, 10, 100, 1000, 10_000)


def exact(times: Mapping[int, float], error: float = 0.0, count: int = 8) -> list[Point]:
    return [Point(value, Sets(math.log(time), error, count)) for value, time in times.items()]


def drawn(
    law: Callable[[float], float],
    draws: np.random.Generator,
    *,
    values: Sequence[int | float] = DECADES,
    sets: int = 8,
    between: float = 0.02,
    weather: float = 0.0,
) -> list[Point]:
    """Sets about a law; `weather` moves a whole value."""
    return [
        Point(
            value, Sets.of((math.log(law(value)) + draws.normal(0, weather) + draws.normal(0, between, sets)).tolist())
        )
        for value in values
    ]


def test_the_interval_over_sets_by_hand() -> None:
    """Slope (y3 - y1) / 2 ln 10; its error is that of the difference of two means, with 7 + 7 degrees of freedom."""
    found = growth("a", exact({1: 2e-6, 10: 2e-5, 100: 2e-4}, error=0.01))
    half = stats.t.ppf(0.975, 14) * 0.01 * math.sqrt(2) / (2 * math.log(10))
    assert found.exponent.point == pytest.approx(1.0)
    assert found.exponent.high - found.exponent.point == pytest.approx(half)
    assert found.misfit == pytest.approx(0.0, abs=1e-12)
    assert found.pieces == ()


def test_scatter_about_the_line_widens_the_interval_as_an_ordinary_regression_does() -> None:
    times = {1: 1.0, 2: 2.1, 4: 3.9, 8: 8.3, 16: 15.8}
    found = growth("a", exact(times, error=1e-4))
    reference = stats.linregress(np.log(list(times)), np.log(list(times.values())))
    assert found.exponent.point == pytest.approx(reference.slope)
    half = stats.t.ppf(0.975, 3) * reference.stderr
    assert found.exponent.high - found.exponent.point == pytest.approx(half)
    assert found.exponent.point - found.exponent.low == pytest.approx(half)


def covered(found: Growth, truth: float) -> bool:
    return found.exponent.low <= truth <= found.exponent.high


@pytest.mark.parametrize("weather", [0.0, 0.02, 0.08])
@pytest.mark.parametrize("truth", [0.0, 0.7, 2.0])
def test_the_interval_covers_the_true_exponent(weather: float, truth: float) -> None:
    draws = np.random.default_rng(round(1000 * (weather + 10 * truth)))
    hits = sum(
        covered(growth("a", drawn(lambda n: 1e-7 * n**truth, draws, weather=weather)), truth) for _ in range(REPEATED)
    )
    assert hits >= stats.binom.ppf(0.001, REPEATED, 0.95)


def test_three_values_are_enough_and_honest() -> None:
    draws = np.random.default_rng(3)
    hits = sum(
        covered(growth("a", drawn(lambda n: n, draws, values=(10, 100, 1000), weather=0.05)), 1.0)
        for _ in range(REPEATED)
    )
    assert hits >= stats.binom.ppf(0.001, REPEATED, 0.95)


@pytest.mark.parametrize("between", [0.02, 0.2])
def test_a_straight_law_is_rarely_called_bent(between: float) -> None:
    draws = np.random.default_rng(4)
    bent = sum(bool(growth("a", drawn(lambda n: n, draws, between=between)).pieces) for _ in range(REPEATED))
    assert bent <= stats.binom.ppf(0.999, REPEATED, MISFIT_ERROR)


def bent_at_100(n: float) -> float:
    return float(n**0.2 if n <= 100 else 100**0.2 * (n / 100))


def test_a_bend_has_an_exponent_on_either_side() -> None:
    draws = np.random.default_rng(5)
    below = above = 0
    for _ in range(REPEATED):
        pieces = growth("a", drawn(bent_at_100, draws)).pieces
        assert [(each.first, each.last) for each in pieces] == [(1, 100), (100, 10_000)]
        below += pieces[0].exponent.low <= 0.2 <= pieces[0].exponent.high
        above += pieces[1].exponent.low <= 1.0 <= pieces[1].exponent.high
    assert min(below, above) >= stats.binom.ppf(0.001, REPEATED, 0.95)


def test_a_fixed_cost_and_one_per_item_is_no_single_exponent() -> None:
    found = growth("a", exact({n: 300e-9 + 3e-9 * n for n in (10, 100, 1000)}, error=0.002))
    assert [each.exponent.point for each in found.pieces] == pytest.approx([0.2596, 0.7404], abs=1e-4)
    assert found.misfit > MISFIT_FLOOR


def test_a_step_leaves_an_exponent_between_every_two_neighbours() -> None:
    times = {1: 1.0, 10: 1.0, 29: 1.0, 30: 2.0, 64: 2.0}
    found = growth("a", exact(times, error=0.002))
    assert [(each.first, each.last) for each in found.pieces] == [(1, 10), (10, 29), (29, 30), (30, 64)]
    assert found.pieces[2].exponent.point == pytest.approx(math.log(2) / math.log(30 / 29))
    assert found.pieces[0].exponent.point == pytest.approx(0.0, abs=1e-9)


def test_a_small_misfit_is_told_but_no_bend_however_sure() -> None:
    found = growth("a", exact({1: 1.0, 10: 10.9, 100: 100.0}, error=1e-6))
    assert found.pieces == ()
    assert 0.03 < found.misfit < 0.06
    assert found.exponent.high - found.exponent.low > 0.1


def test_a_large_misfit_that_sets_explain_is_no_bend() -> None:
    assert growth("a", exact({1: 1.0, 10: 14.0, 100: 100.0}, error=0.2)).pieces == ()


def test_two_values_have_no_exponent() -> None:
    with pytest.raises(ValueError, match="need 3 values, not 2"):
        growth("a", exact({1: 1.0, 2: 2.0}))


LOGS = st.lists(st.floats(-12, 2), min_size=3, max_size=7)
ERRORS = st.floats(1e-6, 0.3)


def points(
    logs: Sequence[float], error: float, *, stretch: float = 1.0, shift: float = 0.0, sign: int = 1
) -> list[Point]:
    return [Point(stretch * 3.0**at, Sets(sign * (log + shift), error, 6)) for at, log in enumerate(logs)]


@given(LOGS, ERRORS, st.floats(1e-3, 1e6), st.floats(-5, 5))
def test_units_of_axis_and_clock_do_not_matter(logs: list[float], error: float, stretch: float, shift: float) -> None:
    plain = growth("a", points(logs, error))
    other = growth("a", points(logs, error, stretch=stretch, shift=shift))
    assert other.exponent.point == pytest.approx(plain.exponent.point, abs=1e-6)
    assert other.exponent.low == pytest.approx(plain.exponent.low, abs=1e-6)
    assert other.misfit == pytest.approx(plain.misfit, rel=1e-5, abs=1e-8)


@given(LOGS, ERRORS)
def test_rates_have_the_exponent_of_times_mirrored(logs: list[float], error: float) -> None:
    times, rates = growth("a", points(logs, error)), growth("a", points(logs, error, sign=-1))
    assert rates.exponent.point == pytest.approx(-times.exponent.point, abs=1e-9)
    assert rates.exponent.low == pytest.approx(-times.exponent.high, abs=1e-9)


@given(LOGS, ERRORS)
def test_pieces_cover_the_axis_without_gap(logs: list[float], error: float) -> None:
    values = points(logs, error)
    found = growth("a", values)
    if found.pieces:
        assert len(found.pieces) > 1
        assert found.pieces[0].first == values[0].value
        assert found.pieces[-1].last == values[-1].value
        assert all(left.last == right.first for left, right in zip(found.pieces, found.pieces[1:], strict=False))
