"""How much is measured: rounds and the most sets follow from what they cost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patternbench.errors import SelectionError
from patternbench.experiment.budget import BUDGETS, Budget, SetPlan, budget_for, budget_named, budgets_in_words

SMALL = Budget("small", precision=0.01, cap_s=8.0, rounds=30, shifts=3, least_rounds=5, least_sets=4, sets=8)


def test_quick_rounds_leave_the_budget_whole() -> None:
    assert SMALL.plan(round_s=0.01, ready_s=0.02, host_s=0.1) == SetPlan(shifts=3, rounds=10)
    assert SMALL.sets_within(7.2, set_s=0.8, done=1) == 8


def test_slow_calls_get_fewer_rounds_and_sets_by_hand() -> None:
    """A quarter of 0.8 times eight seconds is 1.6; the host takes 0.6; ten rounds of 0.1 s fit, worth one shift."""
    assert SMALL.plan(round_s=0.1, ready_s=0.0, host_s=0.6) == SetPlan(shifts=1, rounds=10)
    assert SMALL.sets_within(6.5, set_s=1.5, done=1) == 5


def test_a_slow_set_up_is_not_repeated() -> None:
    """Getting ready takes as long as 20 rounds: of 30, two shifts would measure for less than they get ready."""
    assert SMALL.plan(round_s=0.01, ready_s=0.2, host_s=0.1).shifts == 1
    assert SMALL.plan(round_s=0.01, ready_s=0.15, host_s=0.1).shifts == 2


def test_the_least_is_measured_however_slow_it_is() -> None:
    assert SMALL.plan(round_s=60, ready_s=10, host_s=60) == SetPlan(shifts=1, rounds=5)
    assert SMALL.sets_within(-592.0, set_s=600, done=1) == 4


def test_no_time_at_all_is_not_divided_by() -> None:
    assert SMALL.plan(round_s=0, ready_s=0, host_s=0) == SetPlan(shifts=3, rounds=10)
    assert SMALL.sets_within(8.0, set_s=0, done=1) == 8


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 100))
def test_the_cap_is_kept_wherever_the_least_fits(round_s: float, ready_s: float, host_s: float) -> None:
    plan = SMALL.plan(round_s, ready_s, host_s)
    set_s = host_s + plan.shifts * (ready_s + plan.rounds * round_s)
    sets = SMALL.sets_within(SMALL.cap_s - set_s, set_s, done=1)
    assert 1 <= plan.shifts <= SMALL.shifts
    assert SMALL.least_rounds <= plan.rounds <= SMALL.rounds
    assert SMALL.least_sets <= sets <= SMALL.sets
    if plan.rounds > SMALL.least_rounds or sets > SMALL.least_sets:
        assert SMALL.least_sets * set_s <= SMALL.cap_s * 1.001 or sets * set_s <= SMALL.cap_s * 1.001


def test_a_larger_budget_asks_for_more_of_everything() -> None:
    quick, standard, rigorous = (BUDGETS[name] for name in ("quick", "standard", "rigorous"))
    for less, more in ((quick, standard), (standard, rigorous)):
        assert less.rounds <= more.rounds
        assert less.sets < more.sets
        assert less.least_sets <= more.least_sets
        assert less.cap_s < more.cap_s
        assert less.precision > more.precision


def test_an_unknown_budget_names_the_known_ones() -> None:
    assert budget_named("quick").name == "quick"
    with pytest.raises(SelectionError, match="there is no budget 'fast': choose from quick, standard, rigorous"):
        budget_named("fast")


def test_seconds_choose_the_budget_and_cap_it() -> None:
    assert budget_for(None, None) == BUDGETS["quick"]
    assert budget_for("standard", None) == BUDGETS["standard"]
    assert (budget_for(None, 10).name, budget_for(None, 10).cap_s) == ("quick", 8.0)
    assert budget_for(None, 30).name == "standard"
    assert budget_for(None, 3000).name == "rigorous"
    assert budget_for("rigorous", 10).name == "rigorous"
    assert budget_for("rigorous", 10).cap_s == 8.0
    assert budget_for(None, 0.1).cap_s == 1.0
    for seconds in (0, -1, float("nan"), float("inf")):
        with pytest.raises(SelectionError, match="is no number of seconds"):
            budget_for(None, seconds)
    with pytest.raises(SelectionError, match="there is no budget"):
        budget_for("hasty", None)


def test_budgets_are_stated_as_a_precision_and_a_cap() -> None:
    assert budgets_in_words().startswith("quick ±0.6 % or 8 s a case, standard ±0.3 % or 45 s a case, rigorous ±")


def test_what_waits_has_one_long_shift() -> None:
    assert SMALL.plan(round_s=0.01, ready_s=0.02, host_s=0.1, waiting=True) == SetPlan(shifts=1, rounds=30)
