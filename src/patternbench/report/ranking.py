"""Reading a case's ranking: who leads, who ties, in which order variants are shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from patternbench.report.plain_text import visible
from patternbench.session import CaseResult, ComparisonResult, Label, VariantResult
from patternbench.verdict import Status


def place(variant: VariantResult) -> int | None:
    """The rank as a number, 2 for "2="; None where the variant has none."""
    found = re.match(r"\d+", variant.rank or "")
    return int(found.group()) if found else None


def ranked(case: CaseResult) -> list[VariantResult]:
    """Measured variants by rank; within a tie in the order of declaration, which noise cannot change."""
    placed = [(place(each), each) for each in case.variants]
    return [each for _, each in sorted(((at, each) for at, each in placed if at is not None), key=lambda pair: pair[0])]


def in_order(case: CaseResult) -> list[VariantResult]:
    """All variants as a table shows them: the ranked ones, then those measured without a rank, then the rest."""
    first = ranked(case)
    names = {each.name for each in first}
    others = [each for each in case.variants if each.name not in names]
    return first + sorted(others, key=lambda each: list(Status).index(each.status))


def leaders(case: CaseResult) -> list[VariantResult]:
    """The variants that share the first place."""
    order = ranked(case)
    return [each for each in order if place(each) == place(order[0])]


def measured(comparison: ComparisonResult) -> list[CaseResult]:
    """The cases with at least one measured variant."""
    return [case for case in comparison.cases if case.status is Status.OK and any(each.time for each in case.variants)]


def headline_case(comparison: ComparisonResult) -> CaseResult | None:
    """The case that stands for the question: the first measured headline, else the first measured, else None."""
    cases = measured(comparison)
    return next((case for case in cases if case.headline), cases[0] if cases else None)


def variant_of(case: CaseResult, name: str) -> VariantResult | None:
    """The variant of that name in the case."""
    return next((each for each in case.variants if each.name == name), None)


def case_title(params: Mapping[str, Label]) -> str:
    """The parameters as a reader meets them: `fields=3, kind=plain`; empty without axes."""
    return ", ".join(f"{visible(axis)}={shown(value)}" for axis, value in params.items())


def shown(value: Label) -> str:
    """One value of an axis: numbers with separators, text with nothing that could disturb its neighbours."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    if isinstance(value, float):
        return f"{value:g}"
    return visible(value) or '""'


def numeric_axes(comparison: ComparisonResult, cases: Sequence[CaseResult]) -> list[str]:
    """Axes on which the cases differ and whose every value is a number."""
    found = []
    for axis in comparison.axes:
        values = {case.params.get(axis) for case in cases}
        numbers = [each for each in values if isinstance(each, int | float) and not isinstance(each, bool)]
        if len(values) > 1 and len(numbers) == len(values):
            found.append(axis)
    return found


def differing_counters(case: CaseResult) -> list[str]:
    """Counters whose value is not the same for all variants that could be called."""
    called = [each for each in case.variants if each.counters]
    names = dict.fromkeys(name for each in called for name in each.counters)
    return [name for name in names if len({str(each.counters.get(name)) for each in called}) > 1]
