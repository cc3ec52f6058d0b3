"""The shape of cost in words: exponents, and where any two variants exchange places.

Nothing is said of values beyond the measured ones. Places are rounded to what their interval deserves, the interval
outward.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby, pairwise

from patternbench.estimate import Crossover, Exponent
from patternbench.report import quantity
from patternbench.report.plain_text import listed, visible
from patternbench.report.ranking import case_title, headline_case, leaders, measured, ranked, shown
from patternbench.report.wording import SAME, UNDECIDED
from patternbench.session import ComparisonResult, Growth, Label, Pair, Piece, Shape
from patternbench.verdict import Verdict

_MOST_CROSSOVERS = 3
"""More changes of one pair than this are told as a count; the table and the document hold them."""

_NARROW = 0.02
_WIDE = 1.0

_CLOSE = 1.5
_STEEP = 3.0
"""Between values within that factor, an exponent beyond this is a step rather than a slope."""

_LEAST_STEP = 0.15
"""A smaller one, as a share, is no step; as in the fit, the machine alone moves a value by as much."""


def shape_title(shape: Shape) -> str:
    """Which axis, over which values, with what held: `items from 10 to 10,000, with instant_percent=0`."""
    rest = f", with {case_title(shape.held)}" if shape.held else ""
    return f"{visible(shape.axis)} from {_span(shape)}{rest}"


def skipped(shape: Shape) -> str:
    """Which measured values are no part of the shape; empty where all are."""
    if not shape.skipped:
        return ""
    values = listed([shown(each) for each in shape.skipped])
    return f"{visible(shape.axis)}={values} left out: no logarithm"


def exponent(of: Exponent) -> str:
    """`0.98 [0.95, 1.01]`."""
    width = of.high - of.low
    decimals = 1 if width >= _WIDE else 3 if width < _NARROW else 2
    return f"{_number(of.point, decimals)} [{_number(of.low, decimals)}, {_number(of.high, decimals)}]"


def growth_words(growth: Growth) -> str:
    """The exponent with its interval, or that there is no single one and what there is instead."""
    pieces = growth.pieces
    if not pieces:
        return exponent(growth.exponent)
    if step := _step(pieces):
        return f"no single exponent: {step}"
    if len(pieces) == 2:
        below, above = (_number(each.exponent.point, 1) for each in pieces)
        return f"no single exponent: {below} below {shown(pieces[0].last)}, {above} above"
    return f"no single exponent: {_range(pieces)}"


def _step(pieces: Sequence[Piece]) -> str:
    """The largest steep and sure change between close values: `a step of ×1.8 between 29 and 30`; empty without one."""
    sure = [
        (abs(math.log(factor)), factor, each)
        for each in pieces
        if each.last <= _CLOSE * each.first
        and abs(each.exponent.point) >= _STEEP
        and not each.exponent.low <= 0 <= each.exponent.high
        if (factor := (each.last / each.first) ** each.exponent.point)
    ]
    size, factor, where = max(sure, key=lambda each: each[0], default=(0.0, 1.0, pieces[0]))
    if size < math.log1p(_LEAST_STEP):
        return ""
    return f"a step of {quantity.times(factor)} between {shown(where.first)} and {shown(where.last)}"


def _range(pieces: Sequence[Piece]) -> str:
    """The least and the greatest exponent, of those known to within one where there are any."""
    known = [each for each in pieces if each.exponent.high - each.exponent.low <= _WIDE] or list(pieces)
    known.sort(key=lambda each: each.exponent.point)
    ends = [f"{_number(each.exponent.point, 1)} ({shown(each.first)} to {shown(each.last)})" for each in known]
    return f"from {ends[0]} to {ends[-1]}" if len(ends) > 1 else ends[0]


def pair_words(pair: Pair, shape: Shape) -> str:
    """What two variants are to each other along the axis."""
    if pair.crossovers:
        return _exchanges(pair, shape)
    decided = [each for each in pair.verdicts if each in {Verdict.FASTER, Verdict.SLOWER}]
    if not decided:
        return _undecided(pair, shape)
    name = visible(pair.first if decided[0] is Verdict.FASTER else pair.second)
    together = sum(each is not Verdict.NOT_MEASURED for each in pair.verdicts)
    if len(decided) == together:
        where = f"throughout {_span(shape)}" if together == len(shape.values) else f"at {_values(pair, shape, decided)}"
        return f"{name} wins {where}"
    return f"{name} wins {_where(pair, shape, decided[0])}; {_elsewhere(pair, shape)}"


def place(crossover: Crossover, shape: Shape) -> str:
    """`n ≈ 3000 [2100, 4400]`."""
    at, low, high = _rounded(crossover, shape)
    return f"{visible(shape.axis)} ≈ {shown(at)} [{shown(low)}, {shown(high)}]"


def sides(crossover: Crossover, shape: Shape, *, repeat: bool = False) -> tuple[str, str]:
    """Where the one is faster and where the other: `below n ≈ 3000 [2100, 4400]` and `above`.

    Between neighbouring whole numbers there is nothing to place: `up to n=29` and `from n=30 on`.

    Args:
        repeat: say the place in the second too, for a sentence in which it stands apart from the first.
    """
    if _neighbours(crossover, shape):
        axis = visible(shape.axis)
        return f"up to {axis}={shown(int(crossover.below))}", f"from {axis}={shown(int(crossover.above))} on"
    where = place(crossover, shape)
    return f"below {where}", f"above {where}" if repeat else "above"


def headline_shapes(comparison: ComparisonResult) -> list[Shape]:
    """The shapes that run through the case that stands for the question."""
    case = headline_case(comparison)
    if case is None:
        return []
    found = (shape_of(comparison, axis, case.params) for axis in comparison.axes)
    return [each for each in found if each is not None]


def told_growths(shape: Shape, comparison: ComparisonResult, most: int | None) -> list[Growth]:
    """The growths, or the first so many: the baseline's and those of variants that lead somewhere before others."""
    if most is None or len(shape.growths) <= most:
        return list(shape.growths)
    known = [comparison.baseline, *_leading(comparison)]
    order = sorted(shape.growths, key=lambda each: each.variant not in known)[:most]
    return [each for each in shape.growths if each in order]


