"""Who leads where over a whole table, and summaries over unlike cells.

Times of unlike cells are never averaged, and neither are ratios arithmetically: the answer would depend on which
variant is called the baseline. The geometric mean of ratios is the one that does not (Fleming & Wallace 1986,
doi:10.1145/5666.5673), and it still says nothing of where the winner changes, so that a summary always comes with the
least and the greatest of its ratios. Cells are the ones that the suite's author chose and no sample of anything: an
interval here is over sets, for the mean of just these cells.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from patternbench.estimate import Ratio
from patternbench.session import CaseResult, ComparisonResult, Standing, SuiteMean, VariantResult
from patternbench.statistics.combination import Combination, behind
from patternbench.statistics.decision import SHOWN_CONFIDENCE
from patternbench.statistics.interval import Sets
from patternbench.verdict import Status

SUITE_WEIGHTS = "each comparison weighs the same, and so does each case within it"

_LEAST_CELLS = 2
_LEAST_COMPARISONS = 2
_LEAST_SETS = 2


def standings(comparison: ComparisonResult) -> tuple[Standing, ...]:
    """Every variant over the measured cells, in order of declaration; empty where there is one cell or none."""
    if sum(case.status is Status.OK for case in comparison.cases) < _LEAST_CELLS:
        return ()
    first = [_first(case) for case in comparison.cases]
    return tuple(_standing(each.name, comparison, first) for each in comparison.variants)


def suite_means(comparisons: Sequence[ComparisonResult]) -> tuple[SuiteMean, ...]:
    """Every variant that several comparisons of a suite hold against the same baseline, over all of their cells.

    Premise: the comparisons were measured in one environment.
    """
    found: dict[tuple[str, str, str], list[tuple[Sets, ...]]] = {}
    for comparison in comparisons:
        for each in comparison.variants:
            cells = tuple(_ratios(each.name, comparison))
            if cells and each.name != comparison.baseline:
                found.setdefault((comparison.suite, comparison.baseline, each.name), []).append(cells)
    return tuple(
        SuiteMean(
            suite=suite,
            baseline=baseline,
            variant=variant,
            mean=_weighted([(1 / len(groups) / len(cells), sets) for cells in groups for sets in cells]),
            least=math.exp(min(sets.mean for cells in groups for sets in cells)),
            greatest=math.exp(max(sets.mean for cells in groups for sets in cells)),
            comparisons=len(groups),
            cells=sum(map(len, groups)),
            weights=SUITE_WEIGHTS,
        )
        for (suite, baseline, variant), groups in found.items()
        if len(groups) >= _LEAST_COMPARISONS
    )


def _ratios(name: str, comparison: ComparisonResult) -> Iterator[Sets]:
    for case in comparison.cases:
        for variant in case.variants:
            if variant.name == name and variant.ratio is not None:
                yield _sets(variant, variant.ratio, case)


def _sets(variant: VariantResult, ratio: Ratio, case: CaseResult) -> Sets:
    """The ratio's mean and error, from as many sets as stand behind it."""
    count = sum(each is not None for each in variant.set_ratios) or case.sets
    return behind(ratio, max(_LEAST_SETS, count))


def _weighted(parts: Sequence[tuple[float, Sets]]) -> Ratio:
    return Combination.of(parts).ratio(SHOWN_CONFIDENCE)


def _standing(name: str, comparison: ComparisonResult, first: Sequence[Sequence[str]]) -> Standing:
    cells = tuple(_ratios(name, comparison))
    return Standing(
        variant=name,
        first_alone=tuple(at for at, names in enumerate(first) if list(names) == [name]),
        first_shared=tuple(at for at, names in enumerate(first) if name in names and len(names) > 1),
        cells=len(cells),
        mean=_weighted([(1 / len(cells), sets) for sets in cells]) if cells else None,
        least=math.exp(min(sets.mean for sets in cells)) if cells else None,
        greatest=math.exp(max(sets.mean for sets in cells)) if cells else None,
    )


def _first(case: CaseResult) -> list[str]:
    """The variants that hold the first place of a case, alone or together; none where nobody else was ranked."""
    ranked = [each for each in case.variants if each.rank is not None]
    return [each.name for each in ranked if each.rank in {"1", "1="}] if len(ranked) > 1 else []
