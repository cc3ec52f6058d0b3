"""What the meters read, as tables: the same for every meter, from what a session says of its figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from patternbench.reading import NOT_MEASURED, Figure, MeterInfo
from patternbench.report import quantity
from patternbench.report.plain_text import listed, visible
from patternbench.report.ranking import in_order, variant_of
from patternbench.session import CaseResult, VariantResult

_UNIT_BY_ENDING = {"_s": "s", "_bytes": "bytes", "_share": "share", "instructions": "instructions"}


@dataclass(frozen=True, slots=True)
class ReadingTable:
    """The readings of one meter in one case.

    Attributes:
        meter: its name.
        summary: what it reads and cannot see; empty where the session does not say.
        columns: heading and meaning of each figure.
        rows: name of a variant and a cell for each column.
        missing: one sentence for each reason why something was not measured.
    """

    meter: str
    summary: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    missing: tuple[str, ...]


def reading_tables(
    case: CaseResult, baseline: str, meters: Sequence[MeterInfo], *, brief: bool = False
) -> list[ReadingTable]:
    """One table for each meter that read something in the case, or should have.

    Args:
        baseline: counts of instructions are also shown as a change against its own.
        meters: what the session says of its meters.
        brief: only figures with a direction.
    """
    known = {each.name: each for each in meters}
    names = dict.fromkeys(name for each in case.variants for name in each.meters)
    return [_table(name, case, baseline, known.get(name), brief=brief) for name in names]


def _table(name: str, case: CaseResult, baseline: str, info: MeterInfo | None, *, brief: bool) -> ReadingTable:
    read = [each for each in in_order(case) if name in each.meters]
    having = [each for each in read if NOT_MEASURED not in each.meters[name]]
    there = dict.fromkeys(figure for each in having for figure in each.meters[name])
    known = {each.name: each for each in info.figures} if info else {}
    figures = [known.get(each) or Figure(each, _unit(each), None, "") for each in there]
    shown = [each for each in figures if each.better or not (brief and info)]
    base = variant_of(case, baseline)
    return ReadingTable(
        meter=visible(name),
        summary=visible(info.summary) if info else "",
        columns=tuple((_heading(each), visible(each.meaning)) for each in shown),
        rows=tuple(
            (visible(each.name), tuple(_cell(each, base, name, figure) for figure in shown)) for each in having if shown
        ),
        missing=tuple(_missing(read, name)),
    )


def _cell(variant: VariantResult, base: VariantResult | None, meter: str, figure: Figure) -> str:
    value = variant.meters[meter].get(figure.name)
    text = visible(quantity.figure(value, figure.unit))
    theirs = base.meters.get(meter, {}).get(figure.name) if base and base is not variant else None
    # Counts repeat, so that a difference in them is one; a difference in times would need its interval.
    if figure.unit != "instructions" or isinstance(value, str | None) or isinstance(theirs, str | None):
        return text
    if theirs <= 0 or value <= 0 or not math.isfinite(value / theirs):
        return text
    return f"{text} ({quantity.change(value / theirs)})"


def _missing(read: Sequence[VariantResult], meter: str) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for each in read:
        reason = each.meters[meter].get(NOT_MEASURED)
        if reason is not None:
            reasons.setdefault(visible(str(reason)), []).append(visible(each.name))
    if len(reasons) == 1 and len(read) == len(next(iter(reasons.values()))) > 1:
        return [f"not measured: {next(iter(reasons))}"]
    return [f"{listed(names)} not measured: {reason}" for reason, names in reasons.items()]


def _heading(figure: Figure) -> str:
    name = figure.name.removesuffix("_s") if figure.unit == "s" else figure.name
    return visible(name.replace("_", " "))


def _unit(name: str) -> str:
    return next((unit for ending, unit in _UNIT_BY_ENDING.items() if name.endswith(ending)), "")


__all__ = ["ReadingTable", "reading_tables"]