def told_pairs(shape: Shape, comparison: ComparisonResult) -> list[Pair]:
    """The pairs that exchange places: first those of variants that lead somewhere, then those with the baseline."""
    leading = _leading(comparison)

    def weight(pair: Pair) -> tuple[int, bool]:
        names = (pair.first, pair.second)
        return sum(name not in leading for name in names), comparison.baseline not in names

    return sorted((pair for pair in shape.pairs if pair.crossovers), key=weight)


def rest_of_pairs(shape: Shape, told: int) -> str:
    """What is true of the pairs that were not told."""
    others = sum(bool(pair.crossovers) for pair in shape.pairs) - told
    if others:
        return f"{others} more {'pairs change' if others > 1 else 'pair changes'} places within {_span(shape)}"
    which = "no other pair changes" if told else "no two change"
    return f"{which} places within {_span(shape)}" if told < len(shape.pairs) else ""


def _leading(comparison: ComparisonResult) -> set[str]:
    """Variants that hold or share the first place in some case."""
    return {each.name for case in measured(comparison) if ranked(case) for each in leaders(case)}


def shape_of(comparison: ComparisonResult, axis: str, params: dict[str, Label]) -> Shape | None:
    """The shape along an axis with the other parameters of a case held; None where there is none."""
    held = {name: value for name, value in params.items() if name != axis}
    return next((each for each in comparison.shapes if each.axis == axis and each.held == held), None)


def change(
    shape: Shape | None, before: Sequence[str], after: Sequence[str], last: Label, first: Label
) -> Crossover | None:
    """Where one winner follows another, known to lie between two measured values.

    Ties lengthen the stretch that a winner leads or shares, so that the place may lie before `last`; it lies within
    the values at which the pair was decided, and they enclose both.

    Args:
        before, after: the winners on either side; where several share a side no single place can be told.
        last, first: the neighbouring values at which they win.
    """
    if shape is None or len(before) != 1 or len(after) != 1:
        return None
    if not isinstance(last, int | float) or not isinstance(first, int | float):
        return None
    found = [
        each
        for pair in shape.pairs
        for each in pair.crossovers
        if (each.faster_below, each.faster_above) == (before[0], after[0]) and each.below <= last < first <= each.above
    ]
    return found[0] if len(found) == 1 else None


