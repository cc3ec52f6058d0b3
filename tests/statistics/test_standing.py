"""Who leads where, and means over unlike cells: by hand, and with a truth that is known."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from tests.statistics.readings import comparison, spread

from patternbench.session import ComparisonResult, Standing
from patternbench.statistics.standing import SUITE_WEIGHTS, standings, suite_means
from patternbench.verdict import Status


def table(
    *cells: Mapping[str, float | None], deviation: float = 0.01, seed: int = 1, name: str = "MadeUp"
) -> ComparisonResult:
    draws = np.random.default_rng(seed)
    made = comparison(
        [
            (
                {"kind": f"k{at}"},
                {
                    variant: None if time is None else spread(time, draws, deviation=deviation)
                    for variant, time in cell.items()
                },
            )
            for at, cell in enumerate(cells)
        ]
    )
    return dataclasses.replace(made, name=name, id=f"made_up/{name}")


def of(name: str, found: tuple[Standing, ...]) -> Standing:
    return next(each for each in found if each.variant == name)


def test_first_places_are_counted_by_cell_and_ties_stay_ties() -> None:
    found = standings(
        table(
            {"plain": 1000.0, "other": 2000.0, "third": 3000.0},
            {"plain": 1000.0, "other": 1000.0, "third": 3000.0},
            {"plain": 1000.0, "other": 500.0, "third": 3000.0},
        )
    )
    assert [(each.variant, each.first_alone, each.first_shared) for each in found] == [
        ("plain", (0,), (1,)), ("other", (2,), (1,)), ("third", (), ()),
    ]  # fmt: skip


def test_the_mean_is_geometric_and_its_interval_is_that_of_the_cells() -> None:
    """×2 and ×½ without spread: the mean is 1, where the arithmetic one would be 1.25."""
    found = of(
        "other", standings(table({"plain": 1000.0, "other": 2000.0}, {"plain": 1000.0, "other": 500.0}, deviation=0.0))
    )
    assert found.mean is not None
    assert (found.mean.point, found.mean.low, found.mean.high) == pytest.approx((1.0, 1.0, 1.0), rel=1e-3)
    assert (found.least, found.greatest) == pytest.approx((0.5, 2.0), rel=1e-3)
    assert found.cells == 2


def test_the_interval_by_hand() -> None:
    made = table({"plain": 1000.0, "other": 2000.0}, {"plain": 1000.0, "other": 500.0}, deviation=0.05)
    ratios = [case.variants[1].ratio for case in made.cases]
    errors = [each.half_width / stats.t.ppf(0.975, 7) for each in ratios if each is not None]
    error = math.hypot(*errors) / 2
    degrees = (errors[0] ** 2 + errors[1] ** 2) ** 2 / (errors[0] ** 4 / 7 + errors[1] ** 4 / 7)
    mean = of("other", standings(made)).mean
    assert mean is not None
    assert mean.half_width == pytest.approx(stats.t.ppf(0.975, degrees) * error)


def test_the_interval_covers_the_mean_of_just_these_cells() -> None:
    repeated = 300
    hits = 0
    for seed in range(repeated):
        made = table({"plain": 1000.0, "other": 3000.0}, {"plain": 1000.0, "other": 700.0}, seed=seed, deviation=0.05)
        mean = of("other", standings(made)).mean
        assert mean is not None
        hits += mean.low <= math.sqrt(3.0 * 0.7) <= mean.high
    assert stats.binom.ppf(0.001, repeated, 0.95) <= hits <= stats.binom.ppf(0.999, repeated, 0.96)


@given(st.lists(st.floats(0.1, 10), min_size=2, max_size=4))
def test_the_other_baseline_gives_the_inverse_mean(ratios: list[float]) -> None:
    cells = [({"at": at}, {"a": [1e6] * 3, "b": [1e6 * ratio] * 3}) for at, ratio in enumerate(ratios)]
    ours = of("b", standings(comparison(cells))).mean
    theirs = of("a", standings(comparison(cells, baseline="b"))).mean
    assert ours is not None
    assert theirs is not None
    assert ours.point == pytest.approx(1 / theirs.point, rel=1e-4)


def test_a_variant_that_broke_somewhere_says_how_many_cells_it_has() -> None:
    found = standings(table({"plain": 1000.0, "frail": 2000.0}, {"plain": 1000.0, "frail": None}))
    assert (of("frail", found).cells, of("plain", found).cells) == (1, 2)
    assert of("plain", found).first_alone == (0,)
    assert of("plain", found).first_shared == ()


def test_a_variant_without_any_ratio_has_no_mean() -> None:
    found = of("frail", standings(table({"plain": 1000.0, "frail": None}, {"plain": 1000.0, "frail": None})))
    assert (found.mean, found.least, found.greatest, found.cells) == (None, None, None, 0)


def test_one_cell_has_no_standings() -> None:
    one = table({"plain": 1000.0, "other": 500.0})
    assert standings(one) == ()
    left_out = dataclasses.replace(one.cases[0], status=Status.NOT_MEASURED, variants=())
    assert standings(dataclasses.replace(one, cases=(one.cases[0], left_out))) == ()


def test_each_comparison_of_a_suite_weighs_the_same_however_many_cells_it_has() -> None:
    """Four cells at ×2 and one at ×8: by comparison ×4, by cell ×2.64."""
    four = table(*[{"plain": 1000.0, "other": 2000.0}] * 4, deviation=0.0, name="Four")
    one = table({"plain": 1000.0, "other": 8000.0}, deviation=0.0, name="One")
    (mean,) = suite_means([four, one])
    assert mean.mean.point == pytest.approx(4.0, rel=1e-3)
    assert (mean.suite, mean.baseline, mean.variant, mean.comparisons, mean.cells) == (
        "made_up",
        "plain",
        "other",
        2,
        5,
    )
    assert (mean.least, mean.greatest) == pytest.approx((2.0, 8.0), rel=1e-3)
    assert mean.weights == SUITE_WEIGHTS


def test_only_what_several_comparisons_hold_against_one_baseline_has_a_suite_mean() -> None:
    one = table({"plain": 1000.0, "other": 2000.0}, name="One")
    two = table({"other": 1000.0, "plain": 2000.0}, name="Two")
    three = table({"plain": 1000.0, "third": 2000.0}, name="Three")
    elsewhere = dataclasses.replace(table({"plain": 1000.0, "other": 2000.0}), suite="elsewhere")
    assert suite_means([one, two, three, elsewhere]) == ()
    assert suite_means([]) == ()
