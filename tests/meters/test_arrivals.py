"""Schedules: the same mean rate, in even steps, at random or in waves."""

from __future__ import annotations

from statistics import mean, pstdev

import pytest

from patternbench.meters.arrivals import Schedule, at_random, evenly, in_waves


def test_even_arrivals_keep_one_step() -> None:
    assert evenly(4.0, 3) == Schedule(4.0, (0.0, 0.25, 0.5), 0.75)


def test_waves_come_at_once_and_then_pause() -> None:
    assert in_waves(4.0, 6, 3) == Schedule(4.0, (0.0,) * 3 + (0.75,) * 3, 1.5)


def test_the_last_wave_is_filled_up() -> None:
    assert len(in_waves(4.0, 7, 3).due_s) == 9


def test_waves_and_steps_offer_the_same_mean_rate() -> None:
    for schedule in (evenly(50.0, 200), in_waves(50.0, 200, 10)):
        assert len(schedule.due_s) / schedule.end_s == pytest.approx(50.0)


def test_random_arrivals_repeat_with_their_seed() -> None:
    assert at_random(10.0, 50, seed=3) == at_random(10.0, 50, seed=3)
    assert at_random(10.0, 50, seed=3) != at_random(10.0, 50, seed=4)


def test_random_steps_are_exponential() -> None:
    due = at_random(100.0, 20_000, seed=1).due_s
    steps = [later - earlier for earlier, later in zip((0.0, *due), due, strict=False)]
    # Mean and standard deviation of an exponential distribution are equal; the bounds are five standard errors.
    assert mean(steps) == pytest.approx(0.01, rel=0.036)
    assert pstdev(steps) == pytest.approx(0.01, rel=0.05)
    assert min(steps) >= 0


def test_a_schedule_without_arrivals_is_none() -> None:
    with pytest.raises(ValueError, match="at least one arrival"):
        Schedule(1.0, (), 0.0)
