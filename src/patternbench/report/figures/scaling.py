"""How time grows along a numeric axis, and where the winner changes."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from matplotlib.axes import Axes

from patternbench.estimate import Crossover
from patternbench.report.answer import Stretch, stretches
from patternbench.report.figures import canvas
from patternbench.report.figures.figure import Figure
from patternbench.report.plain_text import listed, visible
from patternbench.report.ranking import case_title, headline_case, measured, numeric_axes, shown, variant_of
from patternbench.report.shape import change, place, shape_of, sides
from patternbench.session import CaseResult, ComparisonResult, Label, Shape

_LABEL_GAP = 0.062
"""Least distance between two labels, as a share of the axes' height."""

_CHARACTER = 0.009
"""Half a character's width of a tick label, as a share of the axes' width, rather too much than too little."""


def scaling(comparison: ComparisonResult, looks: Mapping[str, canvas.Look], prefix: str) -> Figure | None:
    """Medians over the numeric axis with most values, the other axes held at the headline's; None without one."""
    cases, axis = _line_of_cases(comparison)
    if len(cases) < 2:
        return None
    at = [_value(case, axis) for case in cases]
    with canvas.drawing(3.1) as (sheet, axes):
        ends: list[tuple[float, str, canvas.Look]] = []
        for name, look in looks.items():
            found = [
                (x, each.time)
                for x, case in zip(at, cases, strict=True)
                if (each := variant_of(case, name)) is not None and each.time is not None
            ]
            if not found:
                continue
            xs, ys = [x for x, _ in found], [time.median_s for _, time in found]
            lows, highs = [time.low_s for _, time in found], [time.high_s for _, time in found]
            axes.fill_between(xs, lows, highs, color=look.colour, alpha=0.18, linewidth=0)
            axes.plot(xs, ys, color=look.colour, marker=look.marker, linestyle=look.line)
            ends.append((ys[-1], name, look))
        found_stretches = stretches(cases)
        shape = shape_of(comparison, axis, cases[0].params)
        changes = [_change(before, after, axis, shape) for before, after in itertools.pairwise(found_stretches)]
        for handover in changes:
            axes.axvspan(handover.low, handover.high, color=canvas.GRID, linewidth=0, zorder=0)
            if handover.crossover is not None:
                axes.axvline(handover.crossover.at, color=canvas.MUTED, linestyle=(0, (4, 3)), linewidth=1.2, zorder=1)
        low, high = axes.get_ylim()
        known = [end for end, _, _ in ends]
        canvas.duration_axis(axes, "y", max(low, min(known) / 50), high)
        if min(at) > 0 and max(at) / min(at) >= 5:
            axes.set_xscale("log")
        axes.set_xticks(at, _roomy(axes, at, [shown(case.params[axis]) for case in cases]))
        axes.minorticks_off()
        axes.grid(axis="y")
        axes.set_xlabel(visible(axis))
        axes.set_ylabel("time per operation")
        _label(axes, ends)
        picture = canvas.svg(sheet, prefix)
    rest = case_title({name: value for name, value in cases[0].params.items() if name != axis})
    names = [name for name in looks if any(variant_of(case, name) for case in cases)]
    return Figure(
        kind="scaling",
        title=_title(found_stretches, changes, axis, shape),
        caption=_shading(changes) + "Lines: medians; bands: 95 % intervals." + (f" With {rest}." if rest else ""),
        svg=picture,
        columns=(visible(axis), *(f"{visible(name)} s" for name in names)),
        rows=tuple((shown(case.params[axis]), *(_median(case, name) for name in names)) for case in cases),
    )


def _line_of_cases(comparison: ComparisonResult) -> tuple[list[CaseResult], str]:
    cases = measured(comparison)
    headline = headline_case(comparison)
    best: tuple[list[CaseResult], str] = ([], "")
    if headline is None:
        return best
    for axis in numeric_axes(comparison, cases):
        line = [
            case
            for case in cases
            if all(case.params[name] == headline.params[name] for name in case.params if name != axis)
        ]
        if len(line) > len(best[0]):
            best = (sorted(line, key=lambda case: _value(case, axis)), axis)
    return best


