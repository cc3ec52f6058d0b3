"""Tuned thresholds: counts by hand, and simulated detectors of known error."""

from __future__ import annotations

import math
import random
from statistics import NormalDist

import numpy as np
import pytest

from patternbench.statistics.detector import figures
from patternbench.statistics.tuning import WANTED_RATE, Estimate, Tuned, threshold, tuned
from patternbench.verdict import Verdict


def simulated(error: float, *, identical: int, planted: dict[float, int], seed: int = 1) -> list[Estimate]:
    chance = random.Random(seed)
    sizes = [0.0] * identical + [size for size, count in planted.items() for _ in range(count)]
    return [Estimate(size, math.log1p(size) + chance.gauss(0, error), 1.0) for size in sizes]


def judged(estimates: list[Estimate], seed: int = 1) -> Tuned:
    found = tuned(estimates, np.random.default_rng(seed))
    assert found is not None
    return found


def test_few_errors_give_the_largest_as_the_threshold() -> None:
    assert threshold([0.01, 0.04, 0.02]) == 0.04


def test_of_two_hundred_errors_two_may_lie_above() -> None:
    errors = [at / 1000 for at in range(1, 201)]
    limit = threshold(errors)
    assert limit == 0.198
    assert sum(error > limit for error in errors) == 2


def test_a_hand_made_case_is_judged_by_the_other_halfs_threshold() -> None:
    # Whichever half each of the two falls into, the other one sets its threshold.
    found = judged([Estimate(0.0, 0.02, 1.0), Estimate(0.0, -0.05, 2.0)])
    assert sorted(found.thresholds) == [0.02, 0.05]
    assert [each.verdict for each in found.decisions] == [Verdict.UNDECIDED, Verdict.FASTER]
    assert [each.seconds for each in found.decisions] == [1.0, 2.0]
    assert found.resolution == 1.0


def test_every_estimate_is_judged_once_and_keeps_its_place() -> None:
    estimates = simulated(0.02, identical=11, planted={0.05: 5, 0.2: 4})
    found = judged(estimates)
    assert [each.planted for each in found.decisions] == [each.planted for each in estimates]
    assert found.resolution == pytest.approx(1 / 5)


def test_one_half_without_identical_code_tells_no_threshold() -> None:
    draws = np.random.default_rng(1)
    assert tuned([Estimate(0.0, 0.01, 1.0), Estimate(0.1, 0.1, 1.0)], draws) is None
    assert tuned([], draws) is None


def test_the_same_generator_gives_the_same_halves() -> None:
    estimates = simulated(0.02, identical=20, planted={0.05: 10})
    assert judged(estimates, 3) == judged(estimates, 3)
    assert len({judged(estimates, seed).thresholds for seed in range(10)}) > 1


def test_false_alarms_come_near_the_wanted_rate_where_there_is_enough_to_tune_on() -> None:
    alarms = figures(judged(simulated(0.03, identical=20_000, planted={})).decisions, np.random.default_rng(1))
    assert alarms.false_alarms.share == pytest.approx(WANTED_RATE, abs=0.004)


def test_few_identical_pairs_give_about_one_alarm_for_each_half_and_no_more() -> None:
    # The largest of m errors is passed by one of the next m with probability 1/(m+1) each: m/(m+1) alarms a half.
    counts = [
        figures(
            judged(simulated(0.03, identical=18, planted={}, seed=seed)).decisions, np.random.default_rng(1)
        ).false_alarms.count
        for seed in range(300)
    ]
    assert sum(counts) / len(counts) == pytest.approx(2 * 9 / 10, abs=0.3)


def test_power_is_that_of_the_known_error_at_the_threshold() -> None:
    error, size = 0.02, 0.08
    found = judged(simulated(error, identical=20_000, planted={size: 4_000}))
    (power,) = figures(found.decisions, np.random.default_rng(1)).power
    expected = 1 - NormalDist(math.log1p(size), error).cdf(sum(found.thresholds) / 2)
    assert power.found.share == pytest.approx(expected, abs=0.02)


def test_a_speed_up_past_the_threshold_is_called_one() -> None:
    estimates = [*simulated(0.01, identical=40, planted={}), Estimate(0.05, -0.5, 1.0)]
    assert judged(estimates).decisions[-1].verdict is Verdict.FASTER
