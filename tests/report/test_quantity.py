from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patternbench.estimate import Ratio
from patternbench.report import quantity


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 ns"),
        (2.18e-7, "218 ns"),
        (6e-8, "60.0 ns"),
        (4.2e-10, "0.420 ns"),
        (1.42e-6, "1.42 µs"),
        (9.996e-7, "1.00 µs"),
        (0.0143, "14.3 ms"),
        (2.0, "2.00 s"),
        (-1.72e-7, "-172 ns"),
    ],
)
def test_a_duration_has_three_digits_and_the_unit_that_suits_it(seconds: float, text: str) -> None:
    assert quantity.duration(seconds) == text


@given(st.floats(1e-10, 1e3))
def test_a_duration_never_needs_more_than_three_digits(seconds: float) -> None:
    number = quantity.duration(seconds).split()[0]
    assert len(number.replace(".", "").lstrip("0")) <= 4
    assert float(number) < 1000 or seconds >= 999.5


@pytest.mark.parametrize(("seconds", "text"), [(4, "4s"), (64.2, "1m04s"), (59.7, "1m00s"), (7500, "2h05m")])
def test_waiting_is_told_in_minutes(seconds: float, text: str) -> None:
    assert quantity.elapsed(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(96, "96 B"), (56.0, "56 B"), (56.5, "56.5 B"), (12_345, "12.3 kB"), (999_999, "1.00 MB"), (0, "0 B")],
)
def test_bytes_stay_whole_where_they_are_whole(count: float, text: str) -> None:
    assert quantity.size(count) == text


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(0.26, "×0.26"), (6.1, "×6.10"), (0.0031, "×0.0031"), (28.2, "×28.2"), (1240, "×1,240"), (1, "×1.00")],
)
def test_a_ratio_is_a_factor_on_the_baseline(ratio: float, text: str) -> None:
    assert quantity.times(ratio) == text


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (0.26, "3.8× faster"),
        (6.1, "6.1× slower"),
        (1.18, "1.18× slower"),
        (0.94, "1.06× faster"),
        (0.9985, "1.002× faster"),
        (9.97, "10× slower"),
        (1.997, "2.0× slower"),
        (1 / 1240, "1,240× faster"),
    ],
)
def test_words_say_how_many_times(ratio: float, words: str) -> None:
    assert quantity.faster_or_slower(ratio) == words


def test_an_interval_that_leaves_out_one_never_seems_to_hold_it() -> None:
    assert quantity.interval(Ratio(0.995, 0.991, 0.998)) == "[0.991, 0.998]"
    assert quantity.times_with_interval(Ratio(0.995, 0.991, 0.998)) == "×0.995 [0.991, 0.998]"


def test_the_ends_of_a_narrow_interval_are_kept_apart() -> None:
    assert quantity.interval(Ratio(0.26, 0.2593, 0.2607)) == "[0.259, 0.261]"


@given(st.floats(0.01, 0.999), st.floats(0.0002, 0.2))
def test_rounding_keeps_the_verdict_of_an_interval(point: float, width: float) -> None:
    ratio = Ratio(point, point * (1 - width), min(point * (1 + width), max(point, 0.9994)))
    high = float(quantity.interval(ratio).strip("[]").split(", ")[1])
    assert high < 1


@pytest.mark.parametrize(
    ("share", "text"), [(0.006, "0.6 %"), (0.021, "2.1 %"), (0.25, "25 %"), (0.0004, "0.04 %"), (0, "0 %")]
)
def test_percentages_are_short(share: float, text: str) -> None:
    assert quantity.percent(share) == text


def test_factors_that_agree_are_one_factor() -> None:
    assert quantity.factor_range([0.5, 0.25]) == "2.0–4.0×"
    assert quantity.factor_range([0.26, 0.261]) == "3.8×"


@pytest.mark.parametrize(
    ("value", "text"), [(100, "100"), (12_000, "12,000"), (0.12345, "0.123"), ("h2", "h2"), (float("inf"), "inf")]
)
def test_counters_are_shown_as_they_are(value: float | str, text: str) -> None:
    assert quantity.count(value) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1.42e-6, "s", "1.42 µs"),
        (12_300, "bytes", "12.3 kB"),
        (840.0, "1/s", "840/s"),
        (117_712.04, "instructions", "117,712"),
        (0.021, "share", "2.1 %"),
        (100, "", "100"),
        (None, "s", "–"),
        ("h2", "s", "h2"),
    ],
)
def test_a_figure_is_shown_in_its_unit(value: float | str | None, unit: str, text: str) -> None:
    assert quantity.figure(value, unit) == text


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(1, "none"), (1.0097, "+0.97 %"), (0.88, "-12 %"), (1.00001, "+0.0010 %"), (2.04, "×2.04"), (0.26, "×0.26")],
)
def test_a_change_of_exact_figures_keeps_two_digits(ratio: float, text: str) -> None:
    assert quantity.change(ratio) == text
