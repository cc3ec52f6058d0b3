"""Shapes of whole tables: which axes have one, what a gap does to it, and whether they are true."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from tests.statistics.readings import comparison, spread

from patternbench.session import ComparisonResult, Label, Pair, Shape
from patternbench.statistics.scaling import shapes
from patternbench.verdict import Verdict

VALUES = (1, 10, 100, 1000)


def law(n: float) -> dict[str, float]:
    """Baseline in proportion; `fixed` costs the same always and crosses it at 50; `twice` never does."""
    return {"linear": 1000.0 * n, "fixed": 50_000.0, "twice": 2000.0 * n}


def table(
    values: tuple[Label, ...],
    draws: np.random.Generator,
    *,
    law_of: Mapping[str, float] | None = None,
    without: tuple[Label, str] | None = None,
) -> ComparisonResult:
    cells = []
    for value in values:
        number = abs(value) if isinstance(value, int | float) and 0 < abs(value) < 1e9 else 1.0
        times = {name: spread(time, draws) for name, time in (law_of or law(number)).items()}
        cells.append(({"n": value}, {name: None if without == (value, name) else sets for name, sets in times.items()}))
    return comparison(cells)


def only(found: tuple[Shape, ...]) -> Shape:
    (shape,) = found
    return shape


def pair(shape: Shape, first: str, second: str) -> Pair:
    return next(each for each in shape.pairs if (each.first, each.second) == (first, second))


def test_a_shape_has_an_exponent_per_variant_and_a_verdict_per_pair_and_value() -> None:
    shape = only(shapes(table(VALUES, np.random.default_rng(1))))
    assert (shape.axis, shape.held, shape.values, shape.skipped) == ("n", {}, VALUES, ())
    exponents = [(each.variant, round(each.exponent.point, 1)) for each in shape.growths]
    assert exponents == [("linear", 1.0), ("fixed", 0.0), ("twice", 1.0)]
    assert [(each.first, each.second) for each in shape.pairs] == [
        ("linear", "fixed"), ("linear", "twice"), ("fixed", "twice"),
    ]  # fmt: skip
    faster, slower = Verdict.FASTER, Verdict.SLOWER
    crossing = pair(shape, "linear", "fixed")
    assert crossing.verdicts == (faster, faster, slower, slower)
    (place,) = crossing.crossovers
    assert (place.below, place.above, place.faster_below, place.faster_above) == (10, 100, "linear", "fixed")
    assert place.low <= 50 <= place.high
    assert pair(shape, "linear", "twice") == Pair("linear", "twice", (faster,) * 4)
    assert pair(shape, "fixed", "twice").crossovers[0].faster_above == "fixed"


def test_verdicts_against_the_baseline_are_those_of_the_table() -> None:
    made = table(VALUES, np.random.default_rng(2))
    turned = {Verdict.FASTER: Verdict.SLOWER, Verdict.SLOWER: Verdict.FASTER}
    shape = only(shapes(made))
    for name in ("fixed", "twice"):
        theirs = [next(each.verdict for each in case.variants if each.name == name) for case in made.cases]
        assert list(pair(shape, "linear", name).verdicts) == [turned.get(each, each) for each in theirs]


@pytest.mark.parametrize(
    ("values", "kept", "skipped"),
    [
        ((1, 2, 4), (1, 2, 4), ()),
        ((4, 1, 2), (1, 2, 4), ()),
        ((0.5, 1.5, 2.5), (0.5, 1.5, 2.5), ()),
        ((0, 1, 2, 4), (1, 2, 4), (0,)),
        ((-1, 0, 1, 2, 4), (1, 2, 4), (-1, 0)),
        ((1, 2, 4, math.inf), (1, 2, 4), (math.inf,)),
        ((1, 2, 4, 10**400), (1, 2, 4), (10**400,)),
        ((1, 1.0, 2, 4), (1, 2, 4), ()),
    ],
    ids=["whole", "unordered", "fractions", "zero", "negative", "infinite", "beyond a float", "twice"],
)
def test_values_with_a_logarithm_make_the_shape(
    values: tuple[Label, ...], kept: tuple[Label, ...], skipped: tuple[Label, ...]
) -> None:
    shape = only(shapes(table(values, np.random.default_rng(3))))
    assert (shape.values, shape.skipped) == (kept, skipped)


@pytest.mark.parametrize(
    "values",
    [
        (1, 2),
        (0, 1, 2),
        (-3, -2, -1),
        ("a", "b", "c"),
        (1, 2, 4, "many"),
        (True, False),
        (1, 2, 4, True),
        (1, 2, None),
    ],
    ids=["two", "two above zero", "negative", "text", "mixed", "booleans", "a boolean", "None"],
)
def test_other_axes_have_none(values: tuple[Label, ...]) -> None:
    assert shapes(table(values, np.random.default_rng(4))) == ()


def test_every_combination_of_the_other_axes_has_a_shape_of_its_own() -> None:
    draws = np.random.default_rng(5)
    cells = [
        ({"n": n, "kind": kind}, {"plain": spread(1000.0 * n, draws), "other": spread(factor * 1000.0 * n, draws)})
        for kind, factor in (("x", 2.0), ("y", 0.5))
        for n in (1, 2, 4)
    ]
    found = shapes(comparison(cells))
    assert [each.held for each in found] == [{"kind": "x"}, {"kind": "y"}]
    assert [each.pairs[0].verdicts[0] for each in found] == [Verdict.FASTER, Verdict.SLOWER]


def test_two_numeric_axes_have_shapes_along_either() -> None:
    draws = np.random.default_rng(6)
    cells = [({"n": n, "m": m}, {"plain": spread(1000.0 * n, draws)}) for n in (1, 2, 4) for m in (10, 20, 40)]
    found = shapes(comparison(cells))
    assert [each.axis for each in found] == ["n"] * 3 + ["m"] * 3
    exponents = [each.growths[0].exponent.point for each in found]
    assert exponents == [pytest.approx(1.0, abs=0.1)] * 3 + [pytest.approx(0.0, abs=0.1)] * 3


def test_a_variant_that_broke_somewhere_keeps_what_is_left() -> None:
    shape = only(shapes(table(VALUES, np.random.default_rng(7), without=(10, "fixed"))))
    crossing = pair(shape, "linear", "fixed")
    assert crossing.verdicts == (Verdict.FASTER, Verdict.NOT_MEASURED, Verdict.SLOWER, Verdict.SLOWER)
    assert (crossing.crossovers[0].below, crossing.crossovers[0].above) == (1, 100)
    assert [each.variant for each in shape.growths] == ["linear", "fixed", "twice"]


def test_a_variant_that_broke_too_often_has_no_exponent_and_the_others_do() -> None:
    cells = [({"n": n}, {"plain": [1000.0 * n] * 4, "frail": [2000.0 * n] * 4 if n == 1 else None}) for n in (1, 2, 4)]
    shape = only(shapes(comparison(cells)))
    assert [each.variant for each in shape.growths] == ["plain"]
    assert shape.pairs == ()


def test_a_broken_baseline_leaves_exponents_and_no_pair() -> None:
    cells = [({"n": n}, {"plain": None, "one": [1000.0 * n] * 4, "two": [2000.0] * 4}) for n in (1, 2, 4)]
    shape = only(shapes(comparison(cells)))
    assert [each.variant for each in shape.growths] == ["one", "two"]
    assert shape.pairs == ()


def test_records_without_ratios_of_sets_have_exponents_only() -> None:
    """Documents of older versions hold each process's median and not the ratios."""
    made = table(VALUES, np.random.default_rng(8))
    old = replace(
        made,
        cases=tuple(
            replace(case, variants=tuple(replace(each, set_ratios=()) for each in case.variants)) for case in made.cases
        ),
    )
    shape = only(shapes(old))
    assert len(shape.growths) == 3
    assert shape.pairs == ()


def test_identical_variants_cross_nowhere_in_whole_tables() -> None:
    """Three variants alike over four values: false crossovers over tables are rarer than one in two hundred."""
    draws = np.random.default_rng(10)
    tables = 60
    false = 0
    for _ in range(tables):
        shape = only(shapes(table(VALUES, draws, law_of={"one": 1000.0, "two": 1000.0, "three": 1000.0})))
        false += any(each.crossovers for each in shape.pairs)
    assert false <= stats.binom.ppf(0.999, tables, 0.005)
