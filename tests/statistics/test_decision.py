"""From intervals to words, and from words to places with ties."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patternbench.estimate import Ratio
from patternbench.statistics.decision import (
    COMPUTING,
    FAMILY_ERROR,
    WAITING,
    Thresholds,
    decided,
    deciding_confidence,
    differs,
    ranks,
    thresholds_for,
)
from patternbench.verdict import Verdict


@pytest.mark.parametrize(
    ("shown", "adjusted", "verdict"),
    [
        pytest.param((1.05, 1.04, 1.06), (1.05, 1.03, 1.07), Verdict.SLOWER, id="sure"),
        pytest.param((0.95, 0.94, 0.96), (0.95, 0.93, 0.97), Verdict.FASTER, id="sure-other-way"),
        pytest.param((1.05, 1.01, 1.09), (1.05, 0.99, 1.11), Verdict.UNDECIDED, id="only-shown-leaves-one-out"),
        pytest.param((1.0, 0.99, 1.01), (1.0, 0.98, 1.02), Verdict.SAME, id="inside-band"),
        pytest.param((1.0, 0.97, 1.03), (1.0, 0.96, 1.04), Verdict.UNDECIDED, id="wider-than-band"),
        pytest.param((1.004, 1.003, 1.005), (1.004, 1.002, 1.006), Verdict.SAME, id="sure-but-below-floor"),
        pytest.param((1.006, 1.005, 1.007), (1.006, 1.004, 1.008), Verdict.SLOWER, id="sure-and-above-floor"),
        pytest.param((1.015, 1.005, 1.025), (1.015, 0.99, 1.04), Verdict.UNDECIDED, id="leans-out-of-band"),
    ],
)
def test_a_verdict_follows_from_the_two_intervals(
    shown: tuple[float, float, float], adjusted: tuple[float, float, float], verdict: Verdict
) -> None:
    assert decided(Ratio(*shown), Ratio(*adjusted, 0.99), COMPUTING) is verdict


def test_what_waits_has_a_wider_floor_and_band() -> None:
    ratio = Ratio(1.01, 1.005, 1.015)
    assert decided(ratio, ratio, COMPUTING) is Verdict.SLOWER
    assert decided(ratio, ratio, WAITING) is Verdict.SAME
    assert thresholds_for([1.0, 0.8]) is COMPUTING
    assert thresholds_for([1.0, 0.79]) is WAITING
    assert thresholds_for([]) is COMPUTING


@given(st.floats(0.5, 2.0), st.floats(1.0, 1.5), st.floats(1.0, 1.5))
def test_exchanged_sides_exchange_the_verdict(point: float, narrow: float, wider: float) -> None:
    shown = Ratio(point, point / narrow, point * narrow)
    adjusted = Ratio(point, point / narrow / wider, point * narrow * wider)
    mirrored = {Verdict.FASTER: Verdict.SLOWER, Verdict.SLOWER: Verdict.FASTER}
    verdict = decided(shown, adjusted, COMPUTING)
    # At the very edge of floor or band the inverse's rounding may fall on the other side.
    if abs(adjusted.low - 1) > 1e-9 and abs(adjusted.high - 1) > 1e-9:
        assert decided(shown.inverse, adjusted.inverse, COMPUTING) is mirrored.get(verdict, verdict)


@given(st.floats(0.5, 2.0), st.floats(1.0, 1.5))
def test_a_difference_is_never_called_where_one_lies_inside(point: float, width: float) -> None:
    ratio = Ratio(point, point / width, point * width)
    if ratio.low <= 1 <= ratio.high:
        assert not differs(ratio, Thresholds(floor=0.0, band=0.0))
        assert decided(ratio, ratio, COMPUTING) in (Verdict.SAME, Verdict.UNDECIDED)


def test_without_a_confidence_sequence_there_is_no_difference() -> None:
    assert decided(Ratio(2.0, 1.9, 2.1), None, COMPUTING) is Verdict.UNDECIDED
    assert decided(Ratio(1.0, 0.99, 1.01), None, COMPUTING) is Verdict.SAME


def test_the_familys_error_is_shared_out() -> None:
    assert deciding_confidence(1) == 1 - FAMILY_ERROR
    assert deciding_confidence(10) == pytest.approx(1 - FAMILY_ERROR / 10)
    assert deciding_confidence(0) == deciding_confidence(-1) == 1 - FAMILY_ERROR


def test_places_with_ties_by_hand() -> None:
    """b and c cannot be told apart; everything else can."""
    apart = dict.fromkeys(itertools.combinations("abcd", 2), True) | {("b", "c"): False}
    assert ranks({"a": 0.8, "b": 1.0, "c": 1.01, "d": 2.0}, apart) == {"a": "1", "b": "2=", "c": "2=", "d": "4"}


def test_a_pair_counts_in_either_order() -> None:
    assert ranks({"a": 2.0, "b": 1.0}, {("a", "b"): True}) == {"b": "1", "a": "2"}
    assert ranks({"a": 2.0, "b": 1.0}, {("b", "a"): True}) == {"b": "1", "a": "2"}


def test_a_chain_of_ties_is_one_tie() -> None:
    """a and c differ, but b can be told from neither: no cut stands between neighbours that tie."""
    assert ranks({"a": 1.0, "b": 1.1, "c": 1.2}, {("a", "c"): True}) == {"a": "1=", "b": "1=", "c": "1="}


def test_an_imprecise_variant_holds_its_neighbours_together() -> None:
    """b is noisy: told from d only. The others can all be told apart, yet a stands above no one but d."""
    apart = {("a", "c"): True, ("a", "d"): True, ("b", "d"): True, ("c", "d"): True}
    assert ranks({"a": 1.0, "b": 1.1, "c": 1.2, "d": 9.0}, apart) == {"a": "1=", "b": "1=", "c": "1=", "d": "4"}


def test_nothing_told_apart_is_one_tie_and_one_variant_is_first() -> None:
    assert ranks({"a": 1.0, "b": 1.1}, {}) == {"a": "1=", "b": "1="}
    assert ranks({"a": 1.0}, {}) == {"a": "1"}
    assert ranks({}, {}) == {}


tables = st.integers(1, 6).flatmap(
    lambda size: st.tuples(
        st.lists(st.floats(0.1, 10), min_size=size, max_size=size, unique=True),
        st.lists(st.booleans(), min_size=size * (size - 1) // 2, max_size=size * (size - 1) // 2),
    )
)


@given(tables)
def test_places_are_those_of_the_definition(table: tuple[list[float], list[bool]]) -> None:
    """Slow version: cut wherever no pair across the cut is tied, then number the groups by what stands above them."""
    points = {str(index): value for index, value in enumerate(table[0])}
    apart = dict(zip(itertools.combinations(points, 2), table[1], strict=True))
    told = {frozenset(pair) for pair, sure in apart.items() if sure}
    order = sorted(points, key=points.__getitem__)
    cuts = [
        cut
        for cut in range(len(order))
        if all(frozenset(pair) in told for pair in itertools.product(order[:cut], order[cut:]))
    ]
    expected = {}
    for first, last in itertools.pairwise([*cuts, len(order)]):
        for name in order[first:last]:
            expected[name] = f"{first + 1}{'=' if last - first > 1 else ''}"
    assert ranks(points, apart) == expected


@given(tables)
def test_nobody_stands_above_a_variant_that_it_could_not_be_told_from(table: tuple[list[float], list[bool]]) -> None:
    points = {str(index): value for index, value in enumerate(table[0])}
    apart = dict(zip(itertools.combinations(points, 2), table[1], strict=True))
    places = {name: int(place.rstrip("=")) for name, place in ranks(points, apart).items()}
    for first, second in itertools.combinations(points, 2):
        if places[first] != places[second]:
            assert apart[first, second]
            assert (places[first] < places[second]) == (points[first] < points[second])
