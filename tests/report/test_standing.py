"""Standings and suite means in words: weights always said."""

from __future__ import annotations

import dataclasses

from tests.report import example

from patternbench.estimate import Ratio
from patternbench.report.standing import by_mean, cells, mean_words, suite_lines, table_lines
from patternbench.session import Standing, SuiteMean
from patternbench.statistics.standing import SUITE_WEIGHTS


def test_cells_are_named_by_the_axes_on_which_they_differ() -> None:
    comparison = example.searching()
    assert cells((0, 1, 2), comparison) == "3 of 5 (n=0, 2 and 5)"
    assert cells((0, 1, 2, 3, 4), comparison) == "5 of 5"
    assert cells((), comparison) == ""


def test_cells_of_two_axes_are_named_by_both() -> None:
    comparison = example.searching()
    params = [{"n": n, "kind": kind} for n in (1, 2, 3) for kind in ("x", "y")]
    doubled = dataclasses.replace(
        comparison,
        axes={"n": (1, 2, 3), "kind": ("x", "y")},
        cases=tuple(dataclasses.replace(comparison.cases[0], params=dict(each)) for each in params),
    )
    assert cells((0, 5), doubled) == "2 of 6 (n=1, kind=x; n=3, kind=y)"


def test_a_table_in_two_lines() -> None:
    first, means = table_lines(example.searching())
    assert first == "First place: scan alone in 3 of 5 (n=0, 2 and 5) · bisect alone in 2 of 5 (n=50 and 500)"
    assert means.startswith(
        "Geometric mean of the ratios to scan, each case weighs the same: bisect ×0.66 [0.66, 0.67], from"
    )
    assert table_lines(example.equality()) == []


def test_a_mean_comes_with_the_range_that_it_hides() -> None:
    assert mean_words(Ratio(0.66, 0.65, 0.67), 0.02, 7.5) == "×0.66 [0.65, 0.67], from ×0.020 to ×7.50"
    assert mean_words(None, None, None) == ""


def test_variants_without_a_mean_come_last() -> None:
    slow, none, fast = (
        Standing(name, (), (), 1, ratio)
        for name, ratio in (("a", Ratio(2, 1.9, 2.1)), ("b", None), ("c", Ratio(1, 1, 1)))
    )
    assert [each.variant for each in by_mean([slow, none, fast])] == ["c", "a", "b"]


def mean(variant: str, point: float, *, baseline: str = "plain") -> SuiteMean:
    ratio = Ratio(point, point * 0.99, point * 1.01)
    return SuiteMean("records", baseline, variant, ratio, point / 2, point * 2, 3, 12, SUITE_WEIGHTS)


def test_a_suite_has_a_line_per_baseline() -> None:
    first, second = suite_lines([mean("a", 2.0), mean("c", 0.5, baseline="other"), mean("b", 0.5)], 1)
    assert first == (
        "records as a whole: geometric mean of the ratios to plain; each comparison weighs the same, and so does each "
        "case within it: b ×0.50 [0.49, 0.51], from ×0.25 to ×1.00 (3 questions, 12 cases) · 1 more"
    )
    assert "ratios to other" in second
    assert "c ×0.50" in second
