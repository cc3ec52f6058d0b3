"""Who leads where over a whole table, and geometric means over unlike cells, in words: weights always said."""

from __future__ import annotations

from collections.abc import Sequence

from patternbench.estimate import Ratio
from patternbench.report import quantity
from patternbench.report.plain_text import listed, visible
from patternbench.report.ranking import case_title, shown
from patternbench.session import ComparisonResult, Standing, SuiteMean

CASE_WEIGHTS = "each case weighs the same"
_MOST_CASES = 4


def cells(positions: Sequence[int], comparison: ComparisonResult) -> str:
    """The cases at those positions by the axes on which cases differ: `3 of 7 (fields=1, 3 and 10)`; empty for none."""
    if not positions:
        return ""
    told = f"{len(positions)} of {len(comparison.cases)}"
    if len(positions) == len(comparison.cases):
        return told
    params = [comparison.cases[at].params for at in positions]
    axes = [axis for axis in comparison.axes if len({str(case.params.get(axis)) for case in comparison.cases}) > 1]
    if len(axes) == 1:
        values = [shown(each.get(axes[0])) for each in params]
        return f"{told} ({visible(axes[0])}={listed(values, most=_MOST_CASES)})"
    titles = [case_title({axis: each[axis] for axis in axes if axis in each}) for each in params]
    more = len(titles) - _MOST_CASES
    named = titles if more <= 1 else [*titles[:_MOST_CASES], f"{more} others"]
    return f"{told} ({'; '.join(named)})"


def mean_words(mean: Ratio | None, least: float | None, greatest: float | None) -> str:
    """`×0.45 [0.44, 0.46], from ×0.26 to ×0.80`; empty where there is none."""
    if mean is None or least is None or greatest is None:
        return ""
    return f"{quantity.times_with_interval(mean)}, from {quantity.times(least)} to {quantity.times(greatest)}"


def by_mean(standings: Sequence[Standing]) -> list[Standing]:
    """The quickest on the whole first; those without a ratio last."""
    return sorted(standings, key=lambda each: (each.mean is None, each.mean.point if each.mean else 0.0))


def table_lines(comparison: ComparisonResult) -> list[str]:
    """Two lines over a comparison's table: where each variant leads, and the means; none where there is one cell."""
    if not comparison.standings:
        return []
    leads = [
        f"{visible(each.variant)} {'; '.join(part for part in _leads(each, comparison))}"
        for each in comparison.standings
        if each.first_alone or each.first_shared
    ]
    means = [
        f"{visible(each.variant)} {mean_words(each.mean, each.least, each.greatest)}"
        for each in by_mean(comparison.standings)
        if each.mean is not None and each.variant != comparison.baseline
    ]
    lines = [f"First place: {' · '.join(leads)}"] if leads else []
    if means:
        lines.append(
            f"Geometric mean of the ratios to {visible(comparison.baseline)}, {CASE_WEIGHTS}: {' · '.join(means)}"
        )
    return lines


def suite_lines(means: Sequence[SuiteMean], most: int | None) -> list[str]:
    """One line per suite and baseline: the geometric means, their weights, how many comparisons and cases."""
    groups: dict[tuple[str, str], list[SuiteMean]] = {}
    for each in means:
        groups.setdefault((each.suite, each.baseline), []).append(each)
    lines = []
    for (suite, baseline), group in groups.items():
        known = sorted(group, key=lambda each: each.mean.point)
        told = [
            f"{visible(each.variant)} {mean_words(each.mean, each.least, each.greatest)}"
            f" ({each.comparisons} questions, {each.cells} cases)"
            for each in known[:most]
        ]
        more = f" · {len(known) - len(told)} more" if len(told) < len(known) else ""
        lines.append(
            f"{visible(suite)} as a whole: geometric mean of the ratios to {visible(baseline)}; {known[0].weights}: "
            f"{' · '.join(told)}{more}"
        )
    return lines


def _leads(each: Standing, comparison: ComparisonResult) -> list[str]:
    parts = []
    if each.first_alone:
        parts.append(f"alone in {cells(each.first_alone, comparison)}")
    if each.first_shared:
        parts.append(f"shared in {cells(each.first_shared, comparison)}")
    return parts
