"""Each worker process's median: how far fresh processes differ, and whether they drift."""

from __future__ import annotations

from collections.abc import Mapping

from patternbench.report import quantity
from patternbench.report.figures import canvas
from patternbench.report.figures.figure import Figure
from patternbench.report.plain_text import visible
from patternbench.report.ranking import in_order
from patternbench.session import CaseResult

_SPREAD = 0.6
"""Height of a row that its sets are laid out over."""


def process_medians(case: CaseResult, looks: Mapping[str, canvas.Look], prefix: str) -> Figure | None:
    """A dot per process, by variant, from top to bottom in the order measured; None with fewer than two processes."""
    timed = [(each, each.time) for each in in_order(case) if each.time is not None]
    drawn = [(each, time) for each, time in timed if each.name in looks and _known(time.process_medians_s)]
    if not drawn or all(len(_known(time.process_medians_s)) < 2 for _, time in drawn):
        return None
    values = [value for _, time in drawn for value in _known(time.process_medians_s)]
    with canvas.drawing(canvas.rows_height(len(drawn))) as (sheet, axes):
        for at, (each, time) in enumerate(drawn):
            sets = len(time.process_medians_s)
            points = [
                (value, at + _SPREAD * ((index + 0.5) / sets - 0.5))
                for index, value in enumerate(time.process_medians_s)
                if value is not None
            ]
            axes.plot([time.median_s] * 2, [at - 0.4, at + 0.4], color=canvas.INK, linewidth=1.2)
            axes.plot(
                [x for x, _ in points],
                [y for _, y in points],
                color=looks[each.name].colour,
                marker=looks[each.name].marker,
                markersize=4,
                linestyle="none",
            )
        axes.set_yticks(range(len(drawn)), [canvas.name_of(each.name) for each, _ in drawn])
        axes.set_ylim(len(drawn) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x")
        canvas.duration_axis(axes, "x", min(values), max(values))
        axes.set_xlabel("median of each process, time per operation")
        picture = canvas.svg(sheet, prefix)
    spreads = [
        (max(known) / min(known) - 1, each.name) for each, time in drawn if (known := _known(time.process_medians_s))
    ]
    share, name = max(spreads)
    sets = max(len(time.process_medians_s) for _, time in timed)
    return Figure(
        kind="processes",
        title=f"Fresh processes differ by up to {quantity.percent(share)} ({visible(name)})",
        caption="One mark per process, within a row from top to bottom in the order measured: a slant is drift. "
        "The line is the reported median.",
        svg=picture,
        columns=("variant", *(f"set {at + 1} s" for at in range(sets))),
        rows=tuple((each.name, *_padded(time.process_medians_s, sets)) for each, time in timed),
    )


def _known(medians: tuple[float | None, ...]) -> list[float]:
    return [each for each in medians if each is not None]


def _padded(medians: tuple[float | None, ...], count: int) -> tuple[float | None, ...]:
    return (*medians, *(None for _ in range(count - len(medians))))