@dataclass(frozen=True, slots=True)
class _Change:
    """Where one winner gives way to the next.

    Attributes:
        low, high: of the place's interval where there is one, else the neighbouring measured values.
        values: these values.
    """

    low: float
    high: float
    values: tuple[Label, Label]
    crossover: Crossover | None


def _change(before: Stretch, after: Stretch, axis: str, shape: Shape | None) -> _Change:
    last, first = before.cases[-1], after.cases[0]
    values = (last.params[axis], first.params[axis])
    found = change(shape, before.winners, after.winners, *values)
    if found is None:
        return _Change(_value(last, axis), _value(first, axis), values, None)
    return _Change(found.low, found.high, values, found)


def _shading(changes: list[_Change]) -> str:
    """What the shaded parts are; empty where nothing is shaded."""
    placed = [each for each in changes if each.crossover is not None]
    texts = []
    if placed:
        texts.append("Dashed, shaded: where the winner changes, with its 95 % interval. ")
    if len(placed) < len(changes):
        texts.append(f"Shaded{' alone' if placed else ''}: between these values the winner changes. ")
    return "".join(texts)


def _title(found: list[Stretch], changes: list[_Change], axis: str, shape: Shape | None) -> str:
    if not found:
        return f"Time over {visible(axis)}"
    winners = [listed([visible(name) for name in each.winners]) for each in found]
    if len(found) == 1:
        verb = "is" if len(found[0].winners) == 1 else "share the first place"
        return f"{winners[0]} {verb}{' fastest' if verb == 'is' else ''} for every {visible(axis)}"
    if len(changes) == 1 and changes[0].crossover is not None and shape is not None:
        below, above = sides(changes[0].crossover, shape)
        return f"{winners[0]} is fastest {below}, {winners[1]} {above}"
    where = [
        f"at {place(each.crossover, shape)}"
        if each.crossover is not None and shape is not None
        else f"between {visible(axis)}={shown(each.values[0])} and {shown(each.values[1])}"
        for each in changes
    ]
    return f"The winner changes {' and '.join(where)}: {' → '.join(winners)}"


def _roomy(axes: Axes, at: list[float], texts: list[str]) -> list[str]:
    """The texts of ticks, without those that would run into the one before; the last always stays."""
    scale = axes.transData + axes.transAxes.inverted()
    places = [float(scale.transform((x, 1.0 if axes.get_yscale() == "log" else 0.0))[0]) for x in at]
    kept: list[int] = [len(at) - 1]
    for index in range(len(at) - 2, -1, -1):
        after = kept[-1]
        if places[after] - places[index] >= _CHARACTER * (len(texts[index]) + len(texts[after]) + 1):
            kept.append(index)
    return [text if index in kept else "" for index, text in enumerate(texts)]


def _label(axes: Axes, ends: list[tuple[float, str, canvas.Look]]) -> None:
    """Each line's name at its right end, pushed apart where lines end close together."""
    if not ends:
        return
    scale = axes.transData + axes.transAxes.inverted()
    right = axes.get_xlim()[1]
    places = sorted(
        ((float(scale.transform((right, end))[1]), name, look) for end, name, look in ends), key=lambda place: place[:2]
    )
    heights: list[float] = []
    for height, _, _ in places:
        heights.append(max(height, heights[-1] + _LABEL_GAP) if heights else height)
    excess = max(0.0, heights[-1] - 1.0)
    for height, (_, name, look) in zip(heights, places, strict=True):
        axes.annotate(
            canvas.name_of(name),
            (1.02, height - excess),
            xycoords="axes fraction",
            va="center",
            fontsize=10,
            color=look.colour,
        )


def _median(case: CaseResult, name: str) -> float | None:
    each = variant_of(case, name)
    return each.time.median_s if each and each.time else None


def _value(case: CaseResult, axis: str) -> float:
    value = case.params[axis]
    return float(value) if isinstance(value, int | float) else 0.0
