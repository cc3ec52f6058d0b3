"""Adjusted p-values, by hand and against the definition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patternbench.statistics.multiplicity import q_values


def test_four_by_hand() -> None:
    """Of four, ordered 0.01, 0.02, 0.03, 0.5: times 4/1, 4/2, 4/3, 4/4, then the least from there on up."""
    assert q_values([0.5, 0.01, 0.03, 0.02]) == pytest.approx([0.5, 0.04, 0.04, 0.04])


def test_none_and_one() -> None:
    assert q_values([]) == []
    assert q_values([0.2]) == pytest.approx([0.2])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_the_alarms_at_a_rate_are_those_of_the_step_up_rule(p_values: list[float]) -> None:
    """Slow version: the largest k for which the k-th smallest p is at most k / n times the rate."""
    rate = 0.05
    ordered = sorted(p_values)
    most = max((k for k, p in enumerate(ordered, start=1) if p <= k / len(ordered) * rate), default=0)
    alarms = sum(q <= rate for q in q_values(p_values))
    ties = sum(p == ordered[most - 1] for p in p_values) if most else 0
    assert most <= alarms <= most + ties
