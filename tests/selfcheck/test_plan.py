"""The plan: everything that was asked for, once, in an order that the seed alone decides."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from patternbench.errors import SelectionError
from patternbench.selfcheck.plan import CLOSE_PERCENTS, LONG_S, SCOPES, SHORT_S, narrowed, planned
from patternbench.selfcheck.units import CPU, UNITS

FULL = SCOPES["full"]


def test_the_full_scope_can_show_fewer_than_one_false_alarm_in_a_hundred() -> None:
    identical = [each for each in planned(FULL, 1) if each.percent == 0]
    assert len(identical) >= 299
    assert min(Counter(each.condition for each in identical).values()) >= 90


def test_the_full_scope_decides_every_size_and_those_around_a_promise_twice() -> None:
    cells = Counter((each.unit, each.percent, each.condition) for each in planned(FULL, 1) if each.cap_s == SHORT_S)
    assert len(cells) == len(UNITS) * 7 * 3
    close = {cell: count for cell, count in cells.items() if cell[1] in CLOSE_PERCENTS[UNITS[cell[0]].kind]}
    assert min(close.values()) >= 2


def test_longer_decisions_are_on_the_size_that_they_are_promised_to_find() -> None:
    longer = [each for each in planned(FULL, 1) if each.cap_s == LONG_S]
    assert {each.unit for each in longer} == set(UNITS)
    assert {each.condition for each in longer} == {"idle", "one"}
    assert all(each.percent == (1 if UNITS[each.unit].kind == CPU else 3) for each in longer)


def test_the_quick_scope_takes_three_minutes_or_little_more() -> None:
    assert sum(each.cap_s for each in planned(SCOPES["quick"], 1)) <= 200


def test_the_seed_alone_decides_the_order() -> None:
    assert planned(FULL, 7) == planned(FULL, 7)
    one, other = planned(FULL, 7), planned(FULL, 8)
    assert one != other
    cell = ("unit", "percent", "repetition", "condition", "cap_s")
    assert Counter(tuple(getattr(each, name) for name in cell) for each in one) == Counter(
        tuple(getattr(each, name) for name in cell) for each in other
    )


def test_trials_are_numbered_in_their_order_and_have_seeds_of_their_own() -> None:
    plan = planned(FULL, 3)
    assert [each.number for each in plan] == list(range(len(plan)))
    assert len({each.seed for each in plan}) == len(plan)


def test_units_sizes_and_conditions_are_shuffled_among_each_other() -> None:
    """Not a test of randomness: in an order that was not shuffled, the first tenth would hold one unit or condition."""
    first = planned(FULL, 1)[:100]
    assert len({each.unit for each in first}) > 12
    assert len({each.condition for each in first}) == 3
    assert len({each.percent for each in first}) == 7


def test_a_scope_is_narrowed_to_what_was_asked_for() -> None:
    scope = narrowed(FULL, units="http_*", percents=(5, 0), conditions=("two",), repeat=4)
    assert (scope.units, scope.percents, scope.conditions) == (("http_kept", "http_new"), (0, 5), ("two",))
    assert len(planned(scope, 1)) == 2 * 2 * 4
    assert len(planned(replace(scope, conditions=("idle", "two")), 1)) == 2 * 4 + 2 * 2 * 4


def test_units_beyond_the_quick_ones_can_be_asked_for() -> None:
    assert narrowed(SCOPES["quick"], units="recursion").units == ("recursion",)


def test_nothing_asked_for_leaves_a_scope_as_it_is() -> None:
    assert narrowed(FULL) == FULL


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"units": "no_such"}, "no unit matches"),
        ({"percents": (4,)}, "4 % cannot be planted"),
        ({"repeat": 0}, "decide nothing"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_a_remedy(asked: dict[str, object], sentence: str) -> None:
    with pytest.raises(SelectionError, match=sentence) as error:
        narrowed(FULL, **asked)  # type: ignore[arg-type]
    assert error.value.remedy


def test_no_longer_decisions_where_a_condition_is_not_theirs() -> None:
    only_two = replace(FULL, conditions=("two",))
    assert all(each.cap_s == SHORT_S for each in planned(only_two, 1))
