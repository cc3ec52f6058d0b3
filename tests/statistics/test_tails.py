"""Percentiles by nearest rank, given only where enough readings lie beyond them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patternbench.statistics.tails import percentile, percentiles, supported


def test_a_hundred_readings_by_hand() -> None:
    ordered = [float(each) for each in range(1, 101)]
    assert [percentile(ordered, percent) for percent in (0.5, 50, 95, 99, 100)] == [1, 50, 95, 99, 100]


def test_a_thousandth_is_no_victim_of_rounding() -> None:
    ordered = [float(each) for each in range(1, 2001)]
    assert percentile(ordered, 99.9) == 1998


@pytest.mark.parametrize(("percent", "least"), [(50.0, 4), (95.0, 40), (99.0, 200), (99.9, 2000)])
def test_two_readings_must_lie_beyond(percent: float, least: int) -> None:
    assert supported(least, percent)
    assert not supported(least - 2, percent)


def test_without_support_there_is_none() -> None:
    assert percentiles([3.0, 1.0, 2.0, 4.0], {"p50": 50, "p99": 99}) == {"p50": 2.0, "p99": None}
    assert percentiles([], {"p50": 50}) == {"p50": None}


@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=60),
    st.sampled_from([1.0, 12.5, 50.0, 90.0, 95.0, 99.0, 99.9, 100.0]),
)
def test_it_is_the_smallest_that_so_many_do_not_exceed(readings: list[float], percent: float) -> None:
    share = Fraction(percent) / 100 if percent != 99.9 else Fraction(999, 1000)
    enough = [each for each in sorted(readings) if sum(other <= each for other in readings) >= share * len(readings)]
    assert percentile(sorted(readings), percent) == enough[0]
