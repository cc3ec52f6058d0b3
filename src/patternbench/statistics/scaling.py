"""The shape of cost along a numeric axis: how each variant's time grows, and where any two exchange places.

All of it comes from a comparison's record, so that a stored document gives what the run gave.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeGuard

from patternbench.session import CaseResult, ComparisonResult, Growth, Label, Pair, Shape, VariantResult
from patternbench.statistics.crossover import Contrast, crossovers
from patternbench.statistics.decision import SHOWN_CONFIDENCE, decided, deciding_confidence, thresholds_of
from patternbench.statistics.growth import LEAST_VALUES, Point, growth
from patternbench.statistics.interval import Sets
from patternbench.verdict import Status, Verdict

_TURNED = {Verdict.FASTER: Verdict.SLOWER, Verdict.SLOWER: Verdict.FASTER}
_LEAST_TOGETHER = 2
_LEAST_SETS = 2


def shapes(comparison: ComparisonResult) -> tuple[Shape, ...]:
    """One shape for each numeric axis and each combination of the other axes' values.

    An axis is numeric where all its values are numbers (a boolean is none), and has a shape where three different ones
    above zero were measured; values without a logarithm are left out and named.
    """
    return tuple(_shape(comparison, line) for line in _lines(comparison))


@dataclass(frozen=True, slots=True)
class _Line:
    """The cases of one axis with all others held.

    Attributes:
        cases: by value, ascending.
    """

    axis: str
    held: dict[str, Label]
    cases: dict[int | float, CaseResult]
    skipped: tuple[Label, ...]


def _lines(comparison: ComparisonResult) -> Iterator[_Line]:
    measured = [case for case in comparison.cases if case.status is Status.OK]
    for axis, values in comparison.axes.items():
        if not all(_is_number(value) for value in values):
            continue
        groups: dict[tuple[tuple[str, Label], ...], list[CaseResult]] = {}
        for case in measured:
            rest = tuple((name, value) for name, value in case.params.items() if name != axis)
            groups.setdefault(rest, []).append(case)
        for rest, cases in groups.items():
            cells: dict[int | float, CaseResult] = {}
            skipped = []
            for case in cases:
                value = case.params.get(axis)
                if _has_logarithm(value):
                    cells.setdefault(value, case)
                else:
                    skipped.append(value)
            if len(cells) >= LEAST_VALUES:
                yield _Line(axis, dict(rest), {value: cells[value] for value in sorted(cells)}, tuple(skipped))


def _is_number(value: Label) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _has_logarithm(value: Label) -> TypeGuard[int | float]:
    """Whether a label is a number above zero that a float can hold."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return 0 < float(value) < math.inf
    except OverflowError:
        return False


def _shape(comparison: ComparisonResult, line: _Line) -> Shape:
    names = [each.name for each in comparison.variants]
    cells = {value: _Cell(case, comparison.baseline) for value, case in line.cases.items()}
    growths = (_growth(name, cells) for name in names)
    pairs = (_pair(first, second, cells) for first, second in combinations(names, 2))
    return Shape(
        axis=line.axis,
        held=line.held,
        values=tuple(cells),
        growths=tuple(each for each in growths if each is not None),
        pairs=tuple(each for each in pairs if each is not None),
        skipped=line.skipped,
    )


class _Cell:
    """One case, seen set by set."""

    def __init__(self, case: CaseResult, baseline: str) -> None:
        self._baseline = baseline
        self._variants = {each.name: each for each in case.variants if each.status is Status.OK and each.time}
        self._thresholds = thresholds_of(case.band)
        comparable = [each for each in self._variants.values() if len(_by_set(each.set_ratios)) >= _LEAST_SETS]
        # As the case's ranks were made: pairs without the baseline share the family's error among all pairs.
        self._confidence = deciding_confidence(len(comparable) * (len(comparable) - 1) // 2)

    def log_time(self, name: str) -> Sets | None:
        """The log of a variant's time per operation, over sets; None where it has none."""
        variant = self._variants.get(name)
        medians = [] if variant is None or variant.time is None else variant.time.process_medians_s
        known = [each for each in medians if each is not None]
        if len(known) < _LEAST_SETS or min(known) <= 0:
            return None
        return Sets.of([math.log(each) for each in known])

    def contrast(self, value: float, first: str, second: str) -> Contrast | None:
        """Two variants against each other; None where the record does not say."""
        one, other = self._variants.get(first), self._variants.get(second)
        if one is None or other is None:
            return None
        ours, theirs = _by_set(one.set_ratios), _by_set(other.set_ratios)
        logs = [ours[number] - theirs[number] for number in sorted(ours.keys() & theirs.keys())]
        typical_s = _typical_s(one, other)
        if len(logs) < _LEAST_SETS or typical_s is None:
            return None
        sets = Sets.of(logs)
        return Contrast(value, self._verdict(one, other, sets), sets, typical_s)

    def _verdict(self, one: VariantResult, other: VariantResult, sets: Sets) -> Verdict:
        if other.name == self._baseline:
            return one.verdict
        if one.name == self._baseline:
            return _TURNED.get(other.verdict, other.verdict)
        return decided(sets.ratio(SHOWN_CONFIDENCE), sets.anytime(self._confidence), self._thresholds)


def _by_set(set_ratios: Sequence[float | None]) -> dict[int, float]:
    return {number: math.log(each) for number, each in enumerate(set_ratios) if each is not None}


def _typical_s(one: VariantResult, other: VariantResult) -> float | None:
    """Geometric mean of two variants' times, seconds."""
    if one.time is None or other.time is None or min(one.time.median_s, other.time.median_s) <= 0:
        return None
    return math.sqrt(one.time.median_s * other.time.median_s)


def _growth(name: str, cells: Mapping[int | float, _Cell]) -> Growth | None:
    known = [(value, cell.log_time(name)) for value, cell in cells.items()]
    points = [Point(value, sets) for value, sets in known if sets is not None]
    return growth(name, points) if len(points) >= LEAST_VALUES else None


def _pair(first: str, second: str, cells: Mapping[int | float, _Cell]) -> Pair | None:
    contrasts = {value: cell.contrast(value, first, second) for value, cell in cells.items()}
    together = [each for each in contrasts.values() if each is not None]
    if len(together) < _LEAST_TOGETHER:
        return None
    verdicts = tuple(Verdict.NOT_MEASURED if each is None else each.verdict for each in contrasts.values())
    return Pair(first, second, verdicts, crossovers(first, second, together))