def _exchanges(pair: Pair, shape: Shape) -> str:
    found = pair.crossovers
    if len(found) > _MOST_CROSSOVERS:
        places = listed([place(each, shape) for each in found], most=_MOST_CROSSOVERS)
        told = f"they change places {len(found)} times: {places}"
    elif len(found) == 1:
        below, above = sides(found[0], shape)
        told = f"{visible(found[0].faster_below)} wins {below}, {visible(found[0].faster_above)} {above}"
    else:
        told = f"{visible(found[0].faster_below)} wins {sides(found[0], shape)[0]}"
        for each, following in pairwise(found):
            told += f", {visible(each.faster_above)} from there to {place(following, shape)}"
        told += f", {visible(found[-1].faster_above)} above"
    doubts = [
        f"{_doubt(verdict)} at {_listed(shape, values)}" for verdict, values in _outside(pair, shape).items() if values
    ]
    return "; ".join([told, *doubts])


def _outside(pair: Pair, shape: Shape) -> dict[Verdict, list[int | float]]:
    """Values below the first crossover or above the last at which the pair is not decided."""
    first, last = pair.crossovers[0].below, pair.crossovers[-1].above
    return {
        verdict: [
            value
            for value, each in zip(shape.values, pair.verdicts, strict=True)
            if each is verdict and not first < value < last
        ]
        for verdict in (Verdict.SAME, Verdict.UNDECIDED)
    }


def _undecided(pair: Pair, shape: Shape) -> str:
    known = {each for each in pair.verdicts if each is not Verdict.NOT_MEASURED}
    if known == {Verdict.SAME}:
        return f"{SAME} throughout {_span(shape)}"
    if known == {Verdict.UNDECIDED}:
        return f"{UNDECIDED} throughout {_span(shape)}"
    return _elsewhere(pair, shape)


def _where(pair: Pair, shape: Shape, verdict: Verdict) -> str:
    """Where the only winner of a pair wins: up to a value, from one on, or at some."""
    axis = visible(shape.axis)
    runs = [(each, len(list(group))) for each, group in groupby(pair.verdicts)]
    if [each for each, _ in runs].count(verdict) == 1 and runs[0][0] is verdict and runs[0][1] > 1:
        return f"up to {axis}={shown(shape.values[runs[0][1] - 1])}"
    if [each for each, _ in runs].count(verdict) == 1 and runs[-1][0] is verdict and runs[-1][1] > 1:
        return f"from {axis}={shown(shape.values[-runs[-1][1]])} on"
    return f"at {_values(pair, shape, [verdict])}"


def _elsewhere(pair: Pair, shape: Shape) -> str:
    parts = []
    for verdict in (Verdict.SAME, Verdict.UNDECIDED):
        values = [value for value, each in zip(shape.values, pair.verdicts, strict=True) if each is verdict]
        if values:
            parts.append(f"{_doubt(verdict)} at {_listed(shape, values)}")
    return "; ".join(parts)


def _doubt(verdict: Verdict) -> str:
    return SAME if verdict is Verdict.SAME else UNDECIDED


def _values(pair: Pair, shape: Shape, verdicts: Sequence[Verdict]) -> str:
    values = [value for value, each in zip(shape.values, pair.verdicts, strict=True) if each in verdicts]
    return _listed(shape, values)


def _listed(shape: Shape, values: Sequence[int | float]) -> str:
    """`n=1, 10 and 100`, or `n=1 to 100` where three or more follow one another."""
    at = [shape.values.index(each) for each in values]
    if len(at) > 2 and at == list(range(at[0], at[-1] + 1)):
        return f"{visible(shape.axis)}={shown(values[0])} to {shown(values[-1])}"
    return f"{visible(shape.axis)}={listed([shown(each) for each in values])}"


def _span(shape: Shape) -> str:
    return f"{shown(shape.values[0])} to {shown(shape.values[-1])}"


def _whole(shape: Shape) -> bool:
    return all(isinstance(each, int) for each in shape.values)


def _neighbours(crossover: Crossover, shape: Shape) -> bool:
    return _whole(shape) and crossover.above - crossover.below <= 1


def _rounded(crossover: Crossover, shape: Shape) -> tuple[int | float, int | float, int | float]:
    """A place and its interval in steps of a fifth of the interval or coarser, in whole numbers where the axis is."""
    width = max(crossover.high - crossover.low, crossover.at * 1e-3)
    power = math.floor(math.log10(width / 5))
    if _whole(shape):
        power = max(0, power)
    step = 10.0**power
    low = max(crossover.below, round(math.floor(crossover.low / step) * step, -power))
    high = min(crossover.above, round(math.ceil(crossover.high / step) * step, -power))
    at = min(max(round(crossover.at, -power), low), high)
    return (round(at), round(low), round(high)) if _whole(shape) else (at, low, high)


def _number(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    return text.removeprefix("-") if float(text) == 0 else text
