"""The shape of cost in words: exponents, places, and what is said of a pair."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report import example

from patternbench.estimate import Crossover, Exponent
from patternbench.report.answer import clauses
from patternbench.report.shape import (
    change,
    exponent,
    growth_words,
    headline_shapes,
    pair_words,
    place,
    rest_of_pairs,
    shape_of,
    shape_title,
    sides,
    skipped,
    told_growths,
    told_pairs,
)
from patternbench.session import Growth, Pair, Piece, Shape
from patternbench.verdict import Verdict

F, S, E, U, N = Verdict.FASTER, Verdict.SLOWER, Verdict.SAME, Verdict.UNDECIDED, Verdict.NOT_MEASURED
DECADES = (1, 10, 100, 1000, 10_000)


def shape(*pairs: Pair, values: tuple[int | float, ...] = DECADES, growths: tuple[Growth, ...] = ()) -> Shape:
    return Shape("n", {}, values, growths, pairs)


def cross(at: float, low: float, high: float, below: float, above: float, *, turned: bool = False) -> Crossover:
    return Crossover(at, low, high, below, above, *(("b", "a") if turned else ("a", "b")))


def told(verdicts: tuple[Verdict, ...], *crossovers: Crossover) -> str:
    pair = Pair("a", "b", verdicts, crossovers)
    return pair_words(pair, shape(pair, values=DECADES[: len(verdicts)]))


@pytest.mark.parametrize(
    ("verdicts", "words"),
    [
        ((F, F, F, F, F), "a wins throughout 1 to 10,000"),
        ((S, S, S, S, S), "b wins throughout 1 to 10,000"),
        ((E, E, E, E, E), "no measurable difference throughout 1 to 10,000"),
        ((U, U, U, U, U), "too noisy to tell throughout 1 to 10,000"),
        ((E, E, S, S, S), "b wins from n=100 on; no measurable difference at n=1 and 10"),
        ((F, F, U, U, U), "a wins up to n=10; too noisy to tell at n=100 to 10,000"),
        (
            (E, U, E, U, S),
            "b wins at n=10,000; no measurable difference at n=1 and 100; too noisy to tell at n=10 and 1000",
        ),
        ((E, E, U, E, E), "no measurable difference at n=1, 10, 1000 and 10,000; too noisy to tell at n=100"),
        ((S, N, S, S, N), "b wins at n=1, 100 and 1000"),
        ((F, E, F, E, F), "a wins at n=1, 100 and 10,000; no measurable difference at n=10 and 1000"),
    ],
)
def test_a_pair_without_a_crossover(verdicts: tuple[Verdict, ...], words: str) -> None:
    assert told(verdicts) == words


def test_a_pair_that_changes_places_says_where() -> None:
    found = cross(3012, 2130, 4390, 1000, 10_000)
    assert told((F, F, F, F, S), found) == "a wins below n ≈ 3000 [2100, 4400], b above"


def test_what_is_not_decided_outside_is_added() -> None:
    assert told((U, E, F, F, S), cross(3012, 2130, 4390, 1000, 10_000)) == (
        "a wins below n ≈ 3000 [2100, 4400], b above; no measurable difference at n=10; too noisy to tell at n=1"
    )
    assert told((F, U, E, S, S), cross(31, 20, 44, 1, 1000)) == "a wins below n ≈ 31 [20, 44], b above"


def test_several_changes_stand_in_order() -> None:
    found = cross(4, 3, 5, 1, 10), cross(300, 200, 400, 100, 1000, turned=True)
    assert told((F, S, S, F, F), *found) == ("a wins below n ≈ 4 [3, 5], b from there to n ≈ 300 [200, 400], a above")
    many = tuple(cross(n * 3, n * 2, n * 4, n, n * 10, turned=bool(at % 2)) for at, n in enumerate((1, 10, 100, 1000)))
    assert told((F, S, F, S, F), *many) == (
        "they change places 4 times: n ≈ 3 [2, 4], n ≈ 30 [20, 40], n ≈ 300 [200, 400] and n ≈ 3000 [2000, 4000]"
    )


@pytest.mark.parametrize(
    ("found", "values", "words"),
    [
        (cross(29.4, 29.2, 29.7, 29, 30), (1, 29, 30), ("up to n=29", "from n=30 on")),
        (cross(29.4, 29.2, 29.7, 29, 30), (1.5, 29, 30), ("below n ≈ 29.4 [29.2, 29.7]", "above")),
        (cross(2.4, 2.2, 2.9, 1, 3), (1, 3, 10), ("below n ≈ 2 [2, 3]", "above")),
        (cross(16.2, 12.3, 24.1, 10, 29), (3, 10, 29), ("below n ≈ 16 [12, 25]", "above")),
        (
            cross(31_234, 21_000.4, 44_000.1, 10_000, 100_000),
            (1, 10_000, 100_000),
            ("below n ≈ 31,000 [21,000, 45,000]", "above"),
        ),
        (cross(0.0312, 0.021, 0.044, 0.01, 0.1), (0.01, 0.1, 1.0), ("below n ≈ 0.031 [0.021, 0.044]", "above")),
        (cross(50, 50, 50, 10, 100), (1, 10, 100), ("below n ≈ 50 [50, 50]", "above")),
    ],
)
def test_places_have_the_digits_that_they_deserve(
    found: Crossover, values: tuple[int | float, ...], words: tuple[str, str]
) -> None:
    assert sides(found, shape(values=values)) == words


def test_the_place_is_repeated_where_the_second_stands_alone() -> None:
    assert sides(cross(50, 40, 60, 10, 100), shape(), repeat=True)[1] == "above n ≈ 50 [40, 60]"


PLACES = st.one_of(
    st.tuples(*[st.floats(1e-6, 1e9)] * 5).map(sorted), st.tuples(*[st.integers(1, 10**9)] * 5).map(sorted)
)


@given(PLACES)
def test_rounding_goes_outward_and_never_beyond_the_measured_values(ends: list[float]) -> None:
    below, low, at, high, above = ends
    values = (below, above, 2 * above)
    text = place(cross(at, low, high, below, above), shape(values=values)).replace(",", "").split(" ")
    point, left, right = float(text[2]), float(text[3].strip("[]")), float(text[4].strip("[]"))
    assert left <= point <= right
    # Six digits are shown of a fraction.
    assert left <= low * (1 + 1e-5)
    assert right >= high * (1 - 1e-5)
    assert left >= below * (1 - 1e-5)
    assert right <= above * (1 + 1e-5)


def test_exponents_have_the_digits_that_their_interval_deserves() -> None:
    assert exponent(Exponent(0.981, 0.952, 1.008)) == "0.98 [0.95, 1.01]"
    assert exponent(Exponent(0.981, 0.979, 0.983)) == "0.981 [0.979, 0.983]"
    assert exponent(Exponent(0.98, -1.2, 3.2)) == "1.0 [-1.2, 3.2]"
    assert exponent(Exponent(-0.001, -0.02, 0.02)) == "0.00 [-0.02, 0.02]"


def growth(*pieces: tuple[int, int, float]) -> Growth:
    found = tuple(Piece(first, last, Exponent(k, k - 0.1, k + 0.1)) for first, last, k in pieces)
    return Growth("a", Exponent(0.9, 0.8, 1.0), 0.3, found)


def test_growth_in_words() -> None:
    assert growth_words(growth()) == "0.90 [0.80, 1.00]"
    assert growth_words(growth((1, 100, 0.2), (100, 1000, 1.0))) == "no single exponent: 0.2 below 100, 1.0 above"
    assert growth_words(growth((1, 10, 0.2), (10, 29, 0.4), (29, 100, 0.1))) == (
        "no single exponent: from 0.1 (29 to 100) to 0.4 (10 to 29)"
    )
    assert growth_words(growth((1, 10, 0.2), (10, 29, 0.4), (29, 30, 18.0), (30, 64, 0.5))) == (
        "no single exponent: a step of ×1.84 between 29 and 30"
    )
    assert growth_words(growth((50, 95, -3.7), (95, 100, -28.0))) == (
        "no single exponent: a step of ×0.24 between 95 and 100"
    )


def test_the_title_says_axis_range_and_what_is_held() -> None:
    (found,) = example.searching().shapes
    assert shape_title(found) == "n from 2 to 500, with kind=int"
    assert skipped(found) == "n=0 left out: no logarithm"
    assert skipped(shape()) == ""


def test_the_answer_names_the_crossover_where_the_winner_changes() -> None:
    assert clauses(example.searching())[0] == (
        "scan is fastest below n ≈ 8 [7, 9]; bisect is fastest above, 5.4–47× faster than scan"
    )


def test_without_a_shape_the_answer_names_the_measured_values() -> None:
    old = dataclasses.replace(example.searching(), shapes=())
    assert clauses(old)[0].startswith("scan is fastest up to n=5; bisect is fastest from n=50 on")


def test_one_change_is_found_for_single_winners_only() -> None:
    (found,) = example.searching().shapes
    assert change(found, ("scan",), ("bisect",), 5, 50) == next(
        each.crossovers[0] for each in found.pairs if (each.first, each.second) == ("scan", "bisect")
    )
    assert change(found, ("scan", "hashed"), ("bisect",), 5, 50) is None
    assert change(found, ("bisect",), ("scan",), 5, 50) is None
    assert change(found, ("scan",), ("bisect",), 50, 500) is None
    assert change(None, ("scan",), ("bisect",), 5, 50) is None


def test_a_change_is_found_where_ties_lengthen_the_first_winners_stretch() -> None:
    place_of = cross(11.3, 11.1, 11.5, 9, 13)
    found = shape(Pair("a", "b", (F, U, U, S), (place_of,)), values=(9, 11, 12, 13))
    assert change(found, ("a",), ("b",), 12, 13) is place_of
    assert change(found, ("a",), ("b",), 13, 14) is None


def test_pairs_of_leaders_and_with_the_baseline_come_first() -> None:
    comparison = example.searching()
    (found,) = headline_shapes(comparison)
    assert [(each.first, each.second) for each in told_pairs(found, comparison)] == [
        ("scan", "bisect"),
        ("hashed", "backwards"),
    ]
    assert rest_of_pairs(found, 1) == "1 more pair changes places within 2 to 500"
    assert rest_of_pairs(found, 2) == "no other pair changes places within 2 to 500"
    assert rest_of_pairs(shape(Pair("a", "b", (F,) * 5)), 0) == "no two change places within 1 to 10,000"
    assert rest_of_pairs(shape(Pair("a", "b", (F, S, S, S, S), (cross(3, 2, 4, 1, 10),))), 1) == ""


def test_growths_of_leaders_are_told_before_others() -> None:
    comparison = example.searching()
    (found,) = headline_shapes(comparison)
    assert [each.variant for each in told_growths(found, comparison, 2)] == ["scan", "bisect"]
    assert len(told_growths(found, comparison, None)) == 4


def test_a_shape_is_found_by_what_is_held() -> None:
    comparison = example.searching()
    assert shape_of(comparison, "n", {"n": 99, "kind": "int"}) is comparison.shapes[0]
    assert shape_of(comparison, "n", {"n": 99, "kind": "text"}) is None
    assert headline_shapes(example.unmeasured()) == []
