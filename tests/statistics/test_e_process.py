"""The mixture t-test: by hand, against an independent reckoning, and how often it errs when looked at often."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from patternbench.statistics.e_process import PRIOR, critical_t, log_e
from patternbench.statistics.interval import Sets


def test_by_hand() -> None:
    """Five readings, t = 10, g = 4: (1/21)^(1/2) * ((1 + 25) / (1 + 25/21))^(5/2)."""
    assert math.exp(log_e(10, 5, 4)) == pytest.approx(21**-0.5 * (26 / (46 / 21)) ** 2.5)


@pytest.mark.parametrize("count", [2, 5, 12, 60])
@pytest.mark.parametrize("t", [0.0, 0.7, -3.0, 8.0])
@pytest.mark.parametrize("prior", [4.0, PRIOR])
def test_it_is_the_likelihood_of_t_averaged_over_effects(t: float, count: int, prior: float) -> None:
    """Independent reckoning: the noncentral t density, integrated over N(0, g) effects, over the central one."""
    spread = math.sqrt(prior)
    effects = np.linspace(-9 * spread, 9 * spread, 8001)
    densities = stats.nct.pdf(t, count - 1, effects * math.sqrt(count)) * stats.norm.pdf(effects, scale=spread)
    e_value = integrate.simpson(np.nan_to_num(densities), x=effects) / stats.t.pdf(t, count - 1)
    assert math.exp(log_e(t, count, prior)) == pytest.approx(e_value, rel=2e-3)


def test_in_long_runs_it_is_that_of_a_known_spread() -> None:
    """Robbins' mixture with known spread: log e = n² m² g / (2 (1 + n g)) - log(1 + n g) / 2."""
    count, mean = 4000, 0.05
    known = count**2 * mean**2 * PRIOR / (2 * (1 + count * PRIOR)) - math.log(1 + count * PRIOR) / 2
    assert log_e(mean * math.sqrt(count), count) == pytest.approx(known, abs=0.01)


@given(st.integers(2, 300), st.floats(1e-6, 0.2))
def test_the_critical_t_has_just_the_evidence_asked_for(count: int, alpha: float) -> None:
    critical = critical_t(count, alpha)
    if math.isinf(critical):
        assert log_e(math.inf, count) <= math.log(1 / alpha) * (1 + 1e-9)
    else:
        assert log_e(critical, count) == pytest.approx(math.log(1 / alpha), rel=1e-6)


@given(st.integers(2, 100), st.floats(0, 50), st.floats(0, 50))
def test_a_larger_t_is_more_evidence_and_its_sign_none(count: int, t: float, more: float) -> None:
    assert log_e(t + more, count) >= log_e(t, count) - 1e-9
    assert log_e(-t, count) == log_e(t, count)


def test_five_sets_can_decide_a_table_of_ten() -> None:
    assert math.isfinite(critical_t(5, 0.01 / 9))
    assert math.isinf(critical_t(2, 0.01))


@pytest.mark.parametrize("degrees", [3, 10_000])
def test_a_look_after_every_set_errs_no_more_than_promised(degrees: int) -> None:
    """Sixty looks at identical code, normal spreads and heavy tails: one run of a hundred may err at any of them."""
    draws = np.random.default_rng(42)
    repeats = 2000
    readings = draws.standard_t(degrees, (repeats, 60))
    count = np.arange(1, 61)
    mean = np.cumsum(readings, axis=1) / count
    variance = (np.cumsum(readings**2, axis=1) / count - mean**2) * count / np.maximum(count - 1, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(mean) / np.sqrt(np.maximum(variance, 0) / count)
    critical = np.array([critical_t(number, 0.01) if number > 1 else math.inf for number in range(1, 61)])
    erred = int((t[:, 3:] > critical[3:]).any(axis=1).sum())
    assert erred <= stats.binom.ppf(0.9995, repeats, 0.01)


def test_the_confidence_sequence_is_what_the_test_does_not_refuse() -> None:
    sets = Sets.of([0.01, 0.03, 0.02, 0.025, 0.018, 0.022])
    interval = sets.anytime(0.99)
    assert interval is not None
    for end in (interval.low, interval.high):
        shifted = Sets.of([value - math.log(end) for value in (0.01, 0.03, 0.02, 0.025, 0.018, 0.022)])
        assert shifted.evidence(1).p == pytest.approx(0.01)
    assert Sets.of([0.01, 0.02]).anytime(0.99) is None


def test_evidence_is_kept_raw_and_adjusted() -> None:
    evidence = Sets.of([0.05, 0.051, 0.049, 0.05, 0.052, 0.05]).evidence(4)
    assert evidence.p == pytest.approx(10**-evidence.log10_e)
    assert evidence.p_adjusted == pytest.approx(4 * evidence.p)
    none = Sets.of([0.01, -0.01, 0.01, -0.01]).evidence(4)
    assert (none.p, none.p_adjusted) == (1.0, 1.0)
    assert Sets.of([0.0, 0.0]).evidence(1).p == 1.0
    assert Sets.of([0.1, 0.1]).evidence(1).log10_e == pytest.approx(math.log10(1 + 2 * PRIOR) / 2)
