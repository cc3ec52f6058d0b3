"""When a case is known well enough, by hand; and what stopping so does to intervals and verdicts, simulated."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from patternbench.experiment.budget import BUDGETS
from patternbench.statistics.decision import FAMILY_ERROR, SHOWN_CONFIDENCE, deciding_confidence
from patternbench.statistics.interval import Sets
from patternbench.statistics.stopping import enough, reached


def known(mean: float, half: float, count: int = 8) -> Sets:
    """Sets whose shown interval has that half-width on the logarithmic scale."""
    return Sets(mean, half / Sets(0.0, 1.0, count).half_width(SHOWN_CONFIDENCE), count)


def test_a_narrow_interval_is_enough_whatever_it_says() -> None:
    assert enough({"a": known(0.0, 0.004), "b": known(0.5, 0.004)}, 0.005)
    assert not enough({"a": known(0.0, 0.004), "b": known(0.0, 0.006)}, 0.005)


def test_a_large_decided_difference_needs_a_fifth_of_itself_and_five_per_cent_at_most() -> None:
    assert enough({"a": known(0.10, 0.019)}, 0.005)
    assert not enough({"a": known(0.10, 0.021)}, 0.005)
    assert enough({"a": known(2.0, 0.049)}, 0.005)
    assert not enough({"a": known(2.0, 0.051)}, 0.005)


def test_a_large_difference_that_is_not_decided_is_not_enough() -> None:
    """Three sets can bound nothing at 1 % over a table of thirty variants."""
    assert not enough({f"v{number}": known(0.10, 0.019, count=3) for number in range(30)}, 0.005)


def test_nothing_measured_is_not_enough() -> None:
    assert not enough({}, 1.0)
    assert reached({}) is None


def test_the_precision_reached_is_the_widest() -> None:
    assert reached({"a": known(0.0, 0.004), "b": known(0.1, 0.02)}) == pytest.approx(math.expm1(0.02))


@pytest.mark.parametrize("effect", [0.0, 0.02, 0.05, 0.3])
@pytest.mark.parametrize("spread", [0.003, 0.01, 0.03])
def test_stopping_early_keeps_coverage_and_false_alarms(effect: float, spread: float) -> None:
    """Runs of the quick budget with up to 18 sets: the shown interval covers the truth in 92 to 98 % of them."""
    quick = BUDGETS["quick"]
    draws = np.random.default_rng([int(effect * 1000), int(spread * 1000)])
    repeats, most = 600, 18
    covered = alarms = 0
    for _ in range(repeats):
        readings = list(draws.normal(effect, spread, most))
        looks = (Sets.of(readings[:count]) for count in range(quick.least_sets, most + 1))
        sets = next((look for look in looks if enough({"new": look}, quick.precision)), Sets.of(readings))
        covered += abs(sets.mean - effect) <= sets.half_width(SHOWN_CONFIDENCE)
        decided = sets.anytime(deciding_confidence(1))
        alarms += decided is not None and decided.excludes_one()
    assert stats.binom.ppf(0.001, repeats, 0.93) <= covered <= stats.binom.ppf(0.999, repeats, 0.97)
    if effect == 0:
        assert alarms <= stats.binom.ppf(0.9995, repeats, FAMILY_ERROR)
